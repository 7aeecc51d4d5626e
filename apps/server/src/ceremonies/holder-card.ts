import {
  cardStanding,
  certificateIn,
  type Person,
  type Session,
  type Smartcard,
} from "@lanyard/identity";
import { type DeskView, LeashLost, Refusal, type ReplyOf, statements } from "@lanyard/wire";
import { isSignedBy } from "../certificates/signatures.ts";
import type { Core } from "../core.ts";
import type { DeskLink, Links } from "../leash/links.ts";
import { newNonce, newToken } from "../random.ts";

/** Why no ceremony can start with what is in the readers; the pages have the words for each. */
export type CardRefusal =
  | { readonly reason: Exclude<CardRefusalReason, "another_card"> }
  | { readonly reason: "another_card"; readonly expected: string; readonly found: string };

export type CardRefusalReason =
  | "agent_not_running"
  | "service_down"
  | "no_reader"
  | "one_reader"
  | "no_card"
  | "too_many_cards"
  | "card_mute"
  | "card_foreign"
  | "card_reading"
  | "card_busy"
  | "card_gone"
  | "card_not_genuine"
  | "card_unknown"
  | "own_card"
  | "ceremony_running"
  | "another_card";

/** The holder's card, proven to be genuine and here (T:CARD_PROVEN), and whose it is. */
export interface ProvenCard {
  readonly ceremony: string;
  readonly insertion: string;
  readonly card: Smartcard;
  readonly person: Person;
  readonly proofNonce: string;
  readonly signature: ReplyOf<"card_prove">["signature"];
  readonly passcode: ReplyOf<"card_prove">["passcode"];
  /** The hint object it showed. Proves nothing before its MAC was checked. */
  readonly hint: string | undefined;
}

/**
 * The one card at the desk that is not the operator's. Never by reader order: the session names the operator's
 * insertion, and any other card is the holder's.
 */
export function findHolderInsertion(
  view: DeskView | undefined,
  operatorInsertion: string,
): { readonly insertion: string } | CardRefusal {
  if (view === undefined) return { reason: "agent_not_running" };
  if (view.service === "down") return { reason: "service_down" };
  if (view.readers.length === 0) return { reason: "no_reader" };
  if (view.readers.length === 1) return { reason: "one_reader" };
  const others = view.readers.flatMap((reader) =>
    reader.state === "empty" || reader.insertion === operatorInsertion ? [] : [reader],
  );
  if (others.length > 1) return { reason: "too_many_cards" };
  const [other] = others;
  if (other === undefined) return { reason: "no_card" };
  const refusals = { mute: "card_mute", foreign: "card_foreign", reading: "card_reading" } as const;
  if (other.state !== "card") return { reason: refusals[other.state] };
  return { insertion: other.insertion };
}

/**
 * Asks the card itself, with a fresh nonce. The record is found by the key that signed; names in the certificate are
 * only cross-checked. The chain is verified without dates: expiry is told later, with what to do.
 */
export async function proveHolderCard(
  core: Core,
  link: DeskLink,
  insertion: string,
): Promise<ProvenCard | CardRefusal> {
  const ceremony = newToken();
  const proofNonce = newNonce();
  const reply = await ask(link, { ceremony, insertion, nonce: proofNonce });
  if ("reason" in reply) return reply;
  const verified = core.trust.verify(Buffer.from(reply.certificate, "base64"));
  if (verified === undefined) return { reason: "card_not_genuine" };
  const { keyHash } = verified;
  const { origin } = core.config;
  const message = statements.cardProof({ origin, ceremony, keyHash, nonce: proofNonce });
  if (!isSignedBy(verified.publicKey, message, reply.signature))
    return { reason: "card_not_genuine" };
  const found = await core.store.transaction(async (records) => {
    const card = await records.cards.findByKey(keyHash);
    const person = card && (await records.people.find(card.careId));
    return card && person && { card, person };
  });
  if (found === undefined) return { reason: "card_unknown" };
  const { card, person } = found;
  const isItsCardKey = certificateIn(card, "9E")?.keyHash === keyHash;
  const namesAgree = card.careId === verified.careId && card.serial === verified.cardSerial;
  if (!isItsCardKey || !namesAgree || cardStanding(card, core.now()) === "cleared")
    return { reason: "card_not_genuine" };
  const { signature, passcode, hint } = reply;
  return { ceremony, insertion, card, person, proofNonce, signature, passcode, hint };
}

async function ask(
  link: DeskLink,
  body: { readonly ceremony: string; readonly insertion: string; readonly nonce: string },
): Promise<ReplyOf<"card_prove"> | CardRefusal> {
  try {
    return await link.call("card_prove", body);
  } catch (error) {
    if (error instanceof LeashLost) return { reason: "agent_not_running" };
    if (!(error instanceof Refusal)) throw error;
    return { reason: error.code === "card_busy" ? "card_busy" : "card_gone" };
  }
}

/** Where a desk is found that is to be called. */
export interface FindsDesks {
  readonly links: Pick<Links, "find">;
}

/** Lets the holder's card go; that the desk cannot be reached any more does not matter then. */
export function releaseCard({ links }: FindsDesks, deskId: string, ceremony: string): void {
  links
    .find(deskId)
    .then((link) => link?.call("card_release", { ceremony }))
    .catch(() => undefined);
}

/** "Own card" means any device of the same person. */
export function isOwnCard(session: Session, card: Smartcard): boolean {
  return session.careId === card.careId;
}
