import { generateKeyPairSync } from "node:crypto";
import type { Person, Role } from "@lanyard/identity";
import { type RequestOf, statements, type UnlockProgress, type UnlockTask } from "@lanyard/wire";
import {
  openDesk,
  type ScriptedDesk,
  webEidTokenOf,
} from "../../apps/server/src/testing/scripted-desk.ts";
import { makeCard, type TestCard } from "../../apps/server/src/testing/test-card.ts";
import { Browser, type Page } from "./browser.ts";
import { Unexpected } from "./desk.ts";
import type { World } from "./world.ts";

/** A desk whose agent is in the wrong hands: it has real keys and a real leash, and says what it likes. */
export interface Liar {
  readonly world: World;
  readonly desk: ScriptedDesk;
  readonly browser: Browser;
  readonly operator: KnownCard;
  signIn(): Promise<void>;
  isSignedIn(): Promise<boolean>;
  /** A colleague with a card of their own. */
  colleague(): Promise<KnownCard>;
  /** The holder's card read, the person confirmed, Unlock chosen, the browser at the agent's page. */
  chosen(holder: KnownCard): Promise<Chosen>;
}

export interface KnownCard {
  readonly person: Person;
  readonly card: TestCard;
}

/** An unlock that waits for the operator's signature. */
export interface Chosen {
  readonly visit: string;
  readonly task: UnlockTask;
  readonly holder: KnownCard;
  /** Raw X25519 public key, base64. */
  readonly ephemeralKey: string;
}

let serials = 30_000_000;

export async function openLiar(world: World): Promise<Liar> {
  const site = {
    ...{ config: world.config, port: world.serverPort(), logged: [] },
    close: async () => undefined,
  };
  const desk = await openDesk(site);
  const browser = new Browser({
    serverOrigin: world.origin,
    serverPort: () => world.serverPort(),
    agentPort: () => 0,
  });
  const operator = await knownCard(world, ["RA Agent"]);
  const liar: Liar = {
    ...{ world, desk, browser, operator },
    signIn: () => signIn(liar),
    isSignedIn: async () => (await browser.get("/cis")).html.includes("/sign-out"),
    colleague: () => knownCard(world, []),
    chosen: (holder) => choose(liar, holder),
  };
  await browser.get("/cis");
  await bind(liar, await browser.post("/desk"));
  await desk.insert(0, operator.card);
  await signIn(liar);
  return liar;
}

async function knownCard(world: World, roles: readonly Role[]): Promise<KnownCard> {
  serials += 1;
  const person = await world.person(roles);
  const card = await makeCard(world.authority, {
    ...{ careId: person.careId, serial: String(serials), issuedAt: world.now() },
  });
  const seed = {
    seed: new Uint8Array(32).fill(serials % 251),
    keyVersion: 1,
    keyVersionChanges: [],
  };
  await world.store.transaction(({ cards }) => cards.add(card.record, seed));
  return { person, card };
}

/** The visit that the browser is sent to the agent with. */
export function visitOf(sent: Page): string {
  const visit = /\/t\/([\w-]{22})$/.exec(sent.location)?.[1];
  if (visit === undefined) throw new Unexpected("to the agent", sent);
  return visit;
}

/** The browser's trip to the agent, up to the page there. */
async function bind({ desk, browser }: Liar, sent: Page): Promise<string> {
  const visit = visitOf(sent);
  const { bindSecret } = await desk.call("claim", { visit });
  await browser.get(`/bind/${visit}/${bindSecret}`);
  return visit;
}

async function signIn(liar: Liar): Promise<void> {
  const back = await liar.browser.get(await provenSignIn(liar));
  if (!(await liar.isSignedIn())) throw new Unexpected("signing in", back);
}

/** A sign-in up to the card's signature: the address to come back to, good once. */
export async function provenSignIn(liar: Liar): Promise<string> {
  const { world, desk, browser, operator } = liar;
  const visit = await bind(liar, await browser.post("/sign-in"));
  const status = await desk.call("visit_status", { visit });
  if (status.state !== "bound" || status.task.purpose !== "sign_in")
    throw new Error("The visit was not bound.");
  const { nonce } = status.task;
  const token = webEidTokenOf(operator.card, { origin: world.origin, nonce });
  const [insertion = ""] = desk.insertions;
  const { returnCode } = await desk.call("sign_in", { visit, insertion, token });
  return `/return/${visit}/${returnCode}`;
}

async function choose(liar: Liar, holder: KnownCard): Promise<Chosen> {
  const { desk, browser } = liar;
  await desk.insert(1, holder.card);
  const started = await browser.post("/manage-smartcard");
  const ceremony = /^\/ceremonies\/([\w-]{22})$/.exec(started.location)?.[1];
  if (ceremony === undefined) throw new Unexpected("reading the card", started);
  await browser.post(`/ceremonies/${ceremony}/person`, { person: "yes", evidence: "photo" });
  const form = { operation: "unlock" };
  const visit = await bind(liar, await browser.post(`/ceremonies/${ceremony}/service`, form));
  const status = await desk.call("visit_status", { visit });
  if (status.state !== "bound" || status.task.purpose !== "unlock")
    throw new Error("The unlock was not bound.");
  return { visit, task: status.task, holder, ephemeralKey: newEphemeralKey() };
}

export function newEphemeralKey(): string {
  const { publicKey } = generateKeyPairSync("x25519");
  const spki = publicKey.export({ type: "spki", format: "der" });
  return spki.subarray(-32).toString("base64");
}

/** What the operator's card signs; a lie changes the statement, the signer, or the key that is sent with it. */
export function authorisation(
  { operator }: Liar,
  { visit, task, ephemeralKey }: Chosen,
  lie: {
    readonly signer?: TestCard;
    readonly signedKey?: string;
    readonly statement?: Partial<Parameters<typeof statements.unlockAuthorise>[0]>;
  } = {},
): RequestOf<"unlock_authorise"> {
  const message = statements.unlockAuthorise({
    ...{ ceremony: task.ceremony, careId: task.holder.careId, keyHash: task.keyHash },
    ephemeralKey: Buffer.from(lie.signedKey ?? ephemeralKey, "base64"),
    ...{ evidence: task.evidence, nonce: task.authoriseNonce },
    ...lie.statement,
  });
  const signature = (lie.signer ?? operator.card).sign("9A", message);
  return { visit, ephemeralKey, slot: "9A", signature };
}

export function authorise(liar: Liar, chosen: Chosen): Promise<UnlockProgress> {
  return liar.desk.call("unlock_authorise", authorisation(liar, chosen));
}

export function report(
  { desk }: Liar,
  { visit }: Chosen,
  step: "reset" | "rotate",
): Promise<UnlockProgress> {
  return desk.call("unlock_report", { visit, step, attempt: 1, status: 0x9000, lost: false });
}

/** The closing signature; a lie changes the statement, the signer or the key it is made with. */
export function closing(
  { world }: Liar,
  { visit, task, holder }: Chosen,
  lie: {
    readonly signer?: TestCard;
    readonly slot?: "9A" | "9C" | "9E";
    readonly statement?: Partial<Parameters<typeof statements.unlockDone>[0]>;
  } = {},
): RequestOf<"unlock_prove"> {
  const message = statements.unlockDone({
    ...{ origin: world.origin, ceremony: task.ceremony },
    ...{ careId: task.holder.careId, nonce: task.doneNonce },
    ...lie.statement,
  });
  return { visit, signature: (lie.signer ?? holder.card).sign(lie.slot ?? "9A", message) };
}
