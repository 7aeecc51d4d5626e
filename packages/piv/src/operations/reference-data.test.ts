import { asciiBytes, fromHex, Secret } from "@lanyard/bytes";
import { cardFromTranscript, type TranscriptCard } from "@lanyard/testkit";
import { describe, expect, test } from "vitest";
import type { Exchange } from "../commands/exchange.ts";
import { CardError } from "../errors.ts";
import { openPivSession, type PivSession } from "../session.ts";
import type { Card } from "../transport/card.ts";
import { changePasscode, changePuk, resetRetryCounter, verifyPasscode } from "./reference-data.ts";

const SELECT = `
  > 00A40400 09 A00000030800001000 00
  < 6111 4F06000010000100 79074F05A000000308 9000`;

const secret = (text: string): Secret => new Secret(asciiBytes(text));

/** A session on short APDUs with this transcript after SELECT. */
async function sessionWith(transcript: string): Promise<[PivSession, TranscriptCard]> {
  const card = cardFromTranscript(SELECT + transcript);
  return [await openPivSession(card, { extendedLength: false }), card];
}

describe("[PIV-2 §3.2.1] VERIFY", () => {
  test.each([
    ["9000", { state: "verified" }],
    ["63C3", { state: "tries_left", tries: 3 }],
    ["63C0", { state: "blocked" }],
    ["6983", { state: "blocked" }],
  ])("status %s", async (word, expected) => {
    const [session, card] = await sessionWith(`
      > 0020 0080
      < ${word}
    `);
    expect(await session.verifyStatus()).toEqual(expected);
    card.expectDone();
  });

  test.each([
    ["9000", { ok: true }],
    ["63C2", { ok: false, reason: "wrong", triesLeft: 2 }],
    ["6300", { ok: false, reason: "wrong", triesLeft: undefined }],
    ["63C0", { ok: false, reason: "blocked" }],
    ["6983", { ok: false, reason: "blocked" }],
    ["6A80", { ok: false, reason: "bad_format" }],
  ])("a passcode answered %s is sent once", async (word, expected) => {
    const [session, card] = await sessionWith(`
      > 0020 0080 08 31323334 3536FFFF   verify "123456"
      < ${word}
    `);
    expect(await session.verify(secret("123456"))).toEqual(expected);
    card.expectDone();
  });

  test.each(["", "123456789"])(
    "%j cannot be a passcode: nothing is sent, no try is spent",
    async (text) => {
      const [session, card] = await sessionWith("");
      expect(await session.verify(secret(text))).toEqual({ ok: false, reason: "bad_format" });
      card.expectDone();
    },
  );

  test.each([
    ["6982", "card/security_status"],
    ["6D00", "card/unsupported"],
    ["6581", "card/unexpected_status"],
    ["6108", "card/unexpected_status"],
  ])("%s is thrown as %s", async (word, code) => {
    const [session, card] = await sessionWith(`
      > 0020 0080 08 31323334 3536FFFF
      < ${word}
    `);
    await expect(session.verify(secret("123456"))).rejects.toMatchObject({
      code,
      statusWord: Number.parseInt(word, 16),
    });
    card.expectDone();
  });

  test("P1=FF takes the verified state back", async () => {
    const [session, card] = await sessionWith(`
      > 0020 FF80
      < 9000
      > 0020 FF80
      < 6A86
    `);
    await session.resetVerification();
    await expect(session.resetVerification()).rejects.toMatchObject({ statusWord: 0x6a86 });
    card.expectDone();
  });
});

describe("[PIV-2 §3.2.2, §3.2.3] CHANGE REFERENCE DATA and RESET RETRY COUNTER", () => {
  const uses: readonly [string, string, (session: PivSession) => Promise<unknown>][] = [
    [
      "changePasscode",
      "00240080 10 31323334FFFFFFFF 353637383930FFFF",
      (session) => session.changePasscode(secret("1234"), secret("567890")),
    ],
    [
      "changePuk",
      "00240081 10 4142434445464748 5152535455565758",
      (session) => session.changePuk(secret("ABCDEFGH"), secret("QRSTUVWX")),
    ],
    [
      "resetRetryCounter",
      "002C0080 10 4142434445464748 353637383930FFFF",
      (session) => session.resetRetryCounter(secret("ABCDEFGH"), secret("567890")),
    ],
  ];
  const outcomes: readonly [string, object][] = [
    ["9000", { effect: "applied" }],
    ["63C2", { effect: "not_applied", triesLeft: 2 }],
    ["63C0", { effect: "not_applied", triesLeft: 0, blocked: true }],
    ["6983", { effect: "not_applied", blocked: true }],
    ["6A80", { effect: "not_applied" }],
    ["6982", { effect: "not_applied" }],
    ["6581", { effect: "unknown" }],
    ["6F00", { effect: "unknown" }],
    ["6A82", { effect: "unknown" }],
    ["6108", { effect: "unknown" }],
    ["6C08", { effect: "unknown" }],
  ];
  const cases = uses.flatMap(([name, command, run]) =>
    outcomes.map(([word, expected]) => ({ name, command, run, word, expected })),
  );

  test.each(cases)(
    "$name answered $word is sent once",
    async ({ command, run, word, expected }) => {
      const [session, card] = await sessionWith(`
      > ${command}
      < ${word}
    `);
      expect(await run(session)).toEqual({ statusWord: Number.parseInt(word, 16), ...expected });
      card.expectDone();
    },
  );

  test.each(uses)("%s, the card taken out: thrown, and not sent again", async (_, command, run) => {
    const [session, card] = await sessionWith(`
      > ${command}
      < removed
    `);
    await expect(run(session)).rejects.toMatchObject({ code: "card/removed" });
    card.expectDone();
  });

  test("a PUK that is not 8 bytes is refused before anything is sent", async () => {
    const [session, card] = await sessionWith("");
    await expect(session.resetRetryCounter(secret("123456"), secret("1234"))).rejects.toMatchObject(
      {
        code: "card/bad_argument",
      },
    );
    card.expectDone();
  });

  test.each(["answers", "is taken out"])(
    "every buffer made for it is zero once the card %s",
    async (ending) => {
      const kept: Uint8Array[] = [];
      const card: Card = {
        async transmit(apdu) {
          if (apdu[1] === 0xa4)
            return { data: fromHex("61084F06000010000100"), statusWord: 0x9000 };
          kept.push(apdu);
          expect(apdu.some((byte) => byte !== 0)).toBe(true);
          if (ending === "is taken out") throw new CardError("card/removed", "Taken out.");
          return { data: new Uint8Array(0), statusWord: 0x9000 };
        },
      };
      const session = await openPivSession(card, { extendedLength: false });
      await session.verify(secret("123456")).catch(() => undefined);
      for (const [, , run] of uses) await run(session).catch(() => undefined);
      expect(kept.length).toBe(4);
      for (const apdu of kept) expect(apdu).toEqual(new Uint8Array(apdu.length));
    },
  );

  test.each(["answered", "lost"])(
    "so is the data field it was made of, %s or not",
    async (ending) => {
      const fields: Uint8Array[] = [];
      const exchange: Exchange = async ({ data }) => {
        fields.push(data);
        expect(data.some((byte) => byte !== 0)).toBe(true);
        if (ending === "lost") throw new CardError("card/reset", "Reset.");
        return { data: new Uint8Array(0), statusWord: 0x9000 };
      };
      await verifyPasscode(exchange, secret("123456")).catch(() => undefined);
      await changePasscode(exchange, secret("123456"), secret("654321")).catch(() => undefined);
      await changePuk(exchange, secret("ABCDEFGH"), secret("QRSTUVWX")).catch(() => undefined);
      await resetRetryCounter(exchange, secret("ABCDEFGH"), secret("654321")).catch(
        () => undefined,
      );
      expect(fields).toEqual([8, 16, 16, 16].map((bytes) => new Uint8Array(bytes)));
    },
  );
});
