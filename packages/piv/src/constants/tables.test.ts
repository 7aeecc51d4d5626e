import { toHex } from "@lanyard/bytes";
import { describe, expect, test } from "vitest";
import { pivAid, pivAidWithoutVersion } from "./aid.ts";
import { ALGORITHMS } from "./algorithms.ts";
import { DATA_OBJECTS } from "./data-objects.ts";
import { INSTRUCTIONS } from "./instructions.ts";
import { KEY_REFERENCES, SLOTS } from "./key-references.ts";

describe("the tables of constants", () => {
  test.each([
    ["instructions", Object.values(INSTRUCTIONS)],
    ["algorithm identifiers", Object.values(ALGORITHMS).map(({ id }) => id)],
    ["object tags", Object.values(DATA_OBJECTS).map(({ tag }) => tag)],
    ["key references", Object.values(KEY_REFERENCES).map(({ reference }) => reference)],
    ["certificate tags", Object.values(SLOTS).map(({ certificateTag }) => certificateTag)],
  ])("no two %s are the same", (_, values) => {
    expect(new Set(values).size).toBe(values.length);
  });

  test("a key reference is called by its own number", () => {
    for (const [name, { reference }] of Object.entries(KEY_REFERENCES))
      expect(reference.toString(16)).toBe(name);
  });

  test("[PIV-1 Table 3] each slot's certificate has its own object", () => {
    const tags = Object.values(SLOTS).map(({ certificateTag }) => certificateTag.toString(16));
    expect(tags).toEqual(["5fc105", "5fc10a", "5fc10b", "5fc101"]);
  });

  test("[PIV-1 §2.2] the identifier with and without its version", () => {
    expect(toHex(pivAid())).toBe("a000000308000010000100");
    expect(toHex(pivAid())).toContain(toHex(pivAidWithoutVersion()));
  });
});
