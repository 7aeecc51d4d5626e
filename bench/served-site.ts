import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CareId, parseCareId, type Store } from "@lanyard/identity";
import { statements, type UnlockTask } from "@lanyard/wire";
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
import {
  openDesk,
  type ScriptedDesk,
  webEidTokenOf,
} from "../apps/server/src/testing/scripted-desk.ts";
import { TestBrowser } from "../apps/server/src/testing/test-browser.ts";
import { base64, found, makeCard, type TestCard } from "../apps/server/src/testing/test-card.ts";
import { bind } from "../apps/server/src/testing/test-desk.ts";
import { startPostgres } from "../e2e/harness/postgres.ts";
import { LANYARD } from "../e2e/harness/product.ts";

/** `lanyard server` as a process of its own, on a real PostgreSQL, and desks played from here. */
export interface ServedSite {
  readonly serverPid: number;
  readonly postgresPid: number;
  readonly databaseUrl: string;
  /** Another desk with a browser, an operator's card and a holder's card. */
  desk(): Promise<ServedDesk>;
  close(): Promise<void>;
}

export interface ServedDesk {
  signIn(): Promise<void>;
  /** The whole of it, from Continue to the success page. Somebody must be signed in. */
  unlock(): Promise<void>;
}

const YEAR_MS = 365 * 86_400_000;

export async function startServedSite(): Promise<ServedSite> {
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
    LANYARD_PORT: String(port),
    LANYARD_DATA: folder,
    LANYARD_OPEN_ENROLMENT: "on",
    DATABASE_URL: databaseUrl,
  };
  const server = await startServer(env);
  const site = { port, config: readConfig(env) };
  let count = 0;
  const card = async () => makeHolder({ store, authority, count: ++count });
  return {
    serverPid: server.pid ?? 0,
    postgresPid: postgres.pid,
    databaseUrl,
    desk: async () => playDesk(site, { operator: await card(), holder: await card() }),
    close: async () => {
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      await ended;
      await database.close();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
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

interface Cards {
  readonly operator: TestCard;
  readonly holder: TestCard;
}

type Site = Parameters<typeof openDesk>[0];

async function playDesk(
  where: Pick<Site, "port" | "config">,
  { operator, holder }: Cards,
): Promise<ServedDesk> {
  const site: Site = { ...where, logged: [], close: async () => undefined };
  const desk = await openDesk(site);
  const browser = new TestBrowser(site);
  await browser.get("/cis");
  await bind(desk, browser, (await browser.post("/desk")).location);
  await desk.insert(0, operator);
  await desk.insert(1, holder);
  const origin = site.config.origin;
  return {
    signIn: () => signIn({ desk, browser, origin, card: operator }),
    unlock: () => unlock({ desk, browser, origin, operator, holder }),
  };
}

interface Signing {
  readonly desk: ScriptedDesk;
  readonly browser: TestBrowser;
  readonly origin: string;
  readonly card: TestCard;
}

async function signIn({ desk, browser, origin, card }: Signing): Promise<void> {
  const visit = await bind(desk, browser, (await browser.post("/sign-in")).location);
  const status = await desk.call("visit_status", { visit });
  if (status.state !== "bound" || status.task.purpose !== "sign_in")
    throw new Error("The visit was not bound.");
  const token = webEidTokenOf(card, { origin, nonce: status.task.nonce });
  const insertion = found(desk.insertions[0]);
  const { returnCode } = await desk.call("sign_in", { visit, insertion, token });
  const back = await browser.get(`/return/${visit}/${returnCode}`);
  if (back.location !== "/cis") throw new Error(`The sign-in ended at ${back.status}.`);
}

interface Unlocking extends Cards, Omit<Signing, "card"> {}

async function unlock({ desk, browser, origin, operator, holder }: Unlocking): Promise<void> {
  const { location } = await browser.post("/manage-smartcard");
  await browser.get(location);
  await browser.post(`${location}/person`, { person: "yes", evidence: "photo" });
  const service = await browser.post(`${location}/service`, { operation: "unlock" });
  const visit = await bind(desk, browser, service.location);
  const status = await desk.call("visit_status", { visit });
  if (status.state !== "bound" || status.task.purpose !== "unlock")
    throw new Error("The unlock was not bound.");
  const { task } = status;
  await desk.call("unlock_authorise", { visit, ...authorisation(task, operator) });
  for (const step of ["reset", "rotate"] as const)
    await desk.call("unlock_report", { visit, step, attempt: 1, status: 0x9000, lost: false });
  const done = { origin, ceremony: task.ceremony, careId: task.holder.careId };
  const signature = holder.sign("9A", statements.unlockDone({ ...done, nonce: task.doneNonce }));
  const end = await desk.call("unlock_prove", { visit, signature });
  if (end.next !== "return") throw new Error(`It is not over: ${end.next}`);
  let page = await browser.get(`/return/${visit}/${end.returnCode}`);
  while (page.location !== "") page = await browser.get(page.location);
  if (!page.body.includes("successfully unlocked")) throw new Error("The unlock did not succeed.");
}

function authorisation(task: UnlockTask, operator: TestCard) {
  const { publicKey } = generateKeyPairSync("x25519");
  // The raw key stands at the end of its DER form.
  const ephemeralKey = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  const message = statements.unlockAuthorise({
    ceremony: task.ceremony,
    careId: task.holder.careId,
    keyHash: task.keyHash,
    ephemeralKey,
    evidence: task.evidence,
    nonce: task.authoriseNonce,
  });
  return {
    ephemeralKey: base64(ephemeralKey),
    slot: "9A" as const,
    signature: operator.sign("9A", message),
  };
}
