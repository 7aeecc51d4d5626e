import { isOfKind, mayPerform, type Records, type Smartcard } from "@lanyard/identity";
import { UNLOCK } from "../ceremonies/unlock-kind.ts";
import type { Core } from "../core.ts";
import type { Operator } from "../http/route.ts";
import { permissionSettings } from "../http/visitor.ts";
import type { IncidentView } from "../pages/home/incidents.tsx";
import type { CardNote } from "../pages/people/card-notes.tsx";
import { maySettleFrozen, readHolder } from "./holder.ts";

/** What is to be known of these cards, each card's newest first. */
export async function cardNotesOf(
  records: Records,
  cards: readonly Smartcard[],
): Promise<readonly CardNote[]> {
  const notes: CardNote[] = [...(await incidentNotes(records, cards))];
  for (const card of cards) {
    const { serial, registers } = card;
    if (registers.granted !== undefined) notes.push({ kind: "granted", serial });
    else if (registers.frozen) notes.push({ kind: "frozen", serial });
    const unlock = await latestUnlock(records, serial);
    if (unlock?.phase === "uncertain")
      notes.push({ kind: "unfinished", serial, passcodeSet: unlock.passcodeSet });
  }
  return notes;
}

/** How the latest unlock of a card stands. */
export async function latestUnlock(records: Records, serial: string) {
  const [latest] = await records.ceremonies.ofCard(serial, 1);
  return isOfKind(UNLOCK, latest) ? latest.state : undefined;
}

/** Only while the card is frozen: once a supervisor's try was right, or the card is gone, it is history. */
async function incidentNotes(
  records: Records,
  cards: readonly Smartcard[],
): Promise<readonly CardNote[]> {
  const frozen = cards.filter(({ registers }) => registers.frozen).map(({ serial }) => serial);
  const incidents = await records.rotations.incidentsOf(frozen);
  const notes: CardNote[] = [];
  for (const { cardSerial: serial, firstDesk, foundAt } of incidents)
    notes.push({
      ...{ kind: "incident", serial },
      firstDesk: await deskName(records, firstDesk),
      foundAt: await deskName(records, foundAt),
    });
  return notes;
}

/** How many unsettled incidents are looked through for the start page. */
const INCIDENTS = 20;

/** Cards that changed their PUK behind our back, for whoever may decide about them. */
export async function incidentsFor(
  core: Core,
  records: Records,
  operator: Operator,
): Promise<readonly IncidentView[]> {
  const settings = permissionSettings(core.config);
  if (!mayPerform("settle-frozen-card", operator.actor, settings).allowed) return [];
  const views: IncidentView[] = [];
  for (const { cardSerial, firstDesk } of await records.rotations.openIncidents(INCIDENTS)) {
    const card = await records.cards.find(cardSerial);
    const file = card && (await readHolder(records, operator, card.careId));
    if (file === undefined || !maySettleFrozen(core, operator, file.target).allowed) continue;
    const { careId } = file.view.person;
    views.push({ serial: cardSerial, careId, firstDesk: await deskName(records, firstDesk) });
  }
  return views;
}

async function deskName({ desks }: Records, id: string): Promise<string> {
  return (await desks.find(id))?.name ?? id;
}
