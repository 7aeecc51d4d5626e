import { describe, expect, test } from "vitest";
import { displayName, formatCareId, parseCareId } from "./person.ts";

describe("[DESIGN 8] the care identity number: twelve digits, as text", () => {
  // biome-ignore format: the columns are the documentation
  test.each([
    ["555083916274",        "555083916274"],
    ["5550 8391 6274",      "555083916274"],
    [" 555083916274 ",      "555083916274"],
    ["000000000000",        "000000000000"],
    ["555083916275",        "555083916275"],
  ])("%j is %s, whatever its last digit", (input, careId) => {
    expect(parseCareId(input)).toBe(careId);
  });

  test.each([
    "",
    "55508391627",
    "5550839162744",
    "55508391627a",
    "5550-8391-6274",
    "٥٥٥٠٨٣٩١٦٢٧٤",
    "555083916274\n",
    "555\t083916274",
    555083916274,
    null,
    undefined,
    ["555083916274"],
  ])("%j is none", (input) => {
    expect(parseCareId(input)).toBeUndefined();
  });

  test("is shown as it is printed, and read back from that", () => {
    const careId = parseCareId("555083916274");
    const shown = careId && formatCareId(careId);
    expect(shown).toBe("5550 8391 6274");
    expect(parseCareId(shown)).toBe(careId);
  });
});

test.each([
  ["Dr", "Dr Maria Okafor"],
  [undefined, "Maria Okafor"],
  ["", "Maria Okafor"],
])("a person with title %j is shown as %s", (title, shown) => {
  expect(displayName({ title, givenNames: "Maria", familyName: "Okafor" })).toBe(shown);
});
