import { randomBytes } from "node:crypto";
import { Secret } from "@lanyard/bytes";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { combineShares, makeShares, SHARES } from "./shares.ts";

const newKey = () => new Secret(randomBytes(32));
const bytesOf = (key: Secret | undefined) => key && Buffer.from(key.reveal());

/** Every choice of `count` out of five. */
function choices<Item>(items: readonly Item[], count: number): readonly (readonly Item[])[] {
  if (count === 0) return [[]];
  return items.flatMap((item, index) =>
    choices(items.slice(index + 1), count - 1).map((rest) => [item, ...rest]),
  );
}

describe("3-of-5 shares of a master key (unlock-protocol 2.4, T17)", () => {
  test("any three, in any order, give the key; more do too", async () => {
    const key = newKey();
    const shares = await makeShares(2, key);
    expect(shares).toHaveLength(SHARES.made);
    for (const chosen of [...choices(shares, 3), ...choices(shares, 4), shares])
      expect(bytesOf((await combineShares(chosen.toReversed())).get(2))).toEqual(bytesOf(key));
  });

  test("two shares fail, whichever; so does one given twice", async () => {
    const shares = await makeShares(1, newKey());
    for (const chosen of [...choices(shares, 2), ...choices(shares, 1)])
      await expect(combineShares([...chosen, ...chosen])).rejects.toMatchObject({
        code: "secrets/shares_too_few",
      });
  });

  test("a share of another key, or of another splitting of the same key, fails clearly", async () => {
    const key = newKey();
    const [shares, ofAnother] = [await makeShares(1, key), await makeShares(1, newKey())];
    const again = await makeShares(1, key);
    for (const stranger of [ofAnother[4], again[4]])
      await expect(combineShares([...shares.slice(0, 2), stranger ?? ""])).rejects.toMatchObject({
        code: "secrets/shares_wrong",
      });
  });

  test("whatever character is mistyped, the line is named and not repeated", async () => {
    const shares = await makeShares(1, newKey());
    const [first = "", ...others] = shares;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(first.length - 1),
        fc.constantFrom(..."0123456789abcdefxyz =-"),
        async (place, typed) => {
          fc.pre(first[place] !== typed);
          const wrong = first.slice(0, place) + typed + first.slice(place + 1);
          const error = await combineShares([
            others[0] ?? "",
            wrong.trim() === "" ? "x" : wrong,
          ]).catch((caught: unknown) => caught);
          expect(error).toMatchObject({ name: "SecretsError" });
          expect(String(error)).not.toContain(first.slice(50, 70));
        },
      ),
      { numRuns: 200 },
    );
  });

  test("shares of two versions may be mixed; each needs three of its own", async () => {
    const [one, two] = [newKey(), newKey()];
    const [ofOne, ofTwo] = [await makeShares(1, one), await makeShares(2, two)];
    const keys = await combineShares([...ofOne.slice(0, 3), "", ...ofTwo.slice(2)]);
    expect([...keys.keys()]).toEqual([1, 2]);
    expect(bytesOf(keys.get(2))).toEqual(bytesOf(two));
    await expect(combineShares([...ofOne.slice(0, 3), ...ofTwo.slice(0, 2)])).rejects.toThrow(
      /of version 2 are needed; there are 2/,
    );
  });
});
