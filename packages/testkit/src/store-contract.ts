import type { Store } from "@lanyard/identity";
import { describe } from "vitest";
import { auditCases } from "./store-contract/audit-cases.ts";
import { auditLogCases } from "./store-contract/audit-log-cases.ts";
import { cardCases } from "./store-contract/card-cases.ts";
import { ceremonyCases } from "./store-contract/ceremony-cases.ts";
import { deskCases } from "./store-contract/desk-cases.ts";
import { enrolmentCases } from "./store-contract/enrolment-cases.ts";
import { keyVersionCases } from "./store-contract/key-version-cases.ts";
import { leashCases } from "./store-contract/leash-cases.ts";
import { noticeCases } from "./store-contract/notice-cases.ts";
import { peopleCases } from "./store-contract/people-cases.ts";
import { rotationCases } from "./store-contract/rotation-cases.ts";
import { searchCases } from "./store-contract/search-cases.ts";
import { sessionCases } from "./store-contract/session-cases.ts";
import { visitCases } from "./store-contract/visit-cases.ts";

/**
 * What every `Store` must do. `open` gives the store of the running test: empty at its start, and open until its end.
 * Register it where the tests of one kind of database are described.
 */
export function storeContract(name: string, open: () => Store): void {
  describe(`Store contract: ${name}`, () => {
    peopleCases(open);
    searchCases(open);
    cardCases(open);
    keyVersionCases(open);
    ceremonyCases(open);
    visitCases(open);
    sessionCases(open);
    deskCases(open);
    enrolmentCases(open);
    noticeCases(open);
    leashCases(open);
    rotationCases(open);
    auditCases(open);
    auditLogCases(open);
  });
}
