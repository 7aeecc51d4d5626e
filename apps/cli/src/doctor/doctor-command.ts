import type { ReaderDriver } from "@lanyard/agent";
import { withReaders } from "../card/open-card.ts";
import { type CommandRun, textOption } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { say } from "../terminal.ts";
import { findingLines } from "./finding.ts";
import { agentFinding, type Fetch, serverFindings } from "./network.ts";
import { readerFindings } from "./readers.ts";
import { serviceRemedy } from "./service-remedy.ts";
import { versionFindings } from "./versions.ts";

/** What the doctor looks at, so that tests may give their own. */
export interface Patient {
  readonly driver: ReaderDriver;
  readonly fetch: Fetch;
  readonly now: () => number;
}

export function run(run: CommandRun): Promise<number> {
  return withReaders((driver) => examine(run, { driver, fetch, now: Date.now }));
}

/** `doctor`: everything that was looked at, one line each, and what to do about what is not fine. */
export async function examine(
  { options, env, terminal }: CommandRun,
  { driver, fetch, now }: Patient,
): Promise<number> {
  const server = serverUrl(textOption(options, "server") ?? env["LANYARD_SERVER"]);
  const port = portNumber(textOption(options, "port") ?? env["LANYARD_AGENT_PORT"]);
  const findings = [
    ...(await readerFindings(driver, serviceRemedy())),
    await agentFinding(port, fetch),
    ...(await serverFindings(server, fetch, now)),
    ...(await versionFindings()),
  ];
  for (const line of findings.flatMap(findingLines)) say(terminal, line);
  const open = findings.filter(({ level }) => level !== "ok").length;
  say(terminal, "");
  say(terminal, summary(open));
  return open === 0 ? EXIT.ok.code : EXIT.refused.code;
}

function summary(open: number): string {
  if (open === 0) return "All is well.";
  return open === 1 ? "One thing to look at." : `${open} things to look at.`;
}

function serverUrl(text = "http://localhost:3000"): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") return url.origin;
  throw new CliError("cli/usage", "--server is an address such as https://care.example.");
}

function portNumber(text = "24738"): number {
  const port = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new CliError("cli/usage", "--port is a number from 1 to 65535.");
}
