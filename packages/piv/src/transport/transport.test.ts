import { fromHex, toHex } from "@lanyard/bytes";
import { cardFromTranscript } from "@lanyard/testkit";
import { describe, expect, test } from "vitest";
import { encodeCommand, parseCommand } from "../commands/apdu.ts";
import { getDataCommand, putDataCommand } from "../commands/data.ts";
import { CardError } from "../errors.ts";
import type { Card } from "./card.ts";
import { withCommandChaining, withExtendedLength } from "./long-commands.ts";
import { withOneAtATime } from "./one-at-a-time.ts";
import { ANSWER_BYTES_MAX, withWholeAnswers } from "./whole-answers.ts";

const readChuid = encodeCommand(getDataCommand(0x5fc102));
const VERIFY = fromHex("00200080 08 313233343536ffff");
const CHANGE = fromHex("00240080 10 31323334ffffffff 3837363534333231");
const RESET = fromHex("002c0080 10 4142434445464748 313233343536ffff");

/** A card that always answers the same, and counts. */
function stubbornCard(hex: string): Card & { readonly sent: readonly string[] } {
  const sent: string[] = [];
  const bytes = fromHex(hex);
  return {
    sent,
    async transmit(apdu) {
      sent.push(toHex(apdu));
      const [high = 0, low = 0] = bytes.subarray(-2);
      return { data: bytes.slice(0, -2), statusWord: high * 256 + low };
    },
  };
}

describe("[7816-4 §5.1] whole answers", () => {
  test("61xx: the rest is fetched, piece by piece", async () => {
    const card = cardFromTranscript(`
      > 00CB3FFF 05 5C035FC102 00
      < 530501 6104                four more
      > 00C00000 04
      < 0203 6102
      > 00C00000 02
      < 0405 9000
    `);
    const answer = await withWholeAnswers(card).transmit(readChuid);
    expect(answer).toEqual({ data: fromHex("53050102030405"), statusWord: 0x9000 });
    card.expectDone();
  });

  test("6100: 256 or more are waiting", async () => {
    const card = cardFromTranscript(`
      > 00CB3FFF 05 5C035FC102 00
      < 6100
      > 00C00000 00
      < 5300 9000
    `);
    await expect(withWholeAnswers(card).transmit(readChuid)).resolves.toMatchObject({
      statusWord: 0x9000,
    });
    card.expectDone();
  });

  test("6Cxx: a read is sent once more, with the length the card named", async () => {
    const card = cardFromTranscript(`
      > 00CB3FFF 05 5C035FC102 00
      < 6C02
      > 00CB3FFF 05 5C035FC102 02
      < 5300 9000
    `);
    await expect(withWholeAnswers(card).transmit(readChuid)).resolves.toMatchObject({
      statusWord: 0x9000,
    });
    card.expectDone();
  });

  test("6Cxx twice is the answer: no third time", async () => {
    const card = stubbornCard("6c02");
    const answer = await withWholeAnswers(card).transmit(readChuid);
    expect(answer.statusWord).toBe(0x6c02);
    expect(card.sent.length).toBe(2);
  });

  test.each([
    ["GENERATE", "0047009a 05 ac03800111 00"],
    ["a vendor's command", "00f90000 00"],
  ])("6Cxx: %s is not sent again", async (_, hex) => {
    const card = stubbornCard("6c02");
    await withWholeAnswers(card).transmit(fromHex(hex));
    expect(card.sent.length).toBe(1);
  });

  test("a card that never stops sending ends in card/answer_too_long", async () => {
    const card = stubbornCard(`${"aa".repeat(256)}6100`);
    await expect(withWholeAnswers(card).transmit(readChuid)).rejects.toMatchObject({
      code: "card/answer_too_long",
    });
    expect(card.sent.length).toBeLessThanOrEqual(ANSWER_BYTES_MAX / 256 + 1);
  });

  test("so does one that sends it byte by byte", async () => {
    const card = stubbornCard("aa6101");
    await expect(withWholeAnswers(card).transmit(readChuid)).rejects.toMatchObject({
      code: "card/answer_too_long",
    });
    expect(card.sent.length).toBeLessThan(1100);
  });

  test("one that promises more and sends nothing is malformed", async () => {
    await expect(withWholeAnswers(stubbornCard("6110")).transmit(readChuid)).rejects.toMatchObject({
      code: "card/malformed_answer",
    });
  });

  test("one answer over 64 KiB is not believed", async () => {
    const card = stubbornCard(`${"aa".repeat(ANSWER_BYTES_MAX + 1)}9000`);
    await expect(withWholeAnswers(card).transmit(readChuid)).rejects.toMatchObject({
      code: "card/answer_too_long",
    });
  });
});

describe("[PIV-2 §3.2] what costs a try goes out once, as it is, whatever is answered", () => {
  const layers: readonly [string, (card: Card) => Card][] = [
    ["short", (card) => withOneAtATime(withCommandChaining(withWholeAnswers(card)))],
    ["extended", (card) => withOneAtATime(withExtendedLength(withWholeAnswers(card)))],
  ];
  const commands: readonly [string, Uint8Array][] = [
    ["VERIFY", VERIFY],
    ["CHANGE REFERENCE DATA", CHANGE],
    ["RESET RETRY COUNTER", RESET],
  ];
  const words = ["6108", "6100", "6c08", "6c00", "63c2", "6581", "6f00", "6700", "9000"];
  const cases = layers.flatMap(([form, layer]) =>
    commands.flatMap(([name, apdu]) => words.map((word) => ({ form, layer, name, apdu, word }))),
  );

  test.each(cases)("$name, $form APDUs, $word", async ({ layer, apdu, word }) => {
    const card = stubbornCard(word);
    const answer = await layer(card).transmit(apdu);
    expect(card.sent).toEqual([toHex(apdu)]);
    expect(answer.statusWord).toBe(Number.parseInt(word, 16));
  });

  test.each(commands)("%s, the card taken out", async (_, apdu) => {
    let sent = 0;
    const card: Card = {
      async transmit() {
        sent += 1;
        throw new CardError("card/removed", "Taken out.");
      },
    };
    for (const [, layer] of layers)
      await expect(layer(card).transmit(apdu)).rejects.toMatchObject({ code: "card/removed" });
    expect(sent).toBe(layers.length);
  });

  test.each(layers)("data too long for %s APDUs is not cut into links", async (_, layer) => {
    const apdu = encodeCommand({ ...parseCommand(VERIFY), data: new Uint8Array(2100) });
    const card = stubbornCard("9000");
    await layer(card).transmit(apdu);
    expect(card.sent).toEqual([toHex(apdu)]);
  });

  test("the layers pass the caller's own array on, so that one wipe is enough", async () => {
    const seen: Uint8Array[] = [];
    const card: Card = {
      async transmit(apdu) {
        seen.push(apdu);
        return { data: new Uint8Array(0), statusWord: 0x9000 };
      },
    };
    for (const [, layer] of layers) await layer(card).transmit(VERIFY);
    for (const apdu of seen) expect(apdu).toBe(VERIFY);
    expect(seen.length).toBe(layers.length);
  });
});

describe("[7816-4 §5.3.3] long commands", () => {
  const long = encodeCommand(putDataCommand(0x5fc105, new Uint8Array(600).fill(0xaa)));
  const data = `5c035fc10553820258${"aa".repeat(600)}`;

  test("short APDUs: a chain, only its last link without the chaining bit", async () => {
    const card = cardFromTranscript(`
      > 10DB3FFF FF ${data.slice(0, 510)}
      < 9000
      > 10DB3FFF FF ${data.slice(510, 1020)}
      < 9000
      > 00DB3FFF 63 ${data.slice(1020)}
      < 9000
    `);
    const answer = await withCommandChaining(card).transmit(long);
    expect(answer.statusWord).toBe(0x9000);
    card.expectDone();
  });

  test("a link that is refused ends the chain, and its answer is the answer", async () => {
    const card = cardFromTranscript(`
      > 10DB3FFF FF ${data.slice(0, 510)}
      < 6982
    `);
    await expect(withCommandChaining(card).transmit(long)).resolves.toMatchObject({
      statusWord: 0x6982,
    });
    card.expectDone();
  });

  test("exactly 255 bytes are one APDU, 256 are two", async () => {
    for (const [dataBytes, apdus] of [
      [255, 1],
      [256, 2],
      [510, 2],
      [511, 3],
    ] as const) {
      const card = stubbornCard("9000");
      const header = { cla: 0, ins: 0xdb, p1: 0x3f, p2: 0xff };
      const command = { ...header, data: new Uint8Array(dataBytes), expectedBytes: undefined };
      await withCommandChaining(card).transmit(encodeCommand(command));
      expect(card.sent.length).toBe(apdus);
    }
  });

  test("the last link asks for the answer", async () => {
    const sign = `0087079a 00010a 7c820106 8200 81820100${"00".repeat(256)} 0100`;
    const card = cardFromTranscript(`
      > 1087079A FF 7C8201068200 81820100 ${"00".repeat(245)}
      < 9000
      > 0087079A 0B ${"00".repeat(11)} 00
      < 7C00 9000
    `);
    await expect(withCommandChaining(card).transmit(fromHex(sign))).resolves.toMatchObject({
      data: fromHex("7c00"),
    });
    card.expectDone();
  });

  test("extended length: one APDU, and all of the answer asked for at once", async () => {
    const card = cardFromTranscript(`
      > 00DB3FFF 00 0261 ${data}
      < 9000
      > 00CB3FFF 00 0005 5C035FC102 0000
      < 5300 9000
    `);
    const extended = withExtendedLength(card);
    await extended.transmit(long);
    await extended.transmit(readChuid);
    card.expectDone();
  });

  test("extended length: over 2048 bytes is chained, for cards with smaller buffers", async () => {
    const card = stubbornCard("9000");
    await withExtendedLength(card).transmit(
      encodeCommand(putDataCommand(0x5fc108, new Uint8Array(2100))),
    );
    expect(card.sent.length).toBe(9);
    expect(card.sent.every((apdu) => apdu.length <= 2 * 260)).toBe(true);
  });
});

describe("one at a time", () => {
  test("the APDUs of two chains never mix, and a failure stops nobody else", async () => {
    const order: string[] = [];
    const slow: Card = {
      async transmit(apdu) {
        order.push(`+${apdu[3]}`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`-${apdu[3]}`);
        if (apdu[3] === 1) throw new CardError("card/transport", "Lost.");
        return { data: new Uint8Array(0), statusWord: 0x9000 };
      },
    };
    const card = withOneAtATime(slow);
    const ends = await Promise.allSettled(
      [1, 2, 3].map((p2) => card.transmit(new Uint8Array([0, 0, 0, p2]))),
    );
    expect(order).toEqual(["+1", "-1", "+2", "-2", "+3", "-3"]);
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
  });
});
