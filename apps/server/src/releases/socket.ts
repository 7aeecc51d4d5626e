import { chmod, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import type { CardSecrets } from "@lanyard/identity";
import type { Logger } from "../log.ts";
import { SecretsError } from "../secrets/errors.ts";
import { question } from "./messages.ts";
import type { ReleaseSealer } from "./sealer.ts";

export interface ServingParts {
  readonly sealer: ReleaseSealer;
  readonly secrets: CardSecrets;
  readonly log: Logger;
}

export interface Serving {
  close(): Promise<void>;
}

const LONGEST_BODY = 1024;
const REQUEST_LIMIT_MS = 5_000;

/**
 * Answers web nodes on a Unix socket. Who may open the socket is decided by its folder and group; what they get is
 * decided by the proofs. Two questions exist, and both are one ceremony's id.
 *
 * @throws {SecretsError} `secrets/unavailable`: another process serves there
 */
export async function serveReleases(path: string, parts: ServingParts): Promise<Serving> {
  await clearStale(path);
  const server = createServer((request, response) => {
    answer(request, response, parts).catch((error: unknown) => {
      parts.log.error(
        { message: error instanceof Error ? error.message : "unknown" },
        "release.failed",
      );
      reply(response, 500, { message: "Something went wrong." });
    });
  });
  server.requestTimeout = REQUEST_LIMIT_MS;
  server.headersTimeout = REQUEST_LIMIT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o660);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { sealer, secrets }: ServingParts,
): Promise<void> {
  const asked = question.safeParse(await bodyOf(request));
  const path = request.method === "POST" ? request.url : undefined;
  if (!asked.success || (path !== "/ready" && path !== "/seal"))
    return reply(response, 400, { message: "This is not a question." });
  const { ceremony } = asked.data;
  try {
    if (path === "/seal") return reply(response, 200, await sealer.seal(ceremony));
    await sealer.ready(ceremony);
    reply(response, 200, { keyVersion: secrets.keyVersion });
  } catch (error) {
    if (!(error instanceof SecretsError)) throw error;
    reply(response, 503, { message: error.message });
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > LONGEST_BODY) return undefined;
    chunks.push(bytes);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return undefined;
  }
}

function reply(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return void response.end();
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(text);
}

/** A socket that nobody answers at was left by a process that was killed. */
async function clearStale(path: string): Promise<void> {
  const isAnswered = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
  if (isAnswered)
    throw new SecretsError("secrets/unavailable", `Another process serves at ${path} already.`);
  await rm(path, { force: true });
}
