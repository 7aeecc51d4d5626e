import { isOfKind, type Role } from "@lanyard/identity";
import { type CeremonyProgress, type ChangeTask, type RequestOf, statements } from "@lanyard/wire";
import { expect } from "vitest";
import { CHANGE, type ChangeCeremony } from "../ceremonies/change-kind.ts";
import { newToken } from "../random.ts";
import { found, type TestCard } from "./test-card.ts";
import { bind, signedInDesk, type TestDesk } from "./test-desk.ts";
import type { Place } from "./unlock-desk.ts";

/** A holder signed in with their own card, at the agent's page. */
export interface Changing extends TestDesk, Place {
  readonly visit: string;
  readonly task: ChangeTask;
}

export async function startChanging(place: Place, roles: readonly Role[] = []): Promise<Changing> {
  const met = await signedInDesk(place, roles);
  return { ...place, ...met, ...(await openChange(met)) };
}

/** Change my passcode, Continue, and the trip to the agent. */
export async function openChange({ browser, desk }: Pick<TestDesk, "browser" | "desk">) {
  const { location } = await browser.post("/my-passcode");
  const visit = await bind(desk, browser, location);
  const status = await desk.call("visit_status", { visit });
  if (status.state !== "bound" || status.task.purpose !== "change")
    throw new Error("The change was not bound.");
  return { visit, task: status.task };
}

/** As the agent does it: the name of the press is remembered for what follows. */
export class Attempt {
  readonly #changing: Changing;
  readonly #attempt = newToken();

  constructor(changing: Changing) {
    this.#changing = changing;
  }

  send(): Promise<CeremonyProgress> {
    const { desk, visit } = this.#changing;
    return desk.call("change_send", { visit, attempt: this.#attempt });
  }

  report(status: number, lost = false): Promise<CeremonyProgress> {
    const { desk, visit } = this.#changing;
    return desk.call("change_report", { visit, attempt: this.#attempt, status, lost });
  }

  lost(reason: RequestOf<"change_lost">["reason"]): Promise<CeremonyProgress> {
    const { desk, visit } = this.#changing;
    return desk.call("change_lost", { visit, attempt: this.#attempt, reason });
  }
}

/** The holder's card signs that the new passcode works, unless a test changes it. */
export function changeProof(
  { task, card, visit, site }: Changing,
  change: {
    readonly signer?: TestCard;
    readonly slot?: "9A" | "9C" | "9E";
    readonly message?: Uint8Array;
    readonly statement?: Partial<Parameters<typeof statements.changeDone>[0]>;
  } = {},
): RequestOf<"change_prove"> {
  const message = statements.changeDone({
    origin: site.config.origin,
    ceremony: task.ceremony,
    careId: task.holder.careId,
    nonce: task.doneNonce,
    ...change.statement,
  });
  const signer = change.signer ?? card;
  return { visit, signature: signer.sign(change.slot ?? "9A", change.message ?? message) };
}

export function proveChange(changing: Changing): Promise<CeremonyProgress> {
  return changing.desk.call("change_prove", changeProof(changing));
}

export async function changeNow({ world, task }: Changing): Promise<ChangeCeremony> {
  const ceremony = await world.store.transaction((records) =>
    records.ceremonies.find(task.ceremony),
  );
  if (!isOfKind(CHANGE, ceremony)) throw new Error("There is no such change.");
  return ceremony;
}

export async function expectChange(
  changing: Changing,
  state: Partial<ChangeCeremony["state"]>,
): Promise<void> {
  expect((await changeNow(changing)).state).toMatchObject(state);
}

/** The page the browser comes back to. */
export async function comeHome({ browser, visit }: Changing, progress: CeremonyProgress) {
  if (progress.next !== "return") throw new Error(`It is not over: ${progress.next}`);
  const outcome = await browser.get(`/return/${visit}/${progress.returnCode}`);
  const page = await browser.get(outcome.location);
  return page.status === 303 ? browser.get(page.location) : page;
}

export async function changeActions({ world, task }: Changing): Promise<readonly string[]> {
  const all = await world.record();
  return all.filter((entry) => entry["ceremonyId"] === task.ceremony).map(({ action }) => action);
}

export async function entryOf({ world, task }: Changing, action: string) {
  const all = await world.record();
  return found(all.find((one) => one["ceremonyId"] === task.ceremony && one.action === action));
}
