import { type CardSecrets, type PukOf, parseCareId } from "@lanyard/identity";
import { describe, expect, test } from "vitest";

/** Master keys of 32 bytes, by version: what the adapter under test is to hold. */
export type MasterKeyBytes = ReadonlyMap<number, Uint8Array>;

const KEYS: MasterKeyBytes = new Map([
  [1, new Uint8Array(32).fill(7)],
  [2, new Uint8Array(32).fill(8)],
]);

/** The values every adapter gives for these keys, made once by a program of another language over the framing written out by hand. */
const EXPECTED = {
  puk0: "OeDvEpfz",
  puk3: "SmDEAEci",
  puk3UnderTwo: "kDMzbm8f",
  managementKey: "89bf628b2502e3056cf50afd1c266807ad9dc122dcd73f9254c04a0086cab2c6",
  hint: "33b6d61c89519e4ae5543a909159a65697d5e359538dafbeb7ce064ac1c82faf",
} as const;

/**
 * What every `CardSecrets` must do. `open` gives one over exactly these master keys, of which the highest version is
 * the newest; it is kept open until the tests of this suite end.
 */
export function cardSecretsContract(
  name: string,
  open: (keys: MasterKeyBytes) => Promise<CardSecrets>,
): void {
  describe(`CardSecrets contract: ${name}`, () => {
    test("the same master key gives the same secrets, wherever it lives [DESIGN 5]", async () => {
      const secrets = await open(KEYS);
      expect(textOf(await secrets.derivePuk(card(), 0))).toBe(EXPECTED.puk0);
      expect(textOf(await secrets.derivePuk(card(), 3))).toBe(EXPECTED.puk3);
      expect(hexOf((await secrets.deriveManagementKey(card())).reveal())).toBe(
        EXPECTED.managementKey,
      );
      expect(hexOf(await secrets.hintMac(card(), 3))).toBe(EXPECTED.hint);
    });

    test("an index takes the version it was released under; the management key stays with the card's first", async () => {
      const secrets = await open(KEYS);
      const moved = card({ keyVersionChanges: [{ from: 3, version: 2 }] });
      expect(textOf(await secrets.derivePuk(moved, 0))).toBe(EXPECTED.puk0);
      expect(textOf(await secrets.derivePuk(moved, 3))).toBe(EXPECTED.puk3UnderTwo);
      expect(hexOf((await secrets.deriveManagementKey(moved)).reveal())).toBe(
        EXPECTED.managementKey,
      );
    });

    test("new cards are of the newest version", async () => {
      expect((await open(KEYS)).keyVersion).toBe(2);
    });

    test("it is ready for the versions that are there", async () => {
      await expect((await open(KEYS)).ready([1, 2])).resolves.toBeUndefined();
    });

    test("a version that is not there is an error, never another key", async () => {
      const secrets = await open(KEYS);
      const lost = card({ keyVersion: 9 });
      for (const ask of [
        () => secrets.ready([1, 9]),
        () => secrets.derivePuk(lost, 0),
        () => secrets.deriveManagementKey(lost),
        () => secrets.hintMac(lost, 0),
      ])
        await expect(ask()).rejects.toMatchObject({ code: "secrets/version_unknown" });
    });

    test("many at once do not mix", async () => {
      const secrets = await open(KEYS);
      const indices = Array.from({ length: 40 }, (_, index) => index);
      const alone: string[] = [];
      for (const index of indices) alone.push(textOf(await secrets.derivePuk(card(), index)));
      const together = await Promise.all(
        indices.map(async (index) => textOf(await secrets.derivePuk(card(), index))),
      );
      expect(together).toEqual(alone);
      expect(new Set(together).size).toBe(indices.length);
    });
  });
}

function card(change: Partial<PukOf> = {}): PukOf {
  const careId = parseCareId("555083916274");
  if (careId === undefined) throw new Error("The number of the contract is not one.");
  return {
    keyVersion: 1,
    keyVersionChanges: [],
    careId,
    cardKeyHash: "ab".repeat(32),
    issuanceId: "issuance-1",
    seed: new Uint8Array(32).fill(9),
    ...change,
  };
}

function textOf(puk: { reveal(): Uint8Array }): string {
  return String.fromCharCode(...puk.reveal());
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
