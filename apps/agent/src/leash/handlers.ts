import { toBase64 } from "@lanyard/bytes";
import { CardError, isCardLost, type PivSession } from "@lanyard/piv";
import {
  type LeashHandlers,
  Refusal,
  type ReplyOf,
  type RequestOf,
  statements,
} from "@lanyard/wire";
import { signStatement } from "../desk/card-key.ts";
import { cardRefusal } from "../desk/card-refusal.ts";
import type { CardsHeld } from "../desk/cards-held.ts";
import type { Desk } from "../desk/desk.ts";
import type { Logger } from "../log.ts";
import { rotatePuk } from "../rotation/rotate.ts";
import { readHint } from "../unlock/hint.ts";
import type { Visits } from "../visits/visit-memory.ts";
import type { Leash } from "./leash.ts";

/** What the server's calls act on. */
export interface HandlerRooms {
  readonly serverOrigin: string;
  readonly cards: CardsHeld;
  readonly visits: Visits;
  readonly log: Logger;
  desk(): Desk;
  leash(): Pick<Leash, "call">;
  random(bytes: number): Uint8Array;
}

/** Answers the server's calls. Only cards that are in, and only statements of our own making, are ever signed. */
export function openHandlers(rooms: HandlerRooms): Omit<LeashHandlers<"agent">, "hello"> {
  const { cards, visits, log } = rooms;
  return {
    card_prove: (request) => refusing(() => prove(rooms, request)),
    card_release: async ({ ceremony }) => {
      await cards.endCeremony(ceremony);
      return {};
    },
    session_begin: async ({ session, insertion }) => {
      if (!cards.beginSession(session, insertion)) throw new Refusal("card_not_ready");
      log.info({ insertion }, "session.begun");
      return {};
    },
    session_end: async ({ session }) => {
      visits.wipe();
      await cards.endSession(session);
      log.info("session.ended");
      return {};
    },
    puk_rotate: (request) => refusing(() => rotate(rooms, request)),
    presence: (request) => refusing(() => provePresence(rooms, request)),
  };
}

/** A card or reader that does not do its part is a refusal, not an error. */
async function refusing<Reply>(work: () => Promise<Reply>): Promise<Reply> {
  try {
    return await work();
  } catch (error) {
    throw cardRefusal(error);
  }
}

/** The holder's card says with 9E that it is genuine and here, and how its passcode stands. It stays connected. */
async function prove(
  rooms: HandlerRooms,
  { ceremony, insertion, nonce }: RequestOf<"card_prove">,
): Promise<ReplyOf<"card_prove">> {
  const present = rooms.desk().find(insertion);
  if (present === undefined) throw new Refusal("card_not_ready");
  const card = await rooms.cards.holdForCeremony(ceremony, present);
  rooms.log.info({ insertion }, "ceremony.card_held");
  return card.use(({ session, piv, key: keyOf }) =>
    session.transaction(async () => {
      const key = await keyOf("9e");
      const { serverOrigin: origin } = rooms;
      const { keyHash } = key;
      const statement = statements.cardProof({ origin, ceremony, keyHash, nonce });
      const signature = await signStatement(piv, "9e", { key, statement });
      const certificate = toBase64(key.certificate);
      const hint = await readHint(piv);
      const passcode = await passcodeState(piv);
      return { certificate, signature, passcode, ...(hint && { hint: toBase64(hint) }) };
    }),
  );
}

async function passcodeState(piv: PivSession): Promise<ReplyOf<"card_prove">["passcode"]> {
  try {
    const status = await piv.verifyStatus();
    if (status.state === "blocked") return { state: "blocked" };
    return status.state === "tries_left"
      ? { state: "tries_left", triesLeft: status.tries }
      : { state: "unknown" };
  } catch (error) {
    if (error instanceof CardError && !isCardLost(error)) return { state: "unknown" };
    throw error;
  }
}

/** The session's card changes its PUK, while its user does something else. */
async function rotate(
  rooms: HandlerRooms,
  request: RequestOf<"puk_rotate">,
): Promise<ReplyOf<"puk_rotate">> {
  const card = rooms.cards.operatorCard(request.insertion);
  if (card === undefined) throw new Refusal("card_not_ready");
  const { serverOrigin, random } = rooms;
  const reply = await rotatePuk({ request, card, serverOrigin, random, leash: rooms.leash() });
  rooms.log.info({ status: reply.status, lost: reply.lost }, "puk.rotated");
  return reply;
}

/** The session's card signs that it is still in its reader. Selects nothing, resets nothing. */
async function provePresence(
  rooms: HandlerRooms,
  { session, nonce, slot }: RequestOf<"presence">,
): Promise<ReplyOf<"presence">> {
  const card = rooms.cards.ofSession(session);
  if (card === undefined) throw new Refusal("card_not_ready");
  const statement = statements.presence({ origin: rooms.serverOrigin, session, nonce });
  const reference = slot === "9A" ? "9a" : "9e";
  return card.use(async ({ piv, key: keyOf }) => {
    const key = await keyOf(reference);
    return { signature: await signStatement(piv, reference, { key, statement }) };
  });
}
