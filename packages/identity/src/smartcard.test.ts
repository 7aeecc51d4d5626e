import { describe, expect, test } from "vitest";
import { parseCareId } from "./person.ts";
import { freshRegisters } from "./registers.ts";
import {
  type CardCertificate,
  cardStanding,
  certificateIn,
  expiryOf,
  isInDate,
  latestInDate,
  type Smartcard,
} from "./smartcard.ts";

const NOW = new Date("2026-03-02T12:00:00Z");

function daysFromNow(days: number): Date {
  return new Date(NOW.getTime() + days * 86_400_000);
}

function certificate(change: Partial<CardCertificate> = {}): CardCertificate {
  return {
    slot: "9A",
    der: new Uint8Array(),
    keyHash: "00",
    notBefore: daysFromNow(-100),
    notAfter: daysFromNow(100),
    revokedAt: undefined,
    ...change,
  };
}

function card(change: Partial<Smartcard> = {}): Smartcard {
  const careId = parseCareId("555083916274");
  if (careId === undefined) throw new Error("That is a care identity number.");
  return {
    serial: "20000001",
    careId,
    issuanceId: "one",
    life: "active",
    profile: {
      name: "care",
      passcodeRule: "alphanumeric-4-8",
      passcodeTries: 3,
      pukTries: 15,
      pukChangeable: true,
      pukTriesComeBack: false,
      hint: false,
    },
    certificates: [certificate()],
    issuedAt: daysFromNow(-10),
    registers: freshRegisters(15),
    ...change,
  };
}

const expired = [certificate(), certificate({ slot: "9E", notAfter: daysFromNow(-1) })];
const revoked = [certificate({ revokedAt: daysFromNow(-1) })];

describe("[DESIGN 1] how a card stands", () => {
  // biome-ignore format: the columns are the documentation
  test.each([
    ["in_date",       {}],
    ["issued_locked", { life: "issued_locked" }],
    ["expired",       { certificates: expired }],
    ["expired",       { certificates: [] }],
    ["expired",       { certificates: expired, life: "issued_locked" }],
    ["revoked",       { certificates: revoked }],
    ["revoked",       { certificates: [...expired, ...revoked] }],
    ["cancelled",     { life: "cancelled" }],
    ["cancelled",     { life: "cancelled", certificates: [...expired, ...revoked] }],
    ["cleared",       { life: "cleared", certificates: expired }],
  ] as const)("%s: %j", (standing, change) => {
    expect(cardStanding(card(change), NOW)).toBe(standing);
  });

  test("the first certificate to expire decides, to the moment", () => {
    const soon = daysFromNow(1);
    const one = card({ certificates: [certificate(), certificate({ notAfter: soon })] });
    expect(expiryOf(one)).toEqual(soon);
    expect(isInDate(one, new Date(soon.getTime() - 1))).toBe(true);
    expect(isInDate(one, soon)).toBe(false);
  });

  test("a card without certificates has no day of expiry and is not in date", () => {
    expect(expiryOf(card({ certificates: [] }))).toBeUndefined();
    expect(isInDate(card({ certificates: [] }), NOW)).toBe(false);
  });
});

describe("[DESIGN 1] the device to service is the latest issued one in date", () => {
  const older = card({ serial: "older", issuedAt: daysFromNow(-20) });
  const newer = card({ serial: "newer", issuedAt: daysFromNow(-5) });

  test.each([
    ["in any order", [newer, older], "newer"],
    ["in any order", [older, newer], "newer"],
    ["not an expired one, though newer", [older, { ...newer, certificates: expired }], "older"],
    ["not a revoked one", [older, { ...newer, certificates: revoked }], "older"],
    ["not a cancelled one", [older, card({ ...newer, life: "cancelled" })], "older"],
    ["not a cleared one", [older, card({ ...newer, life: "cleared" })], "older"],
    [
      "one that waits for its passcode too",
      [older, card({ ...newer, life: "issued_locked" })],
      "newer",
    ],
    ["or none", [{ ...newer, certificates: expired }], undefined],
    ["or none at all", [], undefined],
  ])("%s", (_, cards, serial) => {
    expect(latestInDate(cards, NOW)?.serial).toBe(serial);
  });
});

test("a certificate is found by its slot", () => {
  const signing = certificate({ slot: "9C", keyHash: "9c" });
  expect(certificateIn(card({ certificates: [certificate(), signing] }), "9C")).toBe(signing);
  expect(certificateIn(card(), "9E")).toBeUndefined();
});
