import { freshRegisters, parseCareId } from "@lanyard/identity";
import { type RawBuilder, sql } from "kysely";
import { describe, expect, test } from "vitest";
import { describeEachDatabase } from "../sql/testing.ts";
import { openStore } from "./index.ts";

const SERIAL = "20000001";

const PROFILE = JSON.stringify({
  name: "care",
  passcodeRule: "alphanumeric-4-8",
  passcodeTries: 3,
  pukTries: 15,
  pukChangeable: true,
  pukTriesComeBack: false,
});

const STATE = JSON.stringify({
  phase: "chosen",
  passcodeState: "blocked",
  triedBoth: false,
  rotated: false,
});

/** What the schema itself refuses, whichever program writes to it, and what the stores say of rows they did not write. */
describeEachDatabase("the database", (database) => {
  const run = (statement: RawBuilder<unknown>) => statement.execute(database().db);
  const store = () => openStore(database());

  async function addCard(): Promise<void> {
    await run(sql`insert into organisation (code, name) values ('RX1', 'Trust')`);
    await run(sql`insert into person
      (care_id, given_names, family_name, date_of_birth, status, organisation_code)
      values ('555000000001', 'Maria', 'Okafor', '1984-02-29', 'open', 'RX1')`);
    await run(sql`insert into smartcard
      (serial, care_id, issuance_id, life, profile, issued_at, seed, key_version,
        puk_n, puk_hi, puk_tries_left, puk_frozen, puk_exposed)
      values (${SERIAL}, '555000000001', 'issuance', 'active', ${PROFILE}, now(),
        decode(repeat('a5', 32), 'hex'), 1, 0, 0, 15, false, false)`);
  }

  describe("keeps the record append-only [DESIGN 9]", () => {
    const stored = async () =>
      (await run(sql`select leaf, openings, action from audit_entry order by seq`)).rows;

    test.each([
      ["change a leaf", sql`update audit_entry set leaf = '\\x00'`],
      ["change what it is found by", sql`update audit_entry set action = 'desk.enrolled'`],
      [
        "change a leaf while erasing its openings",
        sql`update audit_entry set leaf = '\\x00', openings = null`,
      ],
      ["open it otherwise", sql`update audit_entry set openings = '\\x00'`],
      ["remove it", sql`delete from audit_entry`],
      ["remove all", sql`truncate audit_entry`],
    ])("nobody can %s", async (_, statement) => {
      await appendOne();
      const before = await stored();
      await expect(run(statement)).rejects.toThrow("audit entries are never changed or removed");
      expect(await stored()).toEqual(before);
    });

    test("its openings can be erased, and the leaf stays", async () => {
      await appendOne();
      await run(sql`update audit_entry set openings = null`);
      expect(await stored()).toEqual([
        { leaf: Buffer.from([1]), openings: null, action: "person.viewed" },
      ]);
    });

    const appendOne = () =>
      store().transaction(({ audit }) =>
        audit.append({
          leaf: Uint8Array.of(1),
          openings: Uint8Array.of(2),
          keys: {
            at: new Date("2026-11-24T09:00:00Z"),
            action: "person.viewed",
            actor: undefined,
            holder: undefined,
            cardSerial: undefined,
            ceremonyId: undefined,
          },
        }),
      );
  });

  test.each([
    ["three candidates", { n: 0, hi: 2 }],
    ["none", { n: 3, hi: 2 }],
  ])("rule R1: a card never has %s", async (_, registers) => {
    await addCard();
    const saving = store().transaction(({ cards }) =>
      cards.saveRegisters(SERIAL, { ...freshRegisters(15), ...registers }, 1),
    );
    await expect(saving).rejects.toMatchObject({ code: "23514" });
    const kept = await store().transaction(({ cards }) => cards.find(SERIAL));
    expect(kept?.registers).toEqual(freshRegisters(15));
  });

  test.each([
    ["moved to another version", sql`update card_key_version set version = 3`],
    ["moved to another index", sql`update card_key_version set from_index = 2`],
    ["forgotten", sql`delete from card_key_version`],
    ["forgotten with all others", sql`truncate card_key_version`],
  ])("a released PUK's key version is never %s", async (_, statement) => {
    await addCard();
    await run(sql`insert into card_key_version values (${SERIAL}, 1, 2)`);
    await expect(run(statement)).rejects.toThrow("the key version of a released PUK never changes");
  });

  test.each([
    sql`update smartcard set profile = '{}'`,
    sql`update smartcard set profile = ${PROFILE}::jsonb || '{"pukTries": "15"}'`,
    sql`update smartcard set profile = 'null'`,
  ])("a card profile that is not one is an error, not a guess (%#)", async (damage) => {
    await addCard();
    await run(damage);
    const reading = store().transaction(({ cards }) => cards.find(SERIAL));
    await expect(reading).rejects.toMatchObject({ code: "store/row_malformed" });
  });

  test.each([
    sql`'{"phase": "chosen"}'::jsonb`,
    sql`${STATE}::jsonb || '{"phase": "released_twice"}'`,
    sql`${STATE}::jsonb || '{"candidate": -1}'`,
    sql`${STATE}::jsonb || '{"passcodeState": "fine"}'`,
  ])("a ceremony's state that is not one is an error, not a guess (%#)", async (state) => {
    await addCard();
    await run(sql`insert into desk (id, name, key_hash, key, enrolled_at, enrolled_how)
      values ('desk', 'Desk', 'hash', '\\x01', now(), 'open')`);
    await run(sql`insert into session
      (id, care_id, card_serial, desk_id, insertion, started_at, last_seen_at, proven_at)
      values ('session', '555000000001', ${SERIAL}, 'desk', 'one', now(), now(), now())`);
    await run(sql`insert into ceremony
      (id, kind, phase, state, card_serial, holder, operator, desk_id, session_id, insertion,
        started_at, deadline, is_open, notes)
      values ('one', 'unlock', 'chosen', ${state}, ${SERIAL}, '555000000001', '555000000001',
        'desk', 'session', 'two', now(), now(), true,
        '{"proofNonce": "1", "authoriseNonce": "2", "doneNonce": "3"}')`);
    const read = () => store().transaction(({ ceremonies }) => ceremonies.find("one"));
    await expect(read()).rejects.toMatchObject({ code: "store/row_malformed" });
    // The damage is all that is wrong with the row.
    await run(sql`update ceremony set state = ${STATE}::jsonb`);
    expect(await read()).toMatchObject({ id: "one" });
  });

  test("a malformed row's error tells nothing of what is in it", async () => {
    await addCard();
    await run(sql`update smartcard set profile = '{"name": "Maria Okafor"}'`);
    const careId = parseCareId("555000000001");
    if (careId === undefined) throw new Error("The number of the fixtures is not one.");
    const reading = store().transaction(({ cards }) => cards.ofPerson(careId));
    await expect(reading).rejects.toMatchObject({ message: expect.not.stringContaining("Maria") });
  });
});
