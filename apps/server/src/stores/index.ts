import type { Records, Store } from "@lanyard/identity";
import type { StoredKind } from "../ceremonies/kind.ts";
import { CEREMONY_KINDS } from "../ceremonies/kinds.ts";
import type { OpenDatabase } from "../sql/connection.ts";
import { type Transaction, transaction } from "../sql/transaction.ts";
import { auditStore } from "./audit.store.ts";
import { auditLogStore } from "./audit-log.store.ts";
import { cardsStore } from "./cards.store.ts";
import { ceremoniesStore } from "./ceremonies.store.ts";
import { desksStore } from "./desks.store.ts";
import { enrolmentsStore } from "./enrolments.store.ts";
import { leashesStore } from "./leashes.store.ts";
import { noticesStore } from "./notices.store.ts";
import { peopleStore } from "./people.store.ts";
import { rotationsStore } from "./rotations.store.ts";
import { sessionsStore } from "./sessions.store.ts";
import { visitsStore } from "./visits.store.ts";

/** identity's ports on SQL: the same code on the embedded database and on PostgreSQL, for every kind of ceremony. */
export function openStore(
  database: OpenDatabase,
  kinds: readonly StoredKind[] = CEREMONY_KINDS,
): Store {
  return {
    transaction: (work) => transaction(database.db, (trx) => work(recordsOf(trx, kinds))),
    close: () => database.close(),
  };
}

function recordsOf(trx: Transaction, kinds: readonly StoredKind[]): Records {
  return {
    people: peopleStore(trx),
    cards: cardsStore(trx),
    ceremonies: ceremoniesStore(trx, kinds),
    visits: visitsStore(trx),
    sessions: sessionsStore(trx),
    desks: desksStore(trx),
    enrolments: enrolmentsStore(trx),
    leashes: leashesStore(trx),
    rotations: rotationsStore(trx),
    notices: noticesStore(trx),
    audit: auditStore(trx),
    auditLog: auditLogStore(trx),
  };
}
