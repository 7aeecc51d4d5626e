import { sql } from "kysely";
import { expect, test, vi } from "vitest";
import type { OpenDatabase } from "../sql/connection.ts";
import { describeEachDatabase } from "../sql/testing.ts";
import { openStore } from "./index.ts";

const SERIAL = "20000001";

async function addCard({ db }: OpenDatabase): Promise<void> {
  const profile = {
    name: "care",
    passcodeRule: "digits-6-8",
    passcodeTries: 3,
    pukTries: 15,
    pukChangeable: true,
    pukTriesComeBack: true,
    hint: false,
  };
  await sql`insert into organisation values ('RX1', 'One', null)`.execute(db);
  await sql`insert into person values ('555000000001', null, 'A', 'B', '1980-01-01', null, null,
    null, 'open', 'RX1')`.execute(db);
  await sql`insert into smartcard values (${SERIAL}, '555000000001', 'issuance', 'active',
    ${JSON.stringify(profile)}, now(), ${Buffer.alloc(32)}, 1, 0, 0, null, null, 15,
    false, false)`.execute(db);
}

function gate(): readonly [opened: Promise<void>, open: () => void] {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return [opened, () => open()];
}

describeEachDatabase("row locks", (database) => {
  test("a second transaction waits at a locked card until the first is over", async () => {
    await addCard(database());
    const store = openStore(database());
    const [finish, letFinish] = gate();
    const [locked, tellLocked] = gate();
    const holding = store.transaction(async ({ cards }) => {
      await cards.lock(SERIAL);
      tellLocked();
      await finish;
      await cards.setLife(SERIAL, "cancelled");
    });
    await locked;
    const waiting = store.transaction(async ({ cards }) => (await cards.lock(SERIAL))?.life);
    // On the embedded database, which has one connection, it waits before it begins.
    if (database().kind === "postgres")
      await vi.waitFor(
        async () => {
          const { rows } = await sql`select 1 from pg_stat_activity
            where wait_event_type = 'Lock' and datname = current_database()`.execute(database().db);
          expect(rows).toHaveLength(1);
        },
        { timeout: 5000 },
      );
    letFinish();
    await holding;
    expect(await waiting).toBe("cancelled");
  });
});
