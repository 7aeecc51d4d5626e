import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { fromHex, toHex } from "@lanyard/bytes";
import { nodeCardCrypto } from "@lanyard/crypto";
import {
  blankCardState,
  CARD_PROFILES,
  createVirtualCard,
  encodeVpcdFrame,
  type VirtualCard,
} from "@lanyard/virtual-card";
import { afterEach, expect, test } from "vitest";
import { linkToVpcd } from "./vpcd-link.ts";

const GET_ATR = encodeVpcdFrame(new Uint8Array([4]));
const cleanUps: (() => void)[] = [];

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

test("[VPCD] the first GET ATR, not the connection, says inserted; it gets the ATR in one write", async () => {
  const { link, reader } = await linked(aCard());
  let isInserted = false;
  const seen = link.inserted.then(() => {
    isInserted = true;
  });
  reader.write(encodeVpcdFrame(new Uint8Array([1])));
  reader.write(encodeVpcdFrame(fromHex("00a4040005a000000308")));
  await once(reader, "data");
  expect(isInserted).toBe(false);
  reader.write(GET_ATR);
  const [answer] = await once(reader, "data");
  expect(toHex(answer)).toBe("000c3b8780014c616e796172644b");
  await seen;
  expect(isInserted).toBe(true);
});

test("[VPCD] requests that arrive byte by byte, and several at once, are each answered once and in order", async () => {
  const { reader } = await linked(aCard());
  reader.setNoDelay(true);
  for (const byte of encodeVpcdFrame(fromHex("00200080"))) reader.write(new Uint8Array([byte]));
  expect(toHex(await bytesFrom(reader, 4))).toBe("00026d00");
  const both = [fromHex("00a4040005a000000308"), fromHex("00200080")].map(encodeVpcdFrame);
  reader.write(Buffer.concat(both));
  expect(toHex((await bytesFrom(reader, 44)).slice(-6))).toBe("9000000263c3");
});

test("[VPCD] a reset forgets the selection and is not answered", async () => {
  const { reader } = await linked(aCard());
  reader.write(encodeVpcdFrame(fromHex("00a4040005a000000308")));
  await bytesFrom(reader, 40);
  reader.write(encodeVpcdFrame(new Uint8Array([2])));
  reader.write(encodeVpcdFrame(fromHex("00200080")));
  expect(toHex(await bytesFrom(reader, 4))).toBe("00026d00");
});

test("ejecting closes the connection and frees the card; so does an abort", async () => {
  const card = aCard();
  const { link, reader } = await linked(card);
  const closing = once(reader, "close");
  await link.eject();
  await closing;
  expect(card.isInserted).toBe(false);
  const abort = new AbortController();
  const second = await linked(card, abort.signal);
  expect(card.isInserted).toBe(true);
  abort.abort();
  await second.link.removed;
  expect(card.isInserted).toBe(false);
});

test("the reader going away, or a power cut, takes the card out", async () => {
  const card = aCard();
  const first = await linked(card);
  first.reader.destroy();
  await first.link.removed;
  expect(card.isInserted).toBe(false);
  card.faults.arm({ kind: "power_cut", when: "before" });
  const second = await linked(card);
  second.reader.write(encodeVpcdFrame(fromHex("00a4040005a000000308")));
  await second.link.removed;
  expect(card.isInserted).toBe(false);
});

test("nobody listening: inserted rejects, removed resolves, the card is free", async () => {
  const card = aCard();
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server.address());
  server.close();
  await once(server, "close");
  const link = linkToVpcd({ host: "127.0.0.1", port, card });
  await expect(link.inserted).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await link.removed;
  expect(card.isInserted).toBe(false);
});

function aCard(): VirtualCard {
  const blank = { serial: "LT1", guid: new Uint8Array(16), expires: "2031-12-31" };
  const state = blankCardState(CARD_PROFILES.care, blank);
  return createVirtualCard({ state, crypto: nodeCardCrypto, save: async () => undefined });
}

async function linked(card: VirtualCard, signal?: AbortSignal) {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server.address());
  const connection = once(server, "connection");
  const link = linkToVpcd({ host: "127.0.0.1", port, card, ...(signal && { signal }) });
  const [reader]: Socket[] = await connection;
  if (reader === undefined) throw new Error("no connection");
  reader.on("error", () => undefined);
  cleanUps.push(() => {
    reader.destroy();
    server.close();
  });
  return { link, reader };
}

async function bytesFrom(reader: Socket, count: number): Promise<Uint8Array> {
  let bytes = Buffer.alloc(0);
  while (bytes.length < count) {
    const [chunk] = await once(reader, "data");
    bytes = Buffer.concat([bytes, chunk]);
  }
  return bytes;
}

function portOf(address: ReturnType<ReturnType<typeof createServer>["address"]>): number {
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
