import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AuditFact, encodeAuditEntry } from "./audit-entry.ts";
import { parseCareId } from "./person.ts";

const SALT = "0f".repeat(32);

function hmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  return createHmac("sha256", key).update(message).digest();
}

const ports = { salt: () => new Uint8Array(32).fill(0x0f), hmacSha256: hmac };

const FACT: AuditFact = {
  action: "unlock.released",
  at: new Date("2026-03-02T12:00:00.123Z"),
  actor: parseCareId("555083916274"),
  holder: undefined,
  cardSerial: "20000001",
  ceremonyId: undefined,
  deskId: "desk",
  details: { n: 0, hi: 1, frozen: false, evidence: "photo" },
  personal: { name: "Zoë" },
};

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}

describe("[DESIGN 9] the bytes of an entry are the log's leaf", () => {
  test("[JCS] written out by hand: sorted keys, no spaces, what is undefined left out", () => {
    const commitment = createHmac("sha256", Buffer.from(SALT, "hex")).update("Zoë").digest("hex");
    const { leaf, openings } = encodeAuditEntry(FACT, ports);
    expect(textOf(leaf)).toBe(
      '{"action":"unlock.released","actor":"555083916274","at":"2026-03-02T12:00:00.123Z",' +
        '"cardSerial":"20000001","deskId":"desk",' +
        '"details":{"evidence":"photo","frozen":false,"hi":1,"n":0},' +
        `"format":"lanyard-audit/1","personal":{"name":"${commitment}"}}`,
    );
    expect(textOf(openings)).toBe(`{"name":{"salt":"${SALT}","value":"Zoë"}}`);
  });

  test("the order in which a fact was written changes nothing", () => {
    const { details, ...rest } = FACT;
    const reversed = Object.fromEntries(Object.entries(details).reverse());
    const turned = { details: reversed, ...rest };
    expect(encodeAuditEntry(turned, ports)).toEqual(encodeAuditEntry(FACT, ports));
  });

  test("what is personal is in the openings and nowhere else", () => {
    const personal = { name: "Maria Okafor", dateOfBirth: "1984-02-29" };
    const { leaf, openings, keys } = encodeAuditEntry({ ...FACT, personal }, ports);
    for (const value of Object.values(personal)) {
      expect(textOf(leaf)).not.toContain(value);
      expect(JSON.stringify(keys)).not.toContain(value);
      expect(textOf(openings)).toContain(value);
    }
  });

  test("every commitment has a salt of its own, so that equal values do not show", () => {
    let count = 0;
    const fresh = {
      ...ports,
      salt: () => {
        count += 1;
        return new Uint8Array(32).fill(count);
      },
    };
    const fact = { ...FACT, personal: { givenNames: "Sam", familyName: "Sam" } };
    const { personal }: { personal: Record<string, string> } = JSON.parse(
      textOf(encodeAuditEntry(fact, fresh).leaf),
    );
    expect(count).toBe(2);
    expect(personal["givenNames"]).not.toBe(personal["familyName"]);
  });

  test("an opening opens its commitment, and another value does not", () => {
    const { leaf, openings } = encodeAuditEntry(FACT, ports);
    const { name }: { name: { salt: string; value: string } } = JSON.parse(textOf(openings));
    const { personal }: { personal: { name: string } } = JSON.parse(textOf(leaf));
    const commit = (value: string) =>
      Buffer.from(hmac(Buffer.from(name.salt, "hex"), Buffer.from(value))).toString("hex");
    expect(commit(name.value)).toBe(personal.name);
    expect(commit("Zoe")).not.toBe(personal.name);
  });

  test("the keys it is found by are those of the fact", () => {
    expect(encodeAuditEntry(FACT, ports).keys).toStrictEqual({
      at: FACT.at,
      action: "unlock.released",
      actor: "555083916274",
      holder: undefined,
      cardSerial: "20000001",
      ceremonyId: undefined,
    });
  });

  test("whatever the details are called and hold, the leaf is JSON that says the same", () => {
    const details = fc.dictionary(
      fc.string({ maxLength: 8 }).filter((key) => key !== "__proto__"),
      fc.oneof(fc.string({ maxLength: 12 }), fc.integer(), fc.boolean()),
    );
    fc.assert(
      fc.property(details, (given) => {
        const { leaf } = encodeAuditEntry({ ...FACT, details: given }, ports);
        const read: { details: unknown } = JSON.parse(textOf(leaf));
        // -0 is 0 in JSON.
        expect(read.details).toEqual(JSON.parse(JSON.stringify(given)));
      }),
    );
  });
});
