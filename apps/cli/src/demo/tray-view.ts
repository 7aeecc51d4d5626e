import { asciiText, fromHex } from "@lanyard/bytes";
import { formatCareId, parseCareId } from "@lanyard/identity";
import type { VirtualCard } from "@lanyard/virtual-card";
import { ODD_CARDS, type OddCard } from "./odd-cards.ts";
import type { DemoCard, DemoPerson } from "./people.ts";
import type { ReaderBay } from "./reader-bay.ts";
import type { Shelf } from "./shelf.ts";

/** The tray as its page and its JSON show it. */
export interface TrayView {
  readonly readers: readonly TrayReader[];
  readonly groups: readonly { readonly title: string; readonly cards: readonly TrayCard[] }[];
  readonly oddCards: readonly OddCard[];
}

export interface TrayReader {
  readonly number: number;
  readonly name: string;
  readonly card: { readonly serial: string; readonly name: string } | undefined;
}

export interface TrayCard {
  readonly serial: string;
  readonly careId: string;
  readonly name: string;
  readonly role: string;
  readonly uuid: string;
  readonly mood: "ready" | "locked" | "expired" | "cancelled";
  readonly state: string;
  /** As the card itself has it now: it is a demo card. */
  readonly passcode: string;
  readonly passcodeTriesLeft: number;
  readonly pukTriesLeft: number;
  /** What to try with it. */
  readonly goodFor: string;
}

export function viewTray(people: readonly DemoPerson[], shelf: Shelf, bay: ReaderBay): TrayView {
  const cards = people.flatMap((person) =>
    person.cards.flatMap((card) => {
      const made = shelf.get(card.serial);
      return made === undefined ? [] : [{ person, view: viewCard(person, card, made) }];
    }),
  );
  const group = (title: string, isOperator: boolean) => ({
    title,
    cards: cards
      .filter(({ person }) => person.roles.length > 0 === isOperator)
      .map(({ view }) => view),
  });
  return {
    readers: bay.readers.map(({ name, card }, index) => ({
      number: index + 1,
      name,
      card: [...cards.map(({ view }) => view), ...ODD_CARDS]
        .filter((view) => view.serial === card?.state.serial)
        .map(({ serial, name: holder }) => ({ serial, name: holder }))[0],
    })),
    groups: [group("Operators", true), group("Users", false)],
    oddCards: ODD_CARDS,
  };
}

function viewCard(person: DemoPerson, card: DemoCard, { state }: VirtualCard): TrayCard {
  const mood = moodOf(card, state.passcode.triesLeft);
  return {
    serial: card.serial,
    careId: person.careId,
    name: [person.title, person.givenNames, person.familyName].filter(Boolean).join(" "),
    role: person.roles.length > 0 ? person.roles.join(", ") : person.jobTitle,
    uuid: spaced(person.careId),
    mood,
    state: stateWords(mood, state.passcode.triesLeft),
    passcode: passcodeOn(state.passcode.value),
    passcodeTriesLeft: state.passcode.triesLeft,
    pukTriesLeft: state.puk.triesLeft,
    goodFor: goodFor(person, card, mood),
  };
}

function moodOf(card: DemoCard, triesLeft: number): TrayCard["mood"] {
  if (card.life === "cancelled") return "cancelled";
  if (card.expiresInDays < 0) return "expired";
  return triesLeft === 0 ? "locked" : "ready";
}

function stateWords(mood: TrayCard["mood"], triesLeft: number): string {
  if (mood === "cancelled") return "Cancelled";
  if (mood === "expired") return "Expired";
  if (mood === "locked") return "Locked";
  return triesLeft === 1 ? "1 try left" : `${triesLeft} tries left`;
}

function goodFor(person: DemoPerson, card: DemoCard, mood: TrayCard["mood"]): string {
  if (person.status === "closed") return "This person's account is closed.";
  const isOperator = person.roles.length > 0;
  switch (mood) {
    case "cancelled":
      return "Cancelled: it is refused everywhere.";
    case "expired":
      return "Expired: it must be repaired, an unlock is refused.";
    case "locked":
      if (card.life === "issued_locked") return "Issued locked: give it its first passcode.";
      return isOperator ? "Locked: it cannot sign in. Unlock it." : "Locked: unlock it.";
    case "ready":
      return isOperator
        ? "Sign in with it."
        : "Not locked: a new passcode can be set all the same.";
  }
}

/** A number that is not a care identity number is shown as it is. */
function spaced(careId: string): string {
  const parsed = parseCareId(careId);
  return parsed === undefined ? careId : formatCareId(parsed);
}

/** The card's own value, hex and padded with ff, as it is typed. */
function passcodeOn(hex: string): string {
  return asciiText(fromHex(hex).filter((byte) => byte !== 0xff));
}
