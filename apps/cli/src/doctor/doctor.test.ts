import { PassThrough } from "node:stream";
import { virtualReaders } from "@lanyard/agent";
import { randomBytes } from "@lanyard/crypto";
import { testCard } from "@lanyard/testkit";
import { blankCardState, CARD_PROFILES, createVirtualReader } from "@lanyard/virtual-card";
import { describe, expect, test } from "vitest";
import { examine, type Patient } from "./doctor-command.ts";
import type { Fetch } from "./network.ts";
import { serviceRemedy } from "./service-remedy.ts";
import { nodeFinding } from "./versions.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z");
const AGENT = "http://127.0.0.1:24738/";
const HEALTH = "http://localhost:3000/healthz";

const wellAnswers: Readonly<Record<string, () => Response>> = {
  [AGENT]: () => new Response("This program lets Lanyard use the smartcard readers of this PC."),
  [HEALTH]: () => new Response("{}", { headers: { date: new Date(NOW).toUTCString() } }),
};

/** A network where only these answer. */
function network(answers: Readonly<Record<string, () => Response>>): Fetch {
  return async (url) => {
    const answer = answers[url];
    if (answer === undefined) throw new TypeError("fetch failed");
    return answer();
  };
}

function desk(readers: number, cards: number) {
  const bays = Array.from({ length: readers }, (_, index) =>
    createVirtualReader(`Reader ${index + 1}`),
  );
  for (const bay of bays.slice(0, cards)) bay.insert(testCard(blank()));
  return { bays, driver: virtualReaders(bays) };
}

function blank() {
  return blankCardState(CARD_PROFILES.care, {
    serial: "LT1",
    guid: randomBytes(16),
    expires: "2031-12-31",
  });
}

async function doctor(patient: Partial<Patient>) {
  const output = new PassThrough();
  const terminal = { input: new PassThrough().end(), output, errors: new PassThrough() };
  const exitCode = await examine(
    { options: {}, words: [], terminal, env: {} },
    { driver: desk(2, 1).driver, fetch: network(wellAnswers), now: () => NOW, ...patient },
  );
  return { exitCode, said: `${output.read()}` };
}

test("a desk where all is well: every line ok, exit code 0", async () => {
  const { exitCode, said } = await doctor({});
  expect(said).not.toMatch(/attention|PROBLEM/);
  expect(said).toContain("Reader 1: a PIV card. Its passcode has 3 tries left.");
  expect(said).toContain("Reader 2: no card is in.");
  expect(said).toContain("There are two card readers.");
  expect(said).toContain("All is well.");
  expect(exitCode).toBe(0);
});

describe("what is not well is told with what to do, exit code 1", () => {
  test("no smartcard service", async () => {
    const { driver } = desk(2, 0);
    driver.setService("down");
    const { exitCode, said } = await doctor({ driver });
    expect(said).toMatch(/PROBLEM {4}The smartcard service is not running.*\n +-> /);
    expect(exitCode).toBe(1);
  });

  test.each([
    [0, /PROBLEM {4}There is no card reader\.\n +-> Plug two readers in/],
    [1, /attention {2}There is one card reader\..*\n +-> Plug a second/],
  ])("%i readers", async (readers, expected) => {
    const { exitCode, said } = await doctor({ driver: desk(readers, 0).driver });
    expect(said).toMatch(expected);
    expect(exitCode).toBe(1);
  });

  test("three readers are no trouble", async () => {
    expect(await doctor({ driver: desk(3, 3).driver })).toMatchObject({ exitCode: 0 });
  });

  test("a card without PIV, and one that is held by another program", async () => {
    const { bays, driver } = desk(2, 2);
    bays[0]?.card?.faults.arm({ kind: "status_word", statusWord: 0x6a82, effect: "skipped" });
    const claim = bays[1]?.claim(() => undefined);
    const { said, exitCode } = await doctor({ driver });
    claim?.release();
    expect(said).toMatch(
      /attention {2}Reader 1: a card of another kind.*\n +-> Use a care smartcard/,
    );
    expect(said).toMatch(/ok {9}Reader 2: a card that another program is using/);
    expect(exitCode).toBe(1);
  });

  test("the agent's port is free, or somebody else's", async () => {
    const { [AGENT]: _, ...noAgent } = wellAnswers;
    expect((await doctor({ fetch: network(noAgent) })).said).toMatch(
      /attention {2}The agent is not running.*\n +-> Start it/,
    );
    const other = { ...wellAnswers, [AGENT]: () => new Response("It works!") };
    expect((await doctor({ fetch: network(other) })).said).toMatch(
      /PROBLEM {4}Another program answers/,
    );
  });

  test("the server is away, or unwell", async () => {
    const { [HEALTH]: _, ...noServer } = wellAnswers;
    expect((await doctor({ fetch: network(noServer) })).said).toMatch(
      /PROBLEM {4}The server cannot be reached/,
    );
    const unwell = { ...wellAnswers, [HEALTH]: () => new Response("", { status: 503 }) };
    expect((await doctor({ fetch: network(unwell) })).said).toContain("HTTP 503");
  });

  test.each([
    [59_000, "agrees with"],
    [-59_000, "agrees with"],
    [61_000, "61 seconds ahead of"],
    [-3_600_000, "3600 seconds behind"],
  ])("a clock %i ms off: %s", async (offMs, expected) => {
    expect((await doctor({ now: () => NOW + offMs })).said).toContain(expected);
  });

  test("looking spends no passcode try and leaves nothing verified", async () => {
    const { bays, driver } = desk(2, 2);
    await doctor({ driver });
    for (const bay of bays) expect(bay.card?.state.passcode.triesLeft).toBe(3);
  });
});

test("the oldest Node that will do", () => {
  expect(
    ["20.18.9", "18.20.0", "20.19.0", "20.20.2", "24.0.0"].map(
      (version) => nodeFinding(version).level,
    ),
  ).toEqual(["problem", "problem", "ok", "ok", "ok"]);
});

test("what to do about the service differs by platform, and needs nobody's guess", () => {
  expect(serviceRemedy("linux", () => false)).toContain("apt install pcscd");
  expect(serviceRemedy("linux", () => true)).toContain("does not answer this user");
  expect(serviceRemedy("win32")).toContain("Smart Card");
  expect(serviceRemedy("darwin")).toContain("Restart");
});
