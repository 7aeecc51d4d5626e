import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CareId, parseCareId, type Store } from "@lanyard/identity";
import { createLogKeyFile } from "../apps/server/src/audit/index.ts";
import {
  type CertificateAuthority,
  createAuthority,
  openAuthority,
} from "../apps/server/src/certificates/authority.ts";
import { readConfig } from "../apps/server/src/config.ts";
import { createMasterKeyFile } from "../apps/server/src/secrets/key-file.ts";
import { openDatabase } from "../apps/server/src/sql/connection.ts";
import { openStore } from "../apps/server/src/stores/index.ts";
import type { ScriptedDesk } from "../apps/server/src/testing/scripted-desk.ts";
import { found, makeCard, type TestCard } from "../apps/server/src/testing/test-card.ts";
import { startPostgres } from "../e2e/harness/postgres.ts";
import { LANYARD } from "../e2e/harness/product.ts";
import { type PlayedDesk, playDesk, playIdleDesk } from "./played-desk.ts";

/** `lanyard server` as one process or several, on one real PostgreSQL, and desks played from here. */
export interface ServedSite {
  /** Of each node's process, by number. */
  readonly serverPids: readonly number[];
  readonly postgresPid: number;
  readonly databaseUrl: string;
  /** Another desk with a browser, an operator's card and a holder's card. */
  desk(between?: NodesOfDesk): Promise<PlayedDesk>;
  /** Another desk with two empty readers, at the first node. */
  idleDesk(): Promise<ScriptedDesk>;
  close(): Promise<void>;
}

/** The numbers of the nodes where a desk's leash ends and which its browser speaks to. */
export interface NodesOfDesk {
  readonly leash: number;
  readonly browser: number;
}

const YEAR_MS = 365 * 86_400_000;

export async function startServedSite(nodes = 1): Promise<ServedSite> {
  const folder = mkdtempSync(join(tmpdir(), "lanyard-bench-"));
  const postgres = await startPostgres();
  const databaseUrl = postgres.url("postgres");
  const now = Date.now();
  const authority = await openAuthority(
    await createAuthority("Bench (not a real authority)", {
      notBefore: new Date(now - 10 * YEAR_MS),
      notAfter: new Date(now + 10 * YEAR_MS),
    }),
  );
  writeFileSync(join(folder, "trust.pem"), authority.trustPem);
  await createMasterKeyFile(join(folder, "master-keys.json"));
  await createLogKeyFile(join(folder, "audit-key"), "bench.example/audit");
  const database = await openDatabase({ url: databaseUrl }, SILENT);
  const store = openStore(database);
  await store.transaction(({ people }) =>
    people.addOrganisation({ code: "RX1", name: "Trust", parentCode: undefined }),
  );
  const port = 20_000 + (process.pid % 10_000);
  const env = {
    LANYARD_ORIGIN: `http://localhost:${port}`,
    LANYARD_DATA: folder,
    LANYARD_OPEN_ENROLMENT: "on",
    DATABASE_URL: databaseUrl,
  };
  const addresses = Array.from({ length: nodes }, (_, number) => ({
    port: port + number,
    config: readConfig(env),
  }));
  // One after the other: the first brings the database up to date.
  const servers: ChildProcess[] = [];
  for (const at of addresses)
    servers.push(await startServer({ ...env, LANYARD_PORT: String(at.port) }));
  let count = 0;
  const card = async () => makeHolder({ store, authority, count: ++count });
  const node = (number: number) => found(addresses[number]);
  return {
    serverPids: servers.map(({ pid }) => pid ?? 0),
    postgresPid: postgres.pid,
    databaseUrl,
    desk: async ({ leash, browser } = { leash: 0, browser: 0 }) => {
      const cards = { operator: await card(), holder: await card() };
      return playDesk({ leashAt: node(leash), browserAt: node(browser) }, cards);
    },
    idleDesk: () => playIdleDesk(node(0)),
    close: async () => {
      await Promise.all(servers.map(endServer));
      await database.close();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function endServer(server: ChildProcess): Promise<void> {
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  await ended;
}

const SILENT = { onDeath: () => undefined, onIdleError: () => undefined };

async function startServer(env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [LANYARD, "server"], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  await new Promise<void>((ready, fail) => {
    child.once("exit", (code) => fail(new Error(`The server ended with ${code}.`)));
    child.stderr.on("data", (chunk: Buffer) => {
      if (chunk.toString("utf8").includes("Lanyard is running")) ready();
    });
  });
  return child;
}

async function makeHolder({
  store,
  authority,
  count,
}: {
  readonly store: Store;
  readonly authority: CertificateAuthority;
  readonly count: number;
}): Promise<TestCard> {
  const careId: CareId = found(parseCareId(`5550${String(count).padStart(8, "0")}`));
  const serial = String(20_000_000 + count);
  const issuedAt = new Date(Date.now() - YEAR_MS);
  const card = await makeCard(authority, { careId, serial, issuedAt });
  await store.transaction(async ({ people, cards }) => {
    await people.add({
      careId,
      title: undefined,
      givenNames: "Maria",
      familyName: `Okafor-${count}`,
      dateOfBirth: "1984-02-29",
      email: undefined,
      phone: undefined,
      jobTitle: undefined,
      status: "open",
      organisationCode: "RX1",
    });
    await people.assignRole({
      careId,
      role: "RA Agent",
      organisationCode: "RX1",
      from: issuedAt,
      until: undefined,
    });
    await cards.add(card.record, {
      seed: new Uint8Array(32).fill(count),
      keyVersion: 1,
      keyVersionChanges: [],
    });
  });
  return card;
}
