import { expect, test } from "vitest";
import { establishContext, parseReaderList } from "./context.ts";
import type { NativePcsc } from "./native.ts";
import { PLATFORMS, type PlatformFacts } from "./platform.ts";
import { pcscError } from "./return-codes.ts";

test("[PCSC] a reader list ends with an empty name, in bytes or in UTF-16", () => {
  const text = "Reader A 00 00\0Lecteur é 01\0\0";
  const expected = ["Reader A 00 00", "Lecteur é 01"];
  expect(parseReaderList(new Uint8Array(Buffer.from(text, "utf8")), false)).toEqual(expected);
  expect(parseReaderList(new Uint8Array(Buffer.from(text, "utf16le")), true)).toEqual(expected);
  expect(parseReaderList(new Uint8Array([0]), false)).toEqual([]);
});

test("no readers is an empty list, and nothing is asked about them", async () => {
  const calls: string[] = [];
  const native = scripted(async (name) => {
    calls.push(name);
    if (name === "SCardListReaders") throw pcscError(0x8010002e, name);
  });
  const context = await establishContext(native, "status");
  expect(await context.readers()).toEqual([]);
  expect(calls).toEqual(["SCardEstablishContext", "SCardListReaders"]);
});

test("[PCSC] the event state is read: present, mute, and the counter in its high word", async () => {
  const native = scripted(async (name, args) => {
    if (name !== "SCardGetStatusChange") return;
    Object.assign(firstOf(args[2]), { dwEventState: 0xfffe0220 });
  });
  const context = await establishContext(native, "status");
  expect(await context.reader("A")).toEqual({
    name: "A",
    isPresent: true,
    isMute: true,
    eventCount: 0xfffe,
  });
});

test("an APDU under 4 bytes is never sent: vpcd would hang for ever on an empty one", async () => {
  const calls: string[] = [];
  const native = scripted(async (name) => void calls.push(name));
  const card = await (await establishContext(native, "cards")).connect("A");
  await expect(card.transmit(new Uint8Array(3))).rejects.toMatchObject({ code: "pcsc/failed" });
  expect(calls).not.toContain("SCardTransmit");
});

test("[PCSC] disconnecting resets the card; one that is out is left as it is", async () => {
  const dispositions: unknown[] = [];
  const native = scripted(async (name, args) => {
    if (name === "SCardDisconnect") dispositions.push(args[1]);
  });
  const card = await (await establishContext(native, "cards")).connect("A");
  await card.disconnect();
  await card.abandon();
  expect(dispositions).toEqual([1, 0]);
});

function scripted(answer: (name: string, args: readonly unknown[]) => Promise<void>): NativePcsc {
  return { facts: linux(), call: (_lane, name, ...args) => answer(name, args) };
}

function linux(): PlatformFacts {
  const facts = PLATFORMS["linux"];
  if (facts === undefined) throw new Error("Linux has no row.");
  return facts;
}

function firstOf(states: unknown): object {
  if (!Array.isArray(states) || typeof states[0] !== "object") throw new Error("No states.");
  return states[0];
}
