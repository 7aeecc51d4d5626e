import {
  certificateIn,
  displayName,
  isOfKind,
  isOver,
  type Person,
  type Smartcard,
  type Visit,
} from "@lanyard/identity";
import { Refusal, type UnlockTask } from "@lanyard/wire";
import type { Core } from "../core.ts";
import { UNLOCK } from "./unlock-kind.ts";

/**
 * What the agent's page needs to ask for the new passcode: what is done, for whom, on which card, by which rule.
 *
 * @throws {Refusal} `visit_unknown` | `visit_over`
 */
export async function unlockTask(core: Core, visit: Visit): Promise<UnlockTask> {
  const { ceremonyId } = visit;
  if (ceremonyId === undefined) throw new Refusal("visit_unknown");
  const found = await core.store.transaction(async (records) => {
    const ceremony = await records.ceremonies.find(ceremonyId);
    if (!isOfKind(UNLOCK, ceremony) || isOver(ceremony.state.phase)) return undefined;
    const card = await records.cards.find(ceremony.cardSerial);
    const holder = await records.people.find(ceremony.holder);
    const operator = await records.people.find(ceremony.operator);
    const session = await records.sessions.find(ceremony.sessionId);
    const organisations = await records.people.rolesOf(ceremony.holder, core.now());
    const codes = organisations.map((role) => role.organisationCode);
    return (
      card && holder && operator && session && { ceremony, card, holder, operator, session, codes }
    );
  });
  if (found === undefined) throw new Refusal("visit_over");
  const { ceremony, card, holder, operator, session, codes } = found;
  return {
    purpose: "unlock",
    ceremony: ceremony.id,
    holder: { name: displayName(holder), careId: holder.careId, cardSerial: card.serial },
    insertion: ceremony.insertion,
    keyHash: certificateIn(card, "9E")?.keyHash ?? "",
    operator: { name: displayName(operator), insertion: session.insertion },
    locked: ceremony.state.passcodeState === "blocked",
    policy: { site: core.config.passcodePolicy, cardRule: card.profile.passcodeRule },
    tokens: tokensOf(holder, card, codes),
    evidence: ceremony.state.evidence ?? "",
    pukChangeable: card.profile.pukChangeable,
    hint: card.profile.hint,
    authoriseNonce: ceremony.notes.authoriseNonce,
    doneNonce: ceremony.notes.doneNonce,
    authorise: core.config.authorise,
  };
}

/** What the holder's passcode must not be made of. Goes to the agent's memory, nowhere else. */
function tokensOf(holder: Person, card: Smartcard, codes: readonly string[]): UnlockTask["tokens"] {
  const names = [holder.givenNames, holder.familyName, holder.email?.split("@")[0]];
  const numbers = [holder.careId, card.serial, holder.phone];
  return {
    names: names.flatMap((name) => name?.split(/[\s._-]+/) ?? []).filter((name) => name !== ""),
    dateOfBirth: holder.dateOfBirth,
    numbers: numbers.filter((number) => number !== undefined),
    codes: [...new Set([holder.organisationCode, ...codes])],
  };
}
