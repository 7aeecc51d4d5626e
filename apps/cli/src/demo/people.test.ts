import { checkPasscode, effectivePolicy, SITE_POLICIES } from "@lanyard/identity";
import { describe, expect, test } from "vitest";
import { DEMO_ORGANISATIONS, DEMO_PEOPLE, type DemoCard } from "./people.ts";

const cards = DEMO_PEOPLE.flatMap((person) => person.cards);
const codes = DEMO_ORGANISATIONS.map((organisation) => organisation.code);

/** More than one of a value is a copy that was not finished. */
function repeated(values: readonly string[]): readonly string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

describe("the demo's people", () => {
  test("are at least 26, in five organisations that all have somebody", () => {
    expect(DEMO_PEOPLE.length).toBeGreaterThanOrEqual(26);
    expect(new Set(DEMO_PEOPLE.map((person) => person.organisationCode))).toEqual(new Set(codes));
    expect(codes).toHaveLength(5);
  });

  test("are told apart by number, name, e-mail, phone, card and face", () => {
    expect(repeated(DEMO_PEOPLE.map((person) => person.careId))).toEqual([]);
    expect(repeated(DEMO_PEOPLE.map((person) => person.familyName))).toEqual([]);
    expect(repeated(DEMO_PEOPLE.map((person) => person.email))).toEqual([]);
    expect(repeated(DEMO_PEOPLE.map((person) => person.phone))).toEqual([]);
    expect(repeated(cards.map((card) => card.serial))).toEqual([]);
    expect(repeated(DEMO_PEOPLE.map((person) => JSON.stringify(person.look)))).toEqual([]);
  });

  test.each(DEMO_PEOPLE)("$givenNames $familyName could not be anybody real", (person) => {
    expect(person.careId).toMatch(/^[0-9]{12}$/);
    expect(person.email).toMatch(/^[a-z.]+@[a-z-]+\.example$/);
    expect(person.phone).toMatch(/^07700 900[0-9]{3}$/);
    expect(new Date(person.dateOfBirth).toISOString().slice(0, 10)).toBe(person.dateOfBirth);
    expect(codes).toContain(person.organisationCode);
  });

  test("work in every role", () => {
    expect(new Set(DEMO_PEOPLE.flatMap((person) => person.roles))).toEqual(
      new Set([
        "RA Manager",
        "Advanced RA Agent",
        "RA Agent",
        "RA Sponsor",
        "ID Checker",
        "Smartcard Administrator",
        "Privacy Officer",
      ]),
    );
  });

  test("an operator in each role can sign in at once", () => {
    const ready = DEMO_PEOPLE.filter((person) => person.cards.some(isUsable));
    expect(new Set(ready.flatMap((person) => person.roles)).size).toBe(7);
  });

  test("Maria Okafor, the how-to's holder, has a locked card that may be unlocked", () => {
    const maria = DEMO_PEOPLE.find((person) => person.familyName === "Okafor");
    expect(maria?.careId).toBe("555083916274");
    expect(maria?.cards).toHaveLength(1);
    expect(maria?.cards[0]).toMatchObject({ life: "active", passcodeTriesLeft: 0 });
  });

  test("somebody has three devices: one expired, one cancelled, one in date and locked", () => {
    const devices = DEMO_PEOPLE.find((person) => person.cards.length === 3)?.cards ?? [];
    expect(
      devices.map((card) => [card.life, card.expiresInDays > 0, card.passcodeTriesLeft]),
    ).toEqual([
      ["active", false, 3],
      ["cancelled", false, 3],
      ["active", true, 0],
    ]);
  });
});

describe("the demo's cards", () => {
  test.each<[string, (card: DemoCard) => boolean]>([
    ["usable", isUsable],
    [
      "locked",
      (card) => card.life === "active" && card.expiresInDays > 0 && card.passcodeTriesLeft === 0,
    ],
    ["expired", (card) => card.life === "active" && card.expiresInDays < 0],
    ["cancelled", (card) => card.life === "cancelled" && card.expiresInDays > 0],
    ["issued and still locked", (card) => card.life === "issued_locked"],
    ["within its last 90 days", (card) => card.expiresInDays > 0 && card.expiresInDays <= 90],
    ["one whose PUK cannot be changed", (card) => !card.pukChangeable],
    ["on the last passcode try", (card) => card.passcodeTriesLeft === 1],
    ["for digits only", (card) => card.passcodeRule === "digits-6-8"],
  ])("at least one is %s", (_, matches) => {
    expect(cards.some(matches)).toBe(true);
  });

  test.each(cards)("$serial: the chip takes its passcode", (card) => {
    expect(card.serial).toMatch(/^[0-9]{8}$/);
    expect(card.passcode).toMatch(
      card.passcodeRule === "digits-6-8" ? /^[0-9]{6,8}$/ : /^[0-9A-Za-z]{4,8}$/,
    );
  });
});

describe("every demo passcode", () => {
  const site = SITE_POLICIES["care-4-8"];
  const held = DEMO_PEOPLE.flatMap((person) => person.cards.map((card) => ({ person, card })));

  test.each(held)("$card.serial: is one its holder might have chosen", ({ person, card }) => {
    const verdict = checkPasscode(
      new TextEncoder().encode(card.passcode),
      effectivePolicy(site, card.passcodeRule),
      {
        names: [person.givenNames, person.familyName, person.email.split("@")[0] ?? ""],
        dob: person.dateOfBirth,
        numbers: [person.careId, person.phone, card.serial],
        codes: [person.organisationCode],
      },
    );
    expect(verdict).toMatchObject({ ok: true });
  });
});

function isUsable(card: DemoCard): boolean {
  return card.life === "active" && card.expiresInDays > 0 && card.passcodeTriesLeft === 3;
}
