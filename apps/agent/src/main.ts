import { type Assets, AssetsError } from "@lanyard/pages/node";
import { parseEnrolmentCode } from "@lanyard/wire";
import { AGENT_VERSION, type Agent, startAgent } from "./app.ts";
import { type AgentConfig, readAgentConfig } from "./config.ts";
import { AgentError } from "./errors.ts";
import { enrolDesk } from "./leash/enrol.ts";
import { nameOf } from "./leash/line.ts";
import { type Logger, openLog } from "./log.ts";
import { pcscReaders } from "./readers/pcsc-readers.ts";

/** How {@link runAgent} ends, for the shell. */
export const AGENT_EXIT = { stopped: 0, failed: 1, wrongSettings: 2, portTaken: 3 } as const;

/** What the agent needs of the process it runs in. */
export interface AgentProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the agent is to stop: a signal, usually. */
  readonly stop: AbortSignal;
  /** The built style sheet, unless given. */
  readonly assets?: Assets;
  /** One sentence for the person who started it. */
  tell(text: string): void;
}

/**
 * Runs the agent on this PC's own readers until it is told to stop. Gives the exit code; what went wrong at start is
 * told in a sentence.
 */
export async function runAgent(running: AgentProcess): Promise<number> {
  try {
    const config = readAgentConfig(running.env);
    await serve(config, openLog(config.logLevel), running);
    return AGENT_EXIT.stopped;
  } catch (error) {
    if (!(error instanceof AgentError || error instanceof AssetsError)) throw error;
    running.tell(error.message);
    return exitCodeFor(error.code);
  }
}

async function serve(config: AgentConfig, log: Logger, running: AgentProcess): Promise<void> {
  const driver = pcscReaders({
    onFault: (error) => log.warn({ error: nameOf(error) }, "readers.fault"),
  });
  try {
    const agent: Agent = await startAgent(config, {
      driver,
      log,
      ...(running.assets && { assets: running.assets }),
    });
    running.tell(
      `The card agent is running: http://127.0.0.1:${agent.port}/ for ${config.serverOrigin}`,
    );
    await aborted(running.stop);
    await agent.close();
  } finally {
    await driver.close();
  }
}

/** Enrols this PC by a one-time code, asked for by `ask`, and tells how that went. Gives the exit code. */
export async function enrolAgent(running: {
  readonly env: AgentProcess["env"];
  /** The code as typed. */
  ask(): Promise<string>;
  tell(text: string): void;
}): Promise<number> {
  try {
    const config = readAgentConfig(running.env);
    const code = parseEnrolmentCode(await running.ask());
    if (code === undefined)
      throw new AgentError(
        "enrolment/no_code",
        "A code has twelve letters and digits: K7TQ-9MBX-2HRD.",
      );
    const parts = { agentVersion: AGENT_VERSION, log: openLog("silent") };
    const fingerprint = await enrolDesk(config, code, parts);
    running.tell(
      `This desk is known at ${config.serverOrigin} now. Its fingerprint is ${fingerprint}`,
    );
    return AGENT_EXIT.stopped;
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    running.tell(error.message);
    return exitCodeFor(error.code);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function exitCodeFor(code: AgentError["code"] | AssetsError["code"]): number {
  if (code === "enrolment/no_server") return AGENT_EXIT.portTaken;
  if (code === "config/wrong" || code === "enrolment/no_code") return AGENT_EXIT.wrongSettings;
  return code === "http/port_taken" ? AGENT_EXIT.portTaken : AGENT_EXIT.failed;
}
