import { pcscReaders } from "@lanyard/agent";
import { cardSessionContract, readerDriverContract } from "@lanyard/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pcscUnavailable } from "./harness/pcscd.ts";
import { drillReaders } from "./harness/reader-drill.ts";
import { insertionShown, openVpcdDesk, untilEmpty, type VpcdDesk } from "./harness/vpcd-desk.ts";

const unavailable = pcscUnavailable();

describe.skipIf(unavailable !== undefined)(
  `real PC/SC${unavailable ? ` (skipped: ${unavailable})` : ""}`,
  () => {
    let desk: VpcdDesk;

    beforeAll(async () => {
      desk = await openVpcdDesk();
    });
    afterAll(() => desk?.end());

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

describe.skipIf(unavailable !== undefined)(
  `pulling${unavailable ? ` (skipped: ${unavailable})` : ""}`,
  () => {
    test("50 random insertions and removals and two restarts of the service leave readers that work", async () => {
      const report = await drillReaders({ events: 50, seed: 20_261, say: () => undefined });
      expect(report.restarts).toBe(2);
      expect(report.connections).toBeGreaterThan(5);
    });
  },
);
