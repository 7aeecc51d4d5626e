import {
  certificateIn,
  displayName,
  isOfKind,
  isUnderWay,
  standingOf,
  type Visit,
} from "@lanyard/identity";
import { type ChangeTask, Refusal } from "@lanyard/wire";
import type { Core } from "../core.ts";
import { CHANGE } from "./change-kind.ts";
import { holderTokens } from "./holder-tokens.ts";

/**
 * What the agent's page needs to ask for the passcodes: whose card, which card, by which rule.
 *
 * @throws {Refusal} `visit_unknown` | `visit_over`
 */
export async function changeTask(core: Core, visit: Visit): Promise<ChangeTask> {
  const { ceremonyId } = visit;
  if (ceremonyId === undefined) throw new Refusal("visit_unknown");
  const found = await core.store.transaction(async (records) => {
    const ceremony = await records.ceremonies.find(ceremonyId);
    if (!isOfKind(CHANGE, ceremony)) return undefined;
    const card = await records.cards.find(ceremony.cardSerial);
    const holder = await records.people.find(ceremony.holder);
    const roles = await records.people.rolesOf(ceremony.holder, core.now());
    return card && holder && { ceremony, card, holder, roles };
  });
  if (found === undefined || !isUnderWay(standingOf(CHANGE, found.ceremony.state)))
    throw new Refusal("visit_over");
  const { ceremony, card, holder, roles } = found;
  return {
    purpose: "change",
    ceremony: ceremony.id,
    holder: { name: displayName(holder), careId: holder.careId, cardSerial: card.serial },
    insertion: ceremony.insertion,
    keyHash: certificateIn(card, "9E")?.keyHash ?? "",
    policy: { site: core.config.passcodePolicy, cardRule: card.profile.passcodeRule },
    tokens: holderTokens(holder, card, roles),
    doneNonce: ceremony.notes.doneNonce,
  };
}
