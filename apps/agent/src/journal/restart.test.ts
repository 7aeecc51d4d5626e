import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openTestDesk, type TestDesk } from "../testing/test-desk.ts";
import { startUnlock, type UnlockDesk } from "../testing/unlock-desk.ts";
import { systemTimers, type Timers } from "../timers.ts";

/** How long the second agent may take to dial in. */
const PATIENCE = { timeout: 10_000 } as const;

/** The system's clock, but for waits of seconds, which take a fiftieth. */
const HURRIED: Timers = {
  now: systemTimers.now,
  after: (milliseconds, run) =>
    systemTimers.after(milliseconds > 10_000 ? milliseconds : milliseconds / 50, run),
};

describe("the agent dies in the middle of a burst, and runs again", () => {
  let desk: TestDesk;
  let at: UnlockDesk;
  /** The disk as a dead agent left it. */
  let remains: string;

  beforeEach(async () => {
    desk = await openTestDesk();
    remains = await mkdtemp(join(tmpdir(), "lanyard-remains-"));
  });
  afterEach(async () => {
    await desk.close();
    await rm(remains, { recursive: true, force: true });
  });

  /** Keeps what is on disk at the moment this call reaches the server: no later write of this agent counts. */
  const diesAt = async (call: string): Promise<readonly string[]> => {
    at = await startUnlock(desk);
    at.script.before = async (name) => {
      if (name === call) await cp(desk.dataDirectory, remains, { recursive: true });
    };
    await at.confirm(at.page);
    at.script.before = () => undefined;
    at.script.told.length = 0;
    at.script.isVerified = false;
    await desk.agent.close();
    const next = await desk.startAnother(remains);
    await vi.waitFor(() => expect(at.script.told.at(-1)).toBe("lost agent_gone"), PATIENCE);
    await vi.waitFor(async () => expect(await journalIn(remains)).toBe(""), PATIENCE);
    await next.close();
    return at.script.told;
  };

  const journalIn = (directory: string) => readFile(join(directory, "journal.jsonl"), "utf8");

  // biome-ignore format: the columns are the documentation
  test.each([
    ["unlock_authorise",     ["lost agent_gone"]],
    ["unlock_report reset",  ["reset 9000", "lost agent_gone"]],
    ["unlock_report rotate", ["reset 9000", "rotate 9000", "lost agent_gone"]],
    ["unlock_prove",         ["reset 9000", "rotate 9000", "proof", "lost agent_gone"]],
  ])("as %s leaves: the server learns all that the card had answered", async (call, told) => {
    const heard = await diesAt(call);
    // The card goes on while a report is under way, so that more may be there; what had been told must be.
    expect(heard.filter((line) => told.includes(line))).toEqual(told);
    expect(at.script.isVerified).toBe(heard.includes("proof"));
  });

  test("nothing secret is on the disk meanwhile", async () => {
    await diesAt("unlock_prove");
    at = await startUnlock(desk).catch(() => at);
    const text = await readFile(join(desk.dataDirectory, "journal.jsonl"), "utf8");
    for (const secret of ["t8w3kf", "aaBB1122", "ccDD3344"]) expect(text).not.toContain(secret);
  });

  test("a finished burst leaves nothing to tell", async () => {
    at = await startUnlock(desk);
    await at.confirm(at.page);
    await vi.waitFor(async () => expect(await journalIn(desk.dataDirectory)).toBe(""), PATIENCE);
  });

  test("the leash stays away: the page says what is known, and all is told when it is back", async () => {
    await desk.close();
    desk = await openTestDesk({ timers: HURRIED });
    at = await startUnlock(desk);
    at.script.before = (call) => {
      if (call !== "unlock_report reset") return;
      desk.server.turnAway("internal");
      desk.server.cut();
    };
    const answer = await at.confirm(at.page);
    expect(answer.html).toContain("Unlock not finished");
    expect(answer.html).not.toContain("othing was done");
    at.script.before = () => undefined;
    desk.server.letIn();
    await vi.waitFor(() => expect(at.script.isVerified).toBe(true), PATIENCE);
    expect(at.script.told).toEqual(["reset 9000", "reset 9000", "rotate 9000", "proof"]);
  });

  test("the reply to the request for the PUK is lost: never 'nothing was done'", async () => {
    await desk.close();
    desk = await openTestDesk({ timers: HURRIED });
    at = await startUnlock(desk);
    at.script.before = (call) => {
      if (call !== "unlock_authorise") return;
      desk.server.turnAway("internal");
      desk.server.cut();
    };
    const answer = await at.confirm(at.page);
    expect(answer.html).toContain("Unlock not finished");
    expect(answer.html).not.toContain("othing was done");
    at.script.before = () => undefined;
    desk.server.letIn();
    await vi.waitFor(() => expect(at.script.told).toEqual(["lost answer_lost"]), PATIENCE);
  });
});
