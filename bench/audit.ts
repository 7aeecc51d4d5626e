import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeAuditEntry, parseCareId, type Store } from "@lanyard/identity";
import { type OpenDatabase, openDatabase, openStore } from "@lanyard/server";
import {
  createLogKeyFile,
  exportLog,
  type LogKey,
  openLogKeyFile,
  sealWaiting,
  verifyExport,
} from "@lanyard/server/audit";
import { sql } from "kysely";
import { findPostgresBinaries, startPostgres } from "../e2e/harness/postgres.ts";
import { quantile, ratio, say, timed } from "./report.ts";

const SMALL = 10_000;
const LARGE = 1_000_000;
/** Entries of one unlock, more or less: each in a transaction of its own, then sealed together. */
const ENTRIES = 10;

/** What an entry costs in a small log and in a large one, and what checking costs beside bare hashing. */
export async function benchAudit(rounds: number): Promise<void> {
  if (findPostgresBinaries() === undefined) return say("audit: not here: no PostgreSQL");
  const directory = await mkdtemp(join(tmpdir(), "lanyard-bench-audit-"));
  const cluster = await startPostgres();
  const database = await openDatabase({ url: cluster.url("postgres") }, EVENTS);
  try {
    await createLogKeyFile(join(directory, "key"), "bench.example/audit");
    const key = await openLogKeyFile(join(directory, "key"));
    const store = openStore(database);
    await growTo(database, { store, key, size: SMALL });
    const small = await measure(store, key, rounds);
    const checking = await measureChecking(store, key);
    await growTo(database, { store, key, size: LARGE });
    const large = await measure(store, key, rounds);
    say(`audit: an entry in a log of ${LARGE}, to one in a log of ${SMALL} (${rounds} rounds)`);
    say(`  written                   ${ratio(large.write, small.write)}`);
    say(`  sealed                    ${ratio(large.seal, small.seal)}`);
    say(`  checking an export, to SHA-256 of the same bytes   ${checking.toFixed(1)}`);
  } finally {
    await database.close();
    await cluster.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

const EVENTS = {
  onDeath: (error: Error) => {
    throw error;
  },
  onIdleError: () => undefined,
};

const ports = {
  salt: () => new Uint8Array(32),
  hmacSha256: () => new Uint8Array(32),
};

/** As large as the entry of a release. */
const FACT = encodeAuditEntry(
  {
    action: "unlock.pin_set",
    at: new Date("2026-11-24T09:00:00Z"),
    actor: parseCareId("555020417733"),
    holder: parseCareId("555083916274"),
    cardSerial: "98261750",
    ceremonyId: "Q2VyZW1vbnktMDAwMDAwMQ",
    deskId: "RGVza3MtMDAwMDAwMDAwMQ",
    details: { filling: "x".repeat(400), n: 1, hi: 2 },
    personal: {},
  },
  ports,
);

interface Growing {
  readonly store: Store;
  readonly key: LogKey;
  readonly size: number;
}

/** In bulk, and sealed by the product's own sealer. */
async function growTo({ db }: OpenDatabase, { store, key, size }: Growing): Promise<void> {
  const { leaf, keys } = FACT;
  let at = (await store.transaction(({ auditLog }) => auditLog.latest()))?.size ?? 0;
  for (; at < size; at += CHUNK) {
    const count = Math.min(CHUNK, size - at);
    await sql`insert into audit_entry (leaf, at, action, actor, holder, card_serial, ceremony_id)
      select ${Buffer.from(leaf)}::bytea, ${keys.at}::timestamptz + n * interval '1 second', ${keys.action},
        ${keys.actor}, ${keys.holder}, 'card ' || n % 1000, 'ceremony ' || ${at}::bigint + n
      from generate_series(1, ${count}::integer) as n`.execute(db);
    while ((await seal(store, key)) > 0);
  }
  await sql`vacuum analyze`.execute(db);
}

const CHUNK = 5000;

function seal(store: Store, key: LogKey): Promise<number> {
  return sealWaiting({ store, key, now: () => new Date("2026-11-24T09:00:00Z") });
}

interface Times {
  readonly write: number[];
  readonly seal: number[];
}

async function measure(store: Store, key: LogKey, rounds: number): Promise<Times> {
  const times: Times = { write: [], seal: [] };
  for (let round = 0; round < rounds; round += 1) {
    times.write.push(
      await timed(async () => {
        for (let entry = 0; entry < ENTRIES; entry += 1)
          await store.transaction(({ audit }) => audit.append(FACT));
      }),
    );
    times.seal.push(await timed(() => seal(store, key)));
  }
  return times;
}

async function measureChecking(store: Store, key: LogKey): Promise<number> {
  const parts: Uint8Array[] = [];
  for await (const part of exportLog(store)) parts.push(part);
  const bytes = Buffer.concat(parts);
  async function* once() {
    yield bytes;
  }
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < 5; round += 1) {
    ours.push(await timed(() => verifyExport(once(), { key: key.verifier })));
    bare.push(await timed(async () => createHash("sha256").update(bytes).digest()));
  }
  return quantile(ours, 0.5) / quantile(bare, 0.5);
}
