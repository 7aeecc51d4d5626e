import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Assets } from "@lanyard/pages/node";
import { pino } from "pino";
import { type Agent, type AgentParts, startAgent } from "../app.ts";
import type { ReaderDriver } from "../readers/readers.ts";
import { openScriptedServer, type ScriptedServer } from "./scripted-server.ts";
import { type Browser, openBrowser } from "./test-browser.ts";
import { openTestReaders, type TestReaders } from "./test-readers.ts";

/** A whole desk in one process: agent, readers, browser, and a scripted server. */
export interface TestDesk {
  readonly agent: Agent;
  readonly readers: TestReaders;
  readonly server: ScriptedServer;
  readonly browser: Browser;
  /** Everything the agent logged, one JSON object a line. */
  readonly logged: string[];
  readonly dataDirectory: string;
  /** Another agent, without readers, on that directory. */
  startAnother(dataDirectory: string): Promise<Agent>;
  close(): Promise<void>;
}

export const OPERATOR_READER = "Virtual reader 1";
export const HOLDER_READER = "Virtual reader 2";
export const THIRD_READER = "Virtual reader 3";

export async function openTestDesk(
  options: Partial<Pick<AgentParts, "timers" | "assets">> = {},
): Promise<TestDesk> {
  const directory = await mkdtemp(join(tmpdir(), "lanyard-agent-"));
  const server = await openScriptedServer();
  const readers = openTestReaders(OPERATOR_READER, HOLDER_READER, THIRD_READER);
  const logged: string[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => logged.push(line) });
  const start = (dataDirectory: string, driver: ReaderDriver): Promise<Agent> =>
    startAgent(
      {
        serverOrigin: server.origin,
        port: 0,
        deskName: "Test desk",
        dataDirectory,
        logLevel: "debug",
      },
      { driver, log, assets: TEST_ASSETS, ...options },
    );
  const agent = await start(directory, readers.driver);
  await server.seeing((view) => view.readers.length === 3);
  return {
    agent,
    readers,
    server,
    browser: openBrowser(agent.port),
    logged,
    dataDirectory: directory,
    startAnother: (dataDirectory) => start(dataDirectory, openTestReaders().driver),
    close: async () => {
      await agent.close();
      await readers.driver.close();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const FILES = new Map([
  [
    "/assets/test/lanyard.css",
    { bytes: Buffer.from("body{}"), type: "text/css; charset=utf-8", etag: '"test"' },
  ],
  [
    "/assets/test/lanyard.js",
    { bytes: Buffer.from("1"), type: "text/javascript; charset=utf-8", etag: '"test"' },
  ],
]);

/** Enough of a build for tests. */
export const TEST_ASSETS: Assets = { hash: "test", files: FILES };
