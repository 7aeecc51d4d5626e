import { describe } from "vitest";
import { deskFor, type MakeCardHarness } from "./card-contract/desk.ts";
import { keyCases } from "./card-contract/key-cases.ts";
import { objectCases, selectionCases } from "./card-contract/object-cases.ts";
import { changeCases, passcodeCases, pukCases } from "./card-contract/reference-data-cases.ts";
import { sessionCases } from "./card-contract/session-cases.ts";

export type { CardHarness, MakeCardHarness } from "./card-contract/desk.ts";

/**
 * What every `CardSession` must do, with a PIV card behind it: run it on the virtual card by direct call, and on the
 * same card through real PC/SC. Register it at the top level of a test file.
 */
export function cardSessionContract(name: string, makeHarness: MakeCardHarness): void {
  describe(`CardSession contract: ${name}`, () => {
    const desk = deskFor(makeHarness);
    selectionCases(desk);
    passcodeCases(desk);
    pukCases(desk);
    changeCases(desk);
    keyCases(desk);
    objectCases(desk);
    sessionCases(desk);
  });
}
