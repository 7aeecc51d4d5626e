import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CHANGED, type ChangeDesk, startChange } from "../testing/change-desk.ts";
import { openTestDesk, type TestDesk } from "../testing/test-desk.ts";
import { OPERATOR, storedForm } from "../testing/unlock-desk.ts";
import { systemTimers, type Timers } from "../timers.ts";

const PATIENCE = { timeout: 10_000 } as const;

/** The system's clock, but for waits of seconds, which take a fiftieth. */
const HURRIED: Timers = {
  now: systemTimers.now,
  after: (milliseconds, run) =>
    systemTimers.after(milliseconds > 10_000 ? milliseconds : milliseconds / 50, run),
};

describe("a change of passcode whose leash breaks, or whose agent dies", () => {
  let desk: TestDesk;
  let at: ChangeDesk;
  /** The disk as a dead agent left it. */
  let remains: string;

  beforeEach(async () => {
    desk = await openTestDesk({ timers: HURRIED });
    at = await startChange(desk);
    remains = await mkdtemp(join(tmpdir(), "lanyard-remains-"));
  });
  afterEach(async () => {
    await desk.close();
    await rm(remains, { recursive: true, force: true });
  });

  /** Cuts the line before the reply to `call`, once; `stays`: and lets no new one in. */
  const cutAt = (wanted: string, stays: boolean): void => {
    at.script.before = (call) => {
      if (call !== wanted) return;
      at.script.before = () => undefined;
      if (stays) desk.server.turnAway("internal");
      desk.server.cut();
    };
  };

  test("the reply to the announcement is lost: announced once more, sent once", async () => {
    cutAt("send", false);
    const answer = await at.press(at.page);
    expect(answer.status).toBe(303);
    expect(at.script.told).toEqual(["send", "send", "report 9000", "prove true"]);
    expect(at.script.state.phase).toBe("changed");
  });

  test("and the leash stays away: nothing was sent to the card, and that is told when it is back", async () => {
    cutAt("send", true);
    const answer = await at.press(at.page);
    expect(answer.html).toContain("Nothing was done");
    expect(at.holder.card.state.passcode.value).toBe(storedForm(OPERATOR.passcode));
    desk.server.letIn();
    await vi.waitFor(() => expect(at.script.told).toEqual(["send", "lost not_sent"]), PATIENCE);
    expect(at.script.state.phase).toBe("begun");
  });

  test("the leash is gone after the change: the page says what the card has shown, and all is told later", async () => {
    cutAt("report", true);
    const answer = await at.press(at.page);
    expect(answer.html).toContain("Your card has its new passcode");
    expect(answer.html).not.toContain("othing was done");
    expect(at.holder.card.state.passcode.value).toBe(storedForm(CHANGED));
    desk.server.letIn();
    await vi.waitFor(() => expect(at.script.state.phase).toBe("changed"), PATIENCE);
  });

  test("a wrong passcode while the leash is gone: said at once, for the card has said it", async () => {
    cutAt("report", true);
    const answer = await at.press(at.page, { current: "q1w9xx" });
    // The page itself needs the server again; what it has to say waits there.
    expect(answer.html).not.toContain("may have its new passcode");
    desk.server.letIn();
    await vi.waitFor(() => expect(at.script.state.phase).toBe("begun"), PATIENCE);
    await vi.waitFor(async () => {
      expect((await desk.browser.go(at.path)).html).toContain("You have 2 tries left");
    }, PATIENCE);
  });

  // biome-ignore format: the columns are the documentation
  test.each([
    ["send",   ["lost agent_gone"]],
    ["report", ["report 9000", "lost agent_gone"]],
    ["prove",  ["report 9000", "prove true", "lost agent_gone"]],
  ])("killed as %s leaves: the next run tells all that the card had answered", async (call, told) => {
    let before = at.script.state;
    at.script.before = async (name) => {
      if (name !== call) return;
      before = at.script.state;
      await cp(desk.dataDirectory, remains, { recursive: true });
    };
    await at.press(at.page);
    at.script.before = () => undefined;
    at.script.told.length = 0;
    // As the server knew it when the agent died; the announcement itself had come through.
    at.script.state = call === "send" ? { ...before, phase: "sent", wasSent: true } : before;
    await desk.agent.close();
    const next = await desk.startAnother(remains);
    await vi.waitFor(() => expect(at.script.told.at(-1)).toBe("lost agent_gone"), PATIENCE);
    await next.close();
    expect(at.script.told.filter((line) => told.includes(line))).toEqual(told);
    expect(at.script.state.phase).toBe(at.script.told.includes("prove true") ? "changed" : "uncertain");
    const text = await readFile(join(remains, "journal.jsonl"), "utf8");
    for (const secret of [OPERATOR.passcode, CHANGED]) expect(text).not.toContain(secret);
  });
});
