import { fromHex } from "@lanyard/bytes";
import { testCard } from "@lanyard/testkit";
import { expect, test } from "vitest";
import { CARD_PROFILES } from "./card-profile.ts";
import { blankCardState } from "./personalise.ts";
import { createVirtualReader } from "./virtual-reader.ts";
import { openVirtualSession } from "./virtual-session.ts";

test("a reader holds one card, gives it back, and says what is in", () => {
  const [reader, card, other] = [createVirtualReader("left"), aCard(), aCard()];
  expect(reader.remove()).toBeUndefined();
  reader.insert(card);
  expect(reader.card).toBe(card);
  expect(() => reader.insert(other)).toThrowError(
    expect.objectContaining({ code: "virtual-card/reader_occupied" }),
  );
  expect(other.isInserted).toBe(false);
  expect(() => createVirtualReader("right").insert(card)).toThrowError(
    expect.objectContaining({ code: "virtual-card/already_inserted" }),
  );
  expect(reader.remove()).toBe(card);
  expect(reader.card).toBeUndefined();
  reader.insert(other);
});

test("every change is told in order, however late the listener, and leaving the loop ends it", async () => {
  const [reader, card] = [createVirtualReader("left"), aCard()];
  const changes = reader.changes();
  reader.insert(card);
  reader.remove();
  reader.insert(card);
  const seen: boolean[] = [];
  for await (const change of changes) {
    seen.push(change.card !== undefined);
    if (seen.length === 4) break;
  }
  expect(seen).toEqual([false, true, false, true]);
  expect(await changes.next()).toEqual({ done: true, value: undefined });
});

test("a listener that waits is told at once, and `return` ends its wait", async () => {
  const [reader, card] = [createVirtualReader("left"), aCard()];
  const changes = reader.changes();
  await changes.next();
  const next = changes.next();
  reader.insert(card);
  expect(await next).toEqual({ done: false, value: { card } });
  const last = changes.next();
  await changes.return?.();
  expect(await last).toEqual({ done: true, value: undefined });
});

test("a power cut empties the reader and says so", async () => {
  const [reader, card] = [createVirtualReader("left"), aCard()];
  reader.insert(card);
  const changes = reader.changes();
  await changes.next();
  card.faults.arm({ kind: "power_cut", when: "before" });
  const session = openVirtualSession(reader);
  await expect(session.transmit(fromHex("00200080"))).rejects.toMatchObject({
    code: "card/removed",
  });
  expect(await changes.next()).toEqual({ done: false, value: { card: undefined } });
});

test("no card, no session; one session at a time; a new one after the card was out", async () => {
  const [reader, card] = [createVirtualReader("left"), aCard()];
  expect(() => openVirtualSession(reader)).toThrowError(
    expect.objectContaining({ code: "virtual-card/reader_empty" }),
  );
  reader.insert(card);
  const first = openVirtualSession(reader);
  expect(() => openVirtualSession(reader)).toThrowError(
    expect.objectContaining({ code: "virtual-card/reader_in_use" }),
  );
  reader.remove();
  reader.insert(card);
  const second = openVirtualSession(reader);
  await first.close();
  expect(() => openVirtualSession(reader)).toThrowError(
    expect.objectContaining({ code: "virtual-card/reader_in_use" }),
  );
  await second.close();
  await openVirtualSession(reader).close();
});

test("a reset by another program ends the session with card/reset", async () => {
  const [reader, card] = [createVirtualReader("left"), aCard()];
  await reader.resetByAnother();
  reader.insert(card);
  const session = openVirtualSession(reader);
  await reader.resetByAnother();
  expect(await session.removed).toBe("reset");
  for (const attempt of [
    session.transmit(fromHex("00200080")),
    session.powerCycle(),
    session.transaction(async () => 1),
  ])
    await expect(attempt).rejects.toMatchObject({ code: "card/reset" });
});

function aCard() {
  const blank = { serial: "LT1", guid: new Uint8Array(16), expires: "2031-12-31" };
  return testCard(blankCardState(CARD_PROFILES.care, blank));
}
