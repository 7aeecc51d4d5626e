import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { isOfKind, type Person, type Role } from "@lanyard/identity";
import {
  decodeRelease,
  type RequestOf,
  releaseInfo,
  type SealedRelease,
  statements,
  type UnlockProgress,
  type UnlockTask,
} from "@lanyard/wire";
import { expect } from "vitest";
import { UNLOCK, type UnlockCeremony } from "../ceremonies/unlock-kind.ts";
import type { TestResponse } from "./test-browser.ts";
import { base64, type CardWish, found, type TestCard } from "./test-card.ts";
import { bind, type DeskPlace, signedInDesk, type TestDesk } from "./test-desk.ts";

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

export type Place = DeskPlace;

/** A signed-in operator with a holder's card in the second reader. */
export interface HolderDesk extends TestDesk, Place {
  readonly holder: Person;
  readonly holderCard: TestCard;
}

export async function holderDesk(
  place: Place,
  wish: Partial<CardWish> = {},
  roles?: readonly Role[],
): Promise<HolderDesk> {
  const met = await signedInDesk(place, roles);
  const holder = await place.world.person();
  const holderCard = await place.world.card(holder.careId, wish);
  await met.desk.insert(1, holderCard);
  return { ...place, ...met, holder, holderCard };
}

/** Steps E and F up to Personal Details: the ceremony's id. */
export async function readCard({ browser }: Pick<HolderDesk, "browser">, serial?: string) {
  const address = serial === undefined ? "/manage-smartcard" : `/manage-smartcard/${serial}`;
  const { location, body } = await browser.post(address);
  return found(/^\/ceremonies\/([A-Za-z0-9_-]{22})$/.exec(location)?.[1] ?? refusedIn(body));
}

function refusedIn(body: string): undefined {
  throw new Error(
    `No ceremony was begun: ${/<h2[^>]*>[^<]*<\/h2>[^<]*<[^>]*>[^<]*/.exec(body)?.[0]}`,
  );
}

/** Steps F to H: the address at the agent. */
export async function chooseUnlock(
  { browser }: Pick<HolderDesk, "browser">,
  ceremony: string,
): Promise<TestResponse> {
  await browser.post(`/ceremonies/${ceremony}/person`, { person: "yes", evidence: "photo" });
  return browser.post(`/ceremonies/${ceremony}/service`, { operation: "unlock" });
}

export interface SealingKeys {
  readonly publicKey: Uint8Array;
  open(task: UnlockTask, release: SealedRelease): Promise<readonly (string | undefined)[]>;
}

/** The agent's key of one ceremony; what is sealed to it opens as the candidate and the next PUK, as text. */
export async function sealingKeys(): Promise<SealingKeys> {
  const pair = await suite.kem.generateKeyPair();
  return {
    publicKey: new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey)),
    open: async ({ ceremony, keyHash }, { step, enc, ciphertext }) => {
      const plain = await suite.open(
        {
          recipientKey: pair.privateKey,
          enc: exactly(Buffer.from(enc, "base64")),
          info: exactly(releaseInfo({ ceremony, keyHash, step })),
        },
        exactly(Buffer.from(ciphertext, "base64")),
      );
      const { candidate, next } = decodeRelease(new Uint8Array(plain));
      return [candidate, next].map((puk) => puk && Buffer.from(puk.reveal()).toString("latin1"));
    },
  };
}

function exactly(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}

/** An unlock at the agent's page: everything the agent has in hand there. */
export interface Unlocking extends HolderDesk {
  readonly visit: string;
  readonly task: UnlockTask;
  readonly keys: SealingKeys;
}

export async function atAgent(holder: HolderDesk): Promise<Unlocking> {
  const ceremony = await readCard(holder);
  const { location } = await chooseUnlock(holder, ceremony);
  const visit = await bind(holder.desk, holder.browser, location);
  const status = await holder.desk.call("visit_status", { visit });
  if (status.state !== "bound" || status.task.purpose !== "unlock")
    throw new Error("The unlock was not bound.");
  return { ...holder, visit, task: status.task, keys: await sealingKeys() };
}

/** What the operator's card signs, unless a test changes it. */
export function authorisation(
  { task, keys, card, visit }: Unlocking,
  change: {
    readonly signer?: TestCard;
    readonly slot?: "9A" | "9C";
    readonly signedSlot?: "9A" | "9C" | "9E";
    readonly statement?: Partial<Parameters<typeof statements.unlockAuthorise>[0]>;
    readonly ephemeralKey?: Uint8Array;
  } = {},
): RequestOf<"unlock_authorise"> {
  const message = statements.unlockAuthorise({
    ceremony: task.ceremony,
    careId: task.holder.careId,
    keyHash: task.keyHash,
    ephemeralKey: keys.publicKey,
    evidence: task.evidence,
    nonce: task.authoriseNonce,
    ...change.statement,
  });
  const slot = change.slot ?? "9A";
  return {
    visit,
    ephemeralKey: base64(change.ephemeralKey ?? keys.publicKey),
    slot,
    signature: (change.signer ?? card).sign(change.signedSlot ?? slot, message),
  };
}

export function authorise(unlocking: Unlocking): Promise<UnlockProgress> {
  return unlocking.desk.call("unlock_authorise", authorisation(unlocking));
}

/** Opens what a release carries; fails when nothing was released. */
export function openRelease(unlocking: Unlocking, progress: UnlockProgress) {
  if (progress.next !== "open") throw new Error(`Nothing was released: ${progress.next}`);
  return unlocking.keys.open(unlocking.task, progress.release);
}

export function report(
  { desk, visit }: Unlocking,
  step: "reset" | "hint" | "rotate",
  status: number,
  more: { readonly lost?: boolean; readonly attempt?: 1 | 2 } = {},
): Promise<UnlockProgress> {
  const { lost = false, attempt = 1 } = more;
  return desk.call("unlock_report", { visit, step, attempt, status, lost });
}

/** The holder's card signs that the new passcode works, unless a test changes it. */
export function doneProof(
  { task, holderCard, visit, site }: Unlocking,
  change: {
    readonly signer?: TestCard;
    readonly slot?: "9A" | "9C" | "9E";
    readonly statement?: Partial<Parameters<typeof statements.unlockDone>[0]>;
  } = {},
): RequestOf<"unlock_prove"> {
  const message = statements.unlockDone({
    origin: site.config.origin,
    ceremony: task.ceremony,
    careId: task.holder.careId,
    nonce: task.doneNonce,
    ...change.statement,
  });
  return { visit, signature: (change.signer ?? holderCard).sign(change.slot ?? "9A", message) };
}

export function prove(unlocking: Unlocking): Promise<UnlockProgress> {
  return unlocking.desk.call("unlock_prove", doneProof(unlocking));
}

export async function ceremonyNow({ world, task }: Unlocking): Promise<UnlockCeremony> {
  const ceremony = await world.store.transaction((records) =>
    records.ceremonies.find(task.ceremony),
  );
  if (!isOfKind(UNLOCK, ceremony)) throw new Error("There is no such unlock.");
  return ceremony;
}

export async function expectPhase(
  unlocking: Unlocking,
  state: Partial<UnlockCeremony["state"]>,
): Promise<void> {
  expect((await ceremonyNow(unlocking)).state).toMatchObject(state);
}

/** The page the browser comes back to. */
export async function comeBack({ browser, visit }: Unlocking, progress: UnlockProgress) {
  if (progress.next !== "return") throw new Error(`It is not over: ${progress.next}`);
  const outcome = await browser.get(`/return/${visit}/${progress.returnCode}`);
  const page = await browser.get(outcome.location);
  return page.status === 303 ? browser.get(page.location) : page;
}

export async function pukOf({ world, holderCard }: Unlocking, index: number): Promise<string> {
  const { serial, careId, issuanceId, certificates } = holderCard.record;
  const seed = found(await world.store.transaction(({ cards }) => cards.seedOf(serial)));
  const cardKeyHash = found(certificates.find(({ slot }) => slot === "9E")).keyHash;
  const puk = await world.secrets.derivePuk({ ...seed, careId, issuanceId, cardKeyHash }, index);
  return Buffer.from(puk.reveal()).toString("latin1");
}

export async function registersOf({ world, holderCard }: Unlocking) {
  return (await world.cardNow(holderCard)).registers;
}

export async function actionsOf({ world, task }: Unlocking): Promise<readonly string[]> {
  const all = await world.record();
  return all.filter((entry) => entry["ceremonyId"] === task.ceremony).map(({ action }) => action);
}
