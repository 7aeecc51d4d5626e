import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeJournalLine, encodeJournalLine, type JournalEntry } from "./journal.ts";

const id = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes).toString("base64url"));
const will = fc.constantFrom({}, { isWill: true } as const);
const signature = fc.uint8Array({ minLength: 64, maxLength: 64 }).map((bytes) => ({
  algorithm: "ES256" as const,
  value: Buffer.from(bytes).toString("base64"),
}));
const report = fc.record({
  visit: id,
  step: fc.constantFrom("reset" as const, "rotate" as const),
  attempt: fc.constantFrom(1, 2),
  status: fc.nat(0xffff),
  lost: fc.boolean(),
});
const entry: fc.Arbitrary<JournalEntry> = fc
  .tuple(
    id,
    will,
    fc.oneof(
      report.map((body) => ({ call: "unlock_report" as const, body })),
      fc.record({ visit: id, signature }).map((body) => ({ call: "unlock_prove" as const, body })),
      fc
        .record({
          visit: id,
          reason: fc.constantFrom("agent_gone" as const, "answer_lost" as const),
        })
        .map((body) => ({ call: "unlock_lost" as const, body })),
    ),
  )
  .map(([ceremony, isWill, call]) => ({ ceremony, ...isWill, ...call }));

describe("a line of the agent's journal", () => {
  test("gives back what was written, and is one line", () => {
    fc.assert(
      fc.property(entry, (written) => {
        const text = encodeJournalLine(written);
        expect(text).not.toContain("\n");
        expect(decodeJournalLine(text)).toEqual(written);
      }),
    );
  });

  test("torn anywhere, it is nothing: never another entry", () => {
    fc.assert(
      fc.property(entry, fc.nat(), (written, at) => {
        const text = encodeJournalLine(written);
        expect(decodeJournalLine(text.slice(0, at % text.length))).toBeUndefined();
      }),
    );
  });

  test("whatever stands there, it is an entry or nothing; what is not a field of it is not kept", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(decodeJournalLine(text)).toBeUndefined();
      }),
    );
    const body = { visit: "A".repeat(22), reason: "agent_gone" } as const;
    const whole = { format: 1, ceremony: "A".repeat(22), call: "unlock_lost", body, puk: "x" };
    expect(decodeJournalLine(JSON.stringify(whole))).not.toHaveProperty("puk");
    expect(decodeJournalLine(JSON.stringify({ ...whole, format: 2 }))).toBeUndefined();
    expect(decodeJournalLine(JSON.stringify({ ...whole, call: "sign_in" }))).toBeUndefined();
  });
});
