import { expect, test } from "vitest";
import type { PcscCard, PcscContext, ReaderStatus } from "../pcsc/context.ts";
import { pcscError } from "../pcsc/return-codes.ts";
import { PcscSession } from "./pcsc-session.ts";

const QUERY = new Uint8Array([0x00, 0x20, 0x00, 0x80]);
const HERE: ReaderStatus = { name: "Reader", isPresent: true, isMute: false, eventCount: 1 };

test("an answer is split into data and status word", async () => {
  const { session } = connected({ transmit: async () => new Uint8Array([1, 2, 0x90, 0x00]) });
  expect(await session.transmit(QUERY)).toEqual({
    data: new Uint8Array([1, 2]),
    statusWord: 0x9000,
  });
});

test("success with fewer than two bytes means that the card was taken out", async () => {
  const { session, calls } = connected({ transmit: async () => new Uint8Array(0) });
  await expect(session.transmit(QUERY)).rejects.toMatchObject({ code: "card/removed" });
  expect(await session.removed).toBe("removed");
  await session.released;
  expect(calls).toEqual(["transmit", "abandon", "release"]);
});

test.each([
  ["REMOVED_CARD", 0x80100069, "card/removed", "removed"],
  ["READER_UNAVAILABLE", 0x80100017, "card/removed", "removed"],
  ["RESET_CARD", 0x80100068, "card/reset", "reset"],
  ["NO_SERVICE", 0x8010001d, "card/transport", "removed"],
])("%s ends the session, and nothing more is sent", async (_name, returnCode, code, loss) => {
  const { session, calls } = connected({
    transmit: async () => Promise.reject(pcscError(returnCode, "SCardTransmit")),
  });
  await expect(session.transmit(QUERY)).rejects.toMatchObject({ code });
  expect(await session.removed).toBe(loss);
  await expect(session.transmit(QUERY)).rejects.toMatchObject({ code: `card/${loss}` });
  expect(calls.filter((call) => call === "transmit")).toHaveLength(1);
});

test("NOT_TRANSACTED is a removal when the service then sees the slot empty", async () => {
  const looks: ReaderStatus[] = [HERE, HERE, { ...HERE, isPresent: false, eventCount: 2 }];
  const { session } = connected(
    { transmit: async () => Promise.reject(pcscError(0x80100016, "SCardTransmit")) },
    async () => looks.shift(),
  );
  await expect(session.transmit(QUERY)).rejects.toMatchObject({ code: "card/removed" });
});

test("NOT_TRANSACTED with the card still in is a failed exchange: sent once, and the session goes on", async () => {
  let sent = 0;
  const { session } = connected({
    transmit: async () => {
      sent += 1;
      if (sent === 1) throw pcscError(0x80100016, "SCardTransmit");
      return new Uint8Array([0x90, 0x00]);
    },
  });
  await expect(session.transmit(QUERY)).rejects.toMatchObject({ code: "card/transport" });
  expect(sent).toBe(1);
  expect(await session.transmit(QUERY)).toMatchObject({ statusWord: 0x9000 });
});

test("an APDU under 4 bytes is refused before anything is sent", async () => {
  const { session, calls } = connected({});
  await expect(session.transmit(new Uint8Array(3))).rejects.toMatchObject({
    code: "card/bad_argument",
  });
  expect(calls).toEqual([]);
});

test("closing resets a card that is there, once, and waits for what is under way", async () => {
  let answer: (bytes: Uint8Array) => void = () => undefined;
  const { session, calls } = connected({
    transmit: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  const underWay = session.transmit(QUERY);
  await Promise.resolve();
  const closing = [session.close(), session.close()];
  answer(new Uint8Array([0x90, 0x00]));
  expect(await underWay).toMatchObject({ statusWord: 0x9000 });
  await Promise.all(closing);
  expect(calls).toEqual(["transmit", "disconnect", "release"]);
  await expect(session.transmit(QUERY)).rejects.toMatchObject({ code: "card/transport" });
});

test("a card that only seems gone, because the service hangs, is reset all the same", async () => {
  const { session, calls } = connected({});
  session.lose("removed", "presumed");
  await session.released;
  expect(calls).toEqual(["disconnect", "release"]);
});

test("a card that the service saw leave is not reset: pcscd would show a card in the empty reader", async () => {
  const { session, calls } = connected({}, async () => ({ ...HERE, eventCount: 2 }));
  await session.close();
  expect(calls).toEqual(["abandon", "release"]);
});

test("work that fails ends its transaction", async () => {
  const { session, calls } = connected({});
  const failing = session.transaction(async () => {
    throw new RangeError("work failed");
  });
  await expect(failing).rejects.toBeInstanceOf(RangeError);
  expect(calls).toEqual(["begin", "end"]);
});

function connected(
  card: Partial<PcscCard>,
  reader: () => Promise<ReaderStatus | undefined> = async () => HERE,
): { readonly session: PcscSession; readonly calls: string[] } {
  const calls: string[] = [];
  const noted =
    <Result>(name: string, work: () => Promise<Result>) =>
    () => {
      calls.push(name);
      return work();
    };
  const nothing = async (): Promise<void> => undefined;
  const context: PcscContext = {
    readers: async () => [],
    reader,
    connect: async () => Promise.reject(new Error("Connected already.")),
    cancel: nothing,
    release: noted("release", nothing),
  };
  const transmit = card.transmit ?? (async () => new Uint8Array([0x90, 0x00]));
  const session = new PcscSession({
    context,
    readerName: "Reader",
    insertion: "insertion",
    eventCount: 1,
    card: {
      begin: noted("begin", nothing),
      end: noted("end", nothing),
      transmit: (apdu) => noted("transmit", () => transmit(apdu))(),
      powerCycle: noted("powerCycle", nothing),
      disconnect: noted("disconnect", nothing),
      abandon: noted("abandon", nothing),
    },
  });
  return { session, calls };
}
