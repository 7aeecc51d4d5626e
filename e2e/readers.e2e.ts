import { pbkdf2 as pbkdf2WithCallback } from "node:crypto";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";
import { pcscReaders } from "@lanyard/agent";
import { randomBytes } from "@lanyard/crypto";
import { cardSessionContract, readerDriverContract, TEST_CARD, testCard } from "@lanyard/testkit";
import { blankCardState, CARD_PROFILES, type VirtualCard } from "@lanyard/virtual-card";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pcscUnavailable } from "./harness/pcscd.ts";
import { insertionShown, openVpcdDesk, untilEmpty, type VpcdDesk } from "./harness/vpcd-desk.ts";

const unavailable = pcscUnavailable();
const pbkdf2 = promisify(pbkdf2WithCallback);

describe.skipIf(unavailable !== undefined)(
  `real PC/SC${unavailable ? ` (skipped: ${unavailable})` : ""}`,
  () => {
    let desk: VpcdDesk;
    const hanging = new AbortController();

    beforeAll(async () => {
      desk = await openVpcdDesk();
    });
    afterAll(() => desk?.end());

    test("two cards that hang leave crypto, file system and the other readers' state alive", async () => {
      const driver = pcscReaders();
      await untilEmpty(driver);
      const hang = new Promise((resolve) => hanging.signal.addEventListener("abort", resolve));
      const exchanges: Promise<unknown>[] = [];
      for (const readerName of desk.readerNames) {
        const card = blankTestCard();
        await desk.insert(readerName, card);
        const insertion = await insertionShown(driver, readerName);
        const session = await driver.connect(readerName, insertion);
        card.faults.arm({ kind: "delay", until: () => hang });
        exchanges.push(session.transmit(new Uint8Array([0x00, 0x20, 0x00, 0x80])));
      }
      await pbkdf2("passcode", "salt", 1, 32, "sha256");
      expect((await stat(".")).isDirectory()).toBe(true);
      await Promise.all(desk.readerNames.map((readerName) => insertionShown(driver, readerName)));
      hanging.abort();
      await Promise.all(exchanges);
      await driver.close();
      for (const readerName of desk.readerNames) await desk.remove(readerName);
    });

    readerDriverContract("PC/SC", async () => {
      const driver = pcscReaders();
      await untilEmpty(driver);
      return {
        driver,
        readerNames: desk.readerNames,
        insert: desk.insert,
        remove: desk.remove,
        stopService: () => desk.stopService(),
        startService: desk.startService,
        async end() {
          await driver.close();
          for (const readerName of desk.readerNames) await desk.remove(readerName);
        },
      };
    });

    cardSessionContract("PC/SC", async (card) => {
      const [readerName] = desk.readerNames;
      const driver = pcscReaders();
      await untilEmpty(driver);
      await desk.insert(readerName, card);
      return {
        open: async () => driver.connect(readerName, await insertionShown(driver, readerName)),
        async insert() {
          await desk.insert(readerName, card);
          await insertionShown(driver, readerName);
        },
        async remove() {
          await desk.remove(readerName);
          await untilEmpty(driver);
        },
        async end() {
          await driver.close();
          await desk.remove(readerName);
        },
      };
    });
  },
);

function blankTestCard(): VirtualCard {
  const blank = { ...TEST_CARD, guid: randomBytes(16), expires: "2031-12-31" };
  return testCard(blankCardState(CARD_PROFILES.care, blank));
}
