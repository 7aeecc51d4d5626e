import { certificateIn, displayName, isOfKind, isOver, type Visit } from "@lanyard/identity";
import { Refusal, type UnlockTask } from "@lanyard/wire";
import type { Core } from "../core.ts";
import { holderTokens } from "./holder-tokens.ts";
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
    const roles = await records.people.rolesOf(ceremony.holder, core.now());
    return (
      card && holder && operator && session && { ceremony, card, holder, operator, session, roles }
    );
  });
  if (found === undefined) throw new Refusal("visit_over");
  const { ceremony, card, holder, operator, session, roles } = found;
  return {
    purpose: "unlock",
    ceremony: ceremony.id,
    holder: { name: displayName(holder), careId: holder.careId, cardSerial: card.serial },
    insertion: ceremony.insertion,
    keyHash: certificateIn(card, "9E")?.keyHash ?? "",
    operator: { name: displayName(operator), insertion: session.insertion },
    locked: ceremony.state.passcodeState === "blocked",
    policy: { site: core.config.passcodePolicy, cardRule: card.profile.passcodeRule },
    tokens: holderTokens(holder, card, roles),
    evidence: ceremony.state.evidence ?? "",
    pukChangeable: card.profile.pukChangeable,
    hint: card.profile.hint,
    authoriseNonce: ceremony.notes.authoriseNonce,
    doneNonce: ceremony.notes.doneNonce,
    authorise: core.config.authorise,
  };
}
