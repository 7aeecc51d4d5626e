import type { PersonSearch, Store } from "@lanyard/identity";
import { describe, expect, test } from "vitest";
import { careId, person, SEED, smartcard } from "./samples.ts";

/** Number, given names, family name, organisation. */
const PEOPLE = [
  ["555000000011", "Maria", "Okafor", "RX1"],
  ["555000000012", "Marian", "Oakes", "RX2"],
  ["555000000013", "Anne-Marie", "Taylor-Smith", "RX1"],
  ["555000000014", "Piet", "van der Berg", "RX1"],
  ["555000000015", "Sam", "100%_Name", "RX2"],
  ["555000000016", "Mary Ann", "O\\Brien", "RX2"],
  ["555000000017", "Özlem", "Łukasz", "RX1"],
] as const;

async function addAll(store: Store): Promise<void> {
  await store.transaction(async ({ people, cards }) => {
    await people.addOrganisation({ code: "RX1", name: "One", parentCode: undefined });
    await people.addOrganisation({ code: "RX2", name: "Two", parentCode: undefined });
    for (const [number, givenNames, familyName, organisationCode] of PEOPLE)
      await people.add(
        person({ careId: careId(number), givenNames, familyName, organisationCode }),
      );
    const owner = careId("555000000014");
    await cards.add(smartcard({ serial: "20000014", careId: owner }), SEED);
    await cards.add(smartcard({ serial: "20000015", careId: owner }), SEED);
  });
}

export function searchCases(open: () => Store): void {
  const search = async (text: string, more: Partial<PersonSearch> = {}) => {
    const wanted = { text, organisationCodes: undefined, limit: 20, ...more };
    const found = await open().transaction(({ people }) => people.search(wanted));
    return found.map(({ familyName }) => familyName);
  };

  describe("search", () => {
    // biome-ignore format: the columns are the documentation
    const CASES = [
      ["a care identity number",               "555000000011",      ["Okafor"]],
      ["the number as printed, in groups",     "5550 0000 0011",    ["Okafor"]],
      ["a number nobody has",                  "555000000099",      []],
      ["a card's serial",                      "20000014",          ["van der Berg"]],
      ["any serial of the person's cards",     "20000015",          ["van der Berg"]],
      ["a serial no card has",                 "20000016",          []],
      ["the start of a family name",           "oka",               ["Okafor"]],
      ["the start of given names",             "maria",             ["Oakes", "Okafor"]],
      ["given then family",                    "maria oka",         ["Okafor"]],
      ["family then given",                    "oka maria",         ["Okafor"]],
      ["capitals as well as small letters",    "MARIA OKAFOR",      ["Okafor"]],
      ["two spaces between words",             "maria  okafor",     ["Okafor"]],
      ["not the middle of a name",             "kafor",             []],
      ["every word must fit",                  "maria smith",       []],
      ["a name with a hyphen",                 "Taylor-Sm anne-m",  ["Taylor-Smith"]],
      ["a name of several words",              "van der berg",      ["van der Berg"]],
      ["a later word of a name",               "berg",              ["van der Berg"]],
      ["a later given name",                   "ann o\\b",          ["O\\Brien"]],
      ["letters beyond ASCII",                 "özlem łuk",         ["Łukasz"]],
      ["capitals beyond ASCII",                "ÖZLEM ŁUK",         ["Łukasz"]],
      ["a percent sign is a percent sign",     "100%",              ["100%_Name"]],
      ["and stands for nothing else",          "%",                 []],
      ["an underscore stands for no letter",   "m_ria",             []],
      ["an underscore is an underscore",       "100%_n",            ["100%_Name"]],
      ["a backslash is a backslash",           "o\\br",             ["O\\Brien"]],
      ["a quote does no harm",                 "zz'; --",           []],
      ["the part after a hyphen",              "smith",             ["Taylor-Smith"]],
      ["without its accents",                  "ozlem",             ["Łukasz"]],
      ["nothing but signs",                    "'--%_",             []],
    ] as const;

    test.each(CASES)("%s: %s", async (_, text, names) => {
      await addAll(open());
      expect((await search(text)).toSorted()).toEqual(names);
    });

    test("only people of the organisations asked for; of none, nobody", async () => {
      await addAll(open());
      expect(await search("maria", { organisationCodes: ["RX2"] })).toEqual(["Oakes"]);
      expect(await search("maria", { organisationCodes: ["RX1", "RX2"] })).toHaveLength(2);
      expect(await search("maria", { organisationCodes: [] })).toEqual([]);
      expect(await search("555000000011", { organisationCodes: ["RX2"] })).toEqual([]);
      expect(await search("20000014", { organisationCodes: ["RX2"] })).toEqual([]);
    });

    test("no more than the limit, in the order of family names", async () => {
      await addAll(open());
      expect(await search("mar", { limit: 2 })).toHaveLength(2);
      expect(await search("maria", { limit: 1 })).toEqual(["Oakes"]);
    });

    test("a number of 12 digits is never taken for a serial, and the reverse", async () => {
      await addAll(open());
      expect(await search("55500000001")).toEqual([]);
    });
  });
}
