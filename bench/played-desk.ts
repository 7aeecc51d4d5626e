import { generateKeyPairSync } from "node:crypto";
import { statements, type UnlockTask } from "@lanyard/wire";
import type { Config } from "../apps/server/src/config.ts";
import { listenAt } from "../apps/server/src/testing/live-events.ts";
import {
  openDesk,
  type ScriptedDesk,
  webEidTokenOf,
} from "../apps/server/src/testing/scripted-desk.ts";
import { TestBrowser } from "../apps/server/src/testing/test-browser.ts";
import { base64, found, type TestCard } from "../apps/server/src/testing/test-card.ts";
import { bind } from "../apps/server/src/testing/test-desk.ts";

/** A desk with a browser, an operator's card and a holder's card. */
export interface PlayedDesk {
  signIn(): Promise<void>;
  /** The whole of it, from Continue to the success page. Somebody must be signed in. */
  unlock(): Promise<void>;
  /** Pulls the operator's card and gives the milliseconds until the open page heard that nobody is signed in. */
  pullCard(): Promise<number>;
}

/** Where one node of a site is. */
export type NodeAddress = { readonly port: number; readonly config: Config };

/** At which node a desk's leash ends, and which its browser speaks to. */
export interface Between {
  readonly leashAt: NodeAddress;
  readonly browserAt: NodeAddress;
}

export interface Cards {
  readonly operator: TestCard;
  readonly holder: TestCard;
}

/** A desk that has dialled in and told its readers, and does nothing more. */
export function playIdleDesk(at: NodeAddress): Promise<ScriptedDesk> {
  return openDesk(siteAt(at));
}

export async function playDesk(
  { leashAt, browserAt }: Between,
  { operator, holder }: Cards,
): Promise<PlayedDesk> {
  const desk = await openDesk(siteAt(leashAt));
  const browser = new TestBrowser(siteAt(browserAt));
  await browser.get("/cis");
  await bind(desk, browser, (await browser.post("/desk")).location);
  await desk.insert(0, operator);
  await desk.insert(1, holder);
  const { origin } = browserAt.config;
  return {
    signIn: () => signIn({ desk, browser, origin, card: operator }),
    unlock: () => unlock({ desk, browser, origin, operator, holder }),
    pullCard: () => pullCard({ desk, browser, at: browserAt, card: operator }),
  };
}

function siteAt(at: NodeAddress): Parameters<typeof openDesk>[0] {
  return { ...at, logged: [], close: async () => undefined };
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

interface Pulling extends Omit<Signing, "origin"> {
  readonly at: NodeAddress;
}

/** Only a page that shows the card in its reader can hear that it has gone. */
async function pullCard({ desk, browser, card, at }: Pulling): Promise<number> {
  const page = await listenAt(at, browser);
  const heard = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (page.said().includes(text)) resolve();
      };
      page.response.on("data", look);
      page.response.once("close", () => reject(new Error(`The page never heard: ${text}`)));
      look();
    });
  const signedOut = heard("event: signed-out");
  const early = await Promise.race([
    heard("Your own card"),
    signedOut.then(() => "ended" as const),
  ]);
  if (early === "ended") throw new Error("The session ended before its card was pulled.");
  const start = performance.now();
  const removed = desk.remove(0);
  await signedOut;
  const time = performance.now() - start;
  await removed;
  page.leave();
  await desk.insert(0, card);
  return time;
}
