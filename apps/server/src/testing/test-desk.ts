import type { Person, Role } from "@lanyard/identity";
import { Refusal } from "@lanyard/wire";
import { type DeskKey, openDesk, type ScriptedDesk, webEidTokenOf } from "./scripted-desk.ts";
import { TestBrowser } from "./test-browser.ts";
import { found, type TestCard } from "./test-card.ts";
import type { TestSite, TestWorld } from "./test-world.ts";

/** A desk with a browser that has met it, and an operator's card in the first reader. */
export interface TestDesk {
  readonly desk: ScriptedDesk;
  readonly browser: TestBrowser;
  readonly operator: Person;
  readonly card: TestCard;
}

/** Where the browser goes, and the node where the desk's leash ends if that is another one. */
export interface DeskPlace {
  readonly world: TestWorld;
  readonly site: TestSite;
  readonly leashAt?: TestSite;
  readonly key?: DeskKey;
}

/** The visit's id at the end of the agent's address. */
export function visitOf(location: string): string {
  return found(/^http:\/\/127\.0\.0\.1:24738\/t\/([A-Za-z0-9_-]{22})$/.exec(location)?.[1]);
}

/** The browser's trip to the agent, up to the page there: claimed by this desk, bound to this browser. */
export async function bind(
  desk: ScriptedDesk,
  browser: TestBrowser,
  location: string,
): Promise<string> {
  const visit = visitOf(location);
  const { bindSecret } = await desk.call("claim", { visit });
  await browser.get(`/bind/${visit}/${bindSecret}`);
  return visit;
}

export async function meetDesk(
  { world, site, leashAt = site, key }: DeskPlace,
  roles: readonly Role[] = ["RA Agent"],
): Promise<TestDesk> {
  const desk = await openDesk(leashAt, key && { key });
  const browser = new TestBrowser(site);
  await browser.get("/cis");
  await bind(desk, browser, (await browser.post("/desk")).location);
  const operator = await world.person({}, roles);
  const card = await world.card(operator.careId);
  await desk.insert(0, card);
  return { desk, browser, operator, card };
}

/** A sign-in up to the card's signature; the address to come back to, or the code of the refusal. */
export async function proveSignIn(
  site: TestSite,
  { desk, browser, card }: Pick<TestDesk, "desk" | "browser" | "card">,
): Promise<{ readonly back: string } | { readonly refused: string }> {
  const visit = await bind(desk, browser, (await browser.post("/sign-in")).location);
  const status = await desk.call("visit_status", { visit });
  if (status.state !== "bound" || status.task.purpose !== "sign_in")
    throw new Error("The visit was not bound.");
  const { nonce } = status.task;
  const token = webEidTokenOf(card, { origin: site.config.origin, nonce });
  const insertion = found(desk.insertions[0]);
  try {
    const { returnCode } = await desk.call("sign_in", { visit, insertion, token });
    return { back: `/return/${visit}/${returnCode}` };
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.code };
    throw error;
  }
}

/** A desk whose operator is signed in. */
export async function signedInDesk(place: DeskPlace, roles?: readonly Role[]): Promise<TestDesk> {
  const met = await meetDesk(place, roles);
  await signIn(place.site, met);
  return met;
}

export async function signIn(
  site: TestSite,
  met: Pick<TestDesk, "desk" | "browser" | "card">,
): Promise<void> {
  const proven = await proveSignIn(site, met);
  if ("refused" in proven) throw new Error(`The sign-in was refused: ${proven.refused}`);
  const back = await met.browser.get(proven.back);
  if (back.location !== "/cis") throw new Error(`The sign-in ended at ${back.status}.`);
}
