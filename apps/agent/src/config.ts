import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { AgentError } from "./errors.ts";

/** Everything the agent may be told, read once at start. Frozen; no other file reads the environment. */
export interface AgentConfig {
  /** The one server this agent serves and goes back to: `https://host[:port]`, or `http://localhost[:port]`. */
  readonly serverOrigin: string;
  /** The port of the agent's own pages on 127.0.0.1. 0 lets the system choose: for tests. */
  readonly port: number;
  readonly deskName: string;
  /** Where the device key lives, readable by this user only. */
  readonly dataDirectory: string;
  readonly logLevel: "fatal" | "error" | "warn" | "info" | "debug" | "silent";
}

const LOCAL_HOSTS: ReadonlySet<string> = new Set(["localhost", "127.0.0.1"]);

const serverOrigin = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.origin !== text)
    context.addIssue("must be an origin such as https://care.example, without a slash at the end");
  else if (url.protocol !== "https:" && !isLocalPlain(url))
    context.addIssue("must be https; plain http is for localhost only");
  return text;
});

function isLocalPlain(url: URL): boolean {
  return url.protocol === "http:" && LOCAL_HOSTS.has(url.hostname);
}

const environment = z.object({
  LANYARD_SERVER: serverOrigin.default("http://localhost:3000"),
  LANYARD_AGENT_PORT: z.coerce.number().int().min(0).max(65_535).default(24_738),
  LANYARD_DESK_NAME: z.string().trim().min(1).max(200).default(hostname()),
  LANYARD_AGENT_DATA: z.string().min(1).optional(),
  LANYARD_LOG: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
});

/**
 * Reads the environment; the error lists every mistake at once, each with the name of its variable. Values that were
 * read wrong are not repeated.
 *
 * @throws {AgentError} `config/wrong`
 */
export function readAgentConfig(env: Readonly<Record<string, string | undefined>>): AgentConfig {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const mistakes = parsed.error.issues.map(
      (issue) => `  ${issue.path.join(".")}: ${issue.message}`,
    );
    throw new AgentError("config/wrong", `The settings are wrong:\n${mistakes.join("\n")}`);
  }
  const values = parsed.data;
  return Object.freeze({
    serverOrigin: values.LANYARD_SERVER,
    port: values.LANYARD_AGENT_PORT,
    deskName: values.LANYARD_DESK_NAME,
    dataDirectory: values.LANYARD_AGENT_DATA ?? join(homedir(), ".lanyard", "agent"),
    logLevel: values.LANYARD_LOG,
  });
}
