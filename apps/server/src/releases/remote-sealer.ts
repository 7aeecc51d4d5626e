import { request } from "node:http";
import type { CardSecrets } from "@lanyard/identity";
import type { z } from "zod";
import { SecretsError } from "../secrets/errors.ts";
import { fault, readyAnswer, sealAnswer } from "./messages.ts";
import type { ReleaseSealer } from "./sealer.ts";

const ANSWER_LIMIT_MS = 15_000;

/** The web node's end of a secrets process: what it can ask for, and no key. */
export interface SecretsElsewhere {
  readonly releases: ReleaseSealer;
  /** Knows the newest version, and derives nothing. */
  readonly secrets: CardSecrets;
}

/**
 * Speaks to the secrets process on this Unix socket. Nothing is connected before it is asked for; a process that is
 * away is asked anew the next time.
 */
export function secretsElsewhere(socketPath: string): SecretsElsewhere {
  let keyVersion = 0;
  const ready = async (ceremony: string) => {
    ({ keyVersion } = await ask(socketPath, { path: "/ready", ceremony, schema: readyAnswer }));
  };
  return {
    releases: {
      ready,
      seal: (ceremony) => ask(socketPath, { path: "/seal", ceremony, schema: sealAnswer }),
    },
    secrets: {
      get keyVersion() {
        return keyVersion;
      },
      ready: () => Promise.reject(heldElsewhere()),
      derivePuk: () => Promise.reject(heldElsewhere()),
      deriveManagementKey: () => Promise.reject(heldElsewhere()),
      hintMac: () => Promise.reject(heldElsewhere()),
    },
  };
}

function heldElsewhere(): SecretsError {
  return new SecretsError(
    "secrets/held_elsewhere",
    "This node holds no master key: the secrets process does.",
  );
}

interface Question<Schema extends z.ZodType> {
  readonly path: "/ready" | "/seal";
  readonly ceremony: string;
  readonly schema: Schema;
}

async function ask<Schema extends z.ZodType>(
  socketPath: string,
  { path, ceremony, schema }: Question<Schema>,
): Promise<z.infer<Schema>> {
  const { status, body } = await post(socketPath, path, JSON.stringify({ ceremony }));
  const parsed = schema.safeParse(body);
  if (status === 200 && parsed.success) return parsed.data;
  const told = fault.safeParse(body);
  throw new SecretsError(
    "secrets/unavailable",
    told.success ? told.data.message : "The secrets process gave no answer that can be read.",
  );
}

interface Answer {
  readonly status: number | undefined;
  readonly body: unknown;
}

function post(socketPath: string, path: string, text: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const failed = (cause: unknown) =>
      reject(
        new SecretsError(
          "secrets/unavailable",
          `The secrets process at ${socketPath} does not answer. Is it running?`,
          { cause },
        ),
      );
    const asking = request(
      { socketPath, path, method: "POST", timeout: ANSWER_LIMIT_MS, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", failed);
        response.on("end", () => {
          const body = Buffer.concat(chunks).toString("utf8");
          resolve({ status: response.statusCode, body: parseJson(body) });
        });
      },
    );
    asking.on("timeout", () => asking.destroy(new Error("It took too long.")));
    asking.on("error", failed);
    asking.end(text);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
