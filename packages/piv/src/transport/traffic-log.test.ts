import { encodeTlv, fromHex, toHex } from "@lanyard/bytes";
import { cardFromTranscript } from "@lanyard/testkit";
import { describe, expect, test } from "vitest";
import { encodeCommand } from "../commands/apdu.ts";
import { getDataCommand } from "../commands/data.ts";
import type { Card } from "./card.ts";
import { type TrafficRecord, withTrafficLog } from "./traffic-log.ts";

const readChuid = encodeCommand(getDataCommand(0x5fc102));
const VERIFY = fromHex("00200080 08 313233343536ffff");
const CHANGE = fromHex("00240080 10 31323334ffffffff 3837363534333231");
const RESET = fromHex("002c0080 10 4142434445464748 313233343536ffff");

function cardAnswering(hex: string): Card {
  const bytes = fromHex(hex);
  const [high = 0, low = 0] = bytes.subarray(-2);
  return { transmit: async () => ({ data: bytes.slice(0, -2), statusWord: high * 256 + low }) };
}

describe("the traffic log", () => {
  async function logged(
    apdu: Uint8Array,
    answer: string,
    bodies: boolean,
  ): Promise<TrafficRecord[]> {
    const records: TrafficRecord[] = [];
    await withTrafficLog(cardAnswering(answer), (record) => records.push(record), {
      bodies,
    }).transmit(apdu);
    return records;
  }

  test("says header, lengths and status word", async () => {
    expect(await logged(VERIFY, "63c2", false)).toEqual([
      {
        cla: 0x00,
        ins: 0x20,
        p1: 0x00,
        p2: 0x80,
        dataBytes: 8,
        expectedBytes: undefined,
        answerBytes: 0,
        statusWord: 0x63c2,
        error: undefined,
        bodies: undefined,
      },
    ]);
  });

  test("with bodies: shows what GET DATA asked and got", async () => {
    const [record] = await logged(readChuid, "53009000", true);
    expect(record?.bodies).toEqual({ command: "5c035fc102", answer: "5300" });
  });

  test.each([
    ["VERIFY", toHex(VERIFY)],
    ["CHANGE REFERENCE DATA", toHex(CHANGE)],
    ["RESET RETRY COUNTER", toHex(RESET)],
    ["GENERAL AUTHENTICATE", "0087039b0431323334"],
    ["PUT DATA", "00db3fff0431323334"],
    ["PUT DATA, a link of a chain", "10db3fff0431323334"],
    ["a vendor's command", "00ff03ff0431323334"],
  ])("with bodies: never those of %s", async (_, hex) => {
    const records = await logged(fromHex(hex), "333133329000", true);
    expect(JSON.stringify(records)).not.toMatch(/3132|3331/);
    expect(records[0]?.bodies).toBeUndefined();
  });

  test("with bodies: GET RESPONSE after a secret command shows nothing, after GET DATA it does", async () => {
    const records: TrafficRecord[] = [];
    const card = withTrafficLog(cardAnswering("aabb9000"), (record) => records.push(record), {
      bodies: true,
    });
    const getResponse = fromHex("00c0000000");
    await card.transmit(fromHex("0087039b0431323334"));
    await card.transmit(getResponse);
    await card.transmit(readChuid);
    await card.transmit(getResponse);
    expect(records.map(({ bodies }) => bodies?.answer)).toEqual([
      undefined,
      undefined,
      "aabb",
      "aabb",
    ]);
  });

  test("a card taken out is said, and the error goes on", async () => {
    const records: TrafficRecord[] = [];
    const card = cardFromTranscript(`
      > 00200080
      < removed
    `);
    const log = withTrafficLog(card, (record) => records.push(record));
    await expect(log.transmit(fromHex("00200080"))).rejects.toMatchObject({ code: "card/removed" });
    expect(records).toMatchObject([{ statusWord: undefined, error: "card/removed" }]);
  });

  test("an object of 0 bytes and one of 300 are told apart by length alone", async () => {
    const answer = toHex(encodeTlv(0x53, new Uint8Array(300)));
    const [record] = await logged(readChuid, `${answer}9000`, false);
    expect(record?.answerBytes).toBe(304);
  });
});
