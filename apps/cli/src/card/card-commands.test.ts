import { PassThrough } from "node:stream";
import { type ReadersState, virtualReaders } from "@lanyard/agent";
import { randomBytes } from "@lanyard/crypto";
import { testCard } from "@lanyard/testkit";
import {
  blankCardState,
  CARD_PROFILES,
  type CardProfile,
  createVirtualReader,
  type VirtualCard,
} from "@lanyard/virtual-card";
import { beforeEach, describe, expect, test } from "vitest";
import type { OptionValues } from "../command.ts";
import { CliError } from "../errors.ts";
import { changePasscode } from "./change.ts";
import { showStatus } from "./status.ts";
import { unblockCard } from "./unblock.ts";
import { verifyCard } from "./verify.ts";

const PASSCODE = "482917";
const PUK = "40718263";

function blank(profile: CardProfile = CARD_PROFILES.care) {
  return blankCardState(profile, {
    serial: "LT0000001",
    guid: randomBytes(16),
    expires: "2031-12-31",
    passcode: PASSCODE,
    puk: PUK,
  });
}

let reader: ReturnType<typeof createVirtualReader>;
let driver: ReturnType<typeof virtualReaders>;
let card: VirtualCard;

beforeEach(() => {
  reader = createVirtualReader("Desk reader 01");
  driver = virtualReaders([reader]);
  card = testCard(blank());
  reader.insert(card);
});

type Command = typeof verifyCard;

/** Runs a command as `main` does, with these lines on standard input. */
async function cli(command: Command, lines: readonly string[], options: OptionValues = {}) {
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const input = new PassThrough();
  input.end(lines.map((line) => `${line}\n`).join(""));
  const terminal = { input, output, errors };
  const run = { options: { stdin: true, ...options }, words: [], terminal, env: {} };
  const end = await command(driver, run).then(
    (exitCode) => ({ exitCode, message: "" }),
    (error: unknown) => {
      if (!(error instanceof CliError)) throw error;
      return { exitCode: error.exitCode, message: error.message };
    },
  );
  return { ...end, said: `${output.read() ?? ""}`, noted: `${errors.read() ?? ""}` };
}

/** Until the driver has seen what was done to the readers. */
async function seen(isThere: (slots: ReadersState["slots"]) => boolean): Promise<void> {
  for await (const { slots } of driver.watch(new AbortController().signal))
    if (isThere(slots)) return;
}

const triesLeft = () => card.state.passcode.triesLeft;
const pukTriesLeft = () => card.state.puk.triesLeft;

describe("card verify", () => {
  test("tells the tries, and that the passcode is right", async () => {
    expect(await cli(verifyCard, [PASSCODE])).toMatchObject({
      exitCode: 0,
      said: "The passcode is right.\n",
      noted: "3 tries are left.\n",
    });
  });

  test("a wrong passcode costs exactly one try, however many lines there are", async () => {
    const { exitCode, noted } = await cli(verifyCard, ["135791", PASSCODE, PASSCODE]);
    expect(exitCode).toBe(1);
    expect(noted).toContain("Wrong passcode. 2 tries are left.");
    expect(triesLeft()).toBe(2);
  });

  test("stops before the last try unless told to go on", async () => {
    await cli(verifyCard, ["135791"]);
    await cli(verifyCard, ["135791"]);
    expect(await cli(verifyCard, ["135791"])).toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/--last-try/),
    });
    expect(triesLeft()).toBe(1);
    expect(await cli(verifyCard, ["135791"], { "last-try": true })).toMatchObject({ exitCode: 1 });
    expect(triesLeft()).toBe(0);
    expect(await cli(verifyCard, [PASSCODE])).toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/locked/),
    });
  });

  test("what cannot be a passcode is not sent", async () => {
    expect(await cli(verifyCard, ["123456789"])).toMatchObject({
      exitCode: 1,
      noted: expect.stringMatching(/No try was spent/),
    });
    expect(triesLeft()).toBe(3);
  });

  test("leaves nothing verified behind", async () => {
    await cli(verifyCard, [PASSCODE]);
    expect((await cli(showStatus, [])).said).toContain("3 tries left");
  });
});

describe("card change", () => {
  test("sets the new passcode by the old one", async () => {
    expect(await cli(changePasscode, [PASSCODE, "plum83", "plum83"])).toMatchObject({
      exitCode: 0,
    });
    expect(await cli(verifyCard, ["plum83"])).toMatchObject({ exitCode: 0 });
    expect(await cli(verifyCard, [PASSCODE])).toMatchObject({ exitCode: 1 });
  });

  test("two different entries: nothing is sent", async () => {
    const { exitCode, message } = await cli(changePasscode, [PASSCODE, "plum83", "plum84"]);
    expect(exitCode).toBe(1);
    expect(message).toBe("The two entries are different. Type the new passcode again.");
    expect(triesLeft()).toBe(3);
    expect(await cli(verifyCard, [PASSCODE])).toMatchObject({ exitCode: 0 });
  });

  test("a wrong old passcode costs one try and changes nothing", async () => {
    expect(await cli(changePasscode, ["135791", "plum83", "plum83"])).toMatchObject({
      exitCode: 1,
      noted: expect.stringMatching(/Wrong passcode\. 2 tries are left\./),
    });
    expect(await cli(verifyCard, [PASSCODE])).toMatchObject({ exitCode: 0 });
  });

  test("too few lines: nothing is sent", async () => {
    expect(await cli(changePasscode, [PASSCODE, "plum83"])).toMatchObject({ exitCode: 2 });
    expect(triesLeft()).toBe(3);
  });

  test("a passcode that the card does not take is refused in plain words", async () => {
    const digitsOnly = createVirtualReader("Keyboard reader");
    digitsOnly.insert(testCard(blank(CARD_PROFILES.careDigits)));
    driver = virtualReaders([digitsOnly]);
    const { exitCode, noted } = await cli(changePasscode, [PASSCODE, "plum83", "plum83"]);
    expect(exitCode).toBe(1);
    expect(noted).toContain("The card refused (6a80)");
  });
});

describe("card unblock", () => {
  test("a locked card gets a new passcode and its tries back", async () => {
    for (let round = 0; round < 3; round += 1)
      await cli(verifyCard, ["135791"], { "last-try": true });
    expect((await cli(showStatus, [])).exitCode).toBe(1);
    expect(await cli(unblockCard, [PUK, "plum83", "plum83"])).toMatchObject({ exitCode: 0 });
    expect(await cli(verifyCard, ["plum83"])).toMatchObject({ exitCode: 0 });
  });

  test("a wrong PUK costs one PUK try", async () => {
    const before = pukTriesLeft();
    expect(await cli(unblockCard, ["40718264", "plum83", "plum83"])).toMatchObject({
      exitCode: 1,
      noted: expect.stringMatching(/Wrong PUK/),
    });
    expect(pukTriesLeft()).toBe(before - 1);
  });

  test("a PUK that is none is not sent", async () => {
    const before = pukTriesLeft();
    expect(await cli(unblockCard, ["4071826", "plum83", "plum83"])).toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/Nothing was sent/),
    });
    expect(pukTriesLeft()).toBe(before);
  });

  test("a card pulled before it answers: nobody knows, and it says so", async () => {
    card.faults.arm({ kind: "power_cut", when: "after" }, { ins: 0x2c });
    expect(await cli(unblockCard, [PUK, "plum83", "plum83"])).toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(/may or may not/),
    });
  });
});

describe("card status", () => {
  test("says what anybody may read, and spends nothing", async () => {
    const { exitCode, said } = await cli(showStatus, []);
    expect(exitCode).toBe(0);
    expect(said).toContain("Desk reader 01");
    expect(said).toContain(card.state.guid);
    expect(said).toContain("3 tries left");
    expect(said).toContain("9A sign-in         no certificate");
  });
});

describe("which card", () => {
  test("none, no reader, no such reader, no service: each its own words, exit code 3", async () => {
    expect(await cli(showStatus, [], { reader: "Omnikey" })).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/Desk reader 01/),
    });
    reader.remove();
    await seen((slots) => slots.every(({ state }) => state === "empty"));
    expect(await cli(showStatus, [])).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/no card in the reader/),
    });
    driver.unplug(reader.name);
    expect(await cli(showStatus, [])).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/no card reader/),
    });
    driver.setService("down");
    expect(await cli(showStatus, [])).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/service is not running/),
    });
  });

  test("several: they are listed, and a part of the name is enough", async () => {
    const other = createVirtualReader("Keyboard reader");
    other.insert(testCard(blank()));
    driver.plug(other);
    expect(await cli(showStatus, [])).toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/Desk reader 01\n {2}Keyboard reader/),
    });
    const { said } = await cli(showStatus, [], { reader: "keyb" });
    expect(said).toContain("Keyboard reader");
  });

  test("one that another program holds", async () => {
    const claim = reader.claim(() => undefined);
    expect(await cli(showStatus, [])).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/Another program/),
    });
    claim.release();
  });
});

test("no passcode and no PUK is ever said", async () => {
  const runs = [
    await cli(verifyCard, [PASSCODE]),
    await cli(verifyCard, ["135791"]),
    await cli(changePasscode, [PASSCODE, "plum83", "plum84"]),
    await cli(unblockCard, [PUK, "plum83", "plum83"]),
  ];
  expect(JSON.stringify(runs)).not.toMatch(/482917|135791|plum8|40718263/);
});
