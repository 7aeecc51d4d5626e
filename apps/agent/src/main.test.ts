import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDeviceKey } from "./device-key.ts";
import { AGENT_EXIT, runAgent } from "./main.ts";
import { TEST_ASSETS } from "./testing/test-desk.ts";

describe("running the agent as a process", () => {
  let directory: string;
  let told: string[];
  let stop: AbortController;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "lanyard-main-"));
    told = [];
    stop = new AbortController();
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const run = (env: Record<string, string> = {}) =>
    runAgent({
      env: {
        LANYARD_SERVER: "http://localhost:9",
        LANYARD_AGENT_DATA: directory,
        LANYARD_AGENT_PORT: "0",
        LANYARD_LOG: "silent",
        ...env,
      },
      stop: stop.signal,
      tell: (text) => {
        told.push(text);
        if (text.includes("is running")) stop.abort();
      },
      assets: TEST_ASSETS,
    });

  test("starts without readers, smartcard service or server, says where it is, and stops when told", async () => {
    expect(await run()).toBe(AGENT_EXIT.stopped);
    expect(told).toEqual([
      expect.stringMatching(/^The card agent is running: http:\/\/127\.0\.0\.1:[0-9]+\/ for /),
    ]);
  });

  test("wrong settings: exit code 2, each by name", async () => {
    expect(await run({ LANYARD_SERVER: "http://care.example" })).toBe(AGENT_EXIT.wrongSettings);
    expect(told.join()).toContain("LANYARD_SERVER");
  });

  test("port taken: exit code 3, and what that may mean", async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
    const { port } = other.address() as AddressInfo;
    expect(await run({ LANYARD_AGENT_PORT: `${port}` })).toBe(AGENT_EXIT.portTaken);
    expect(told.join()).toContain("Is another card agent running");
    other.close();
  });

  test("a device key that others may read: exit code 1, and how to put it right", async () => {
    await openDeviceKey(directory);
    await chmod(join(directory, "device-key.pem"), 0o644);
    expect(await run()).toBe(AGENT_EXIT.failed);
    expect(told.join()).toContain("chmod 600");
  });
});
