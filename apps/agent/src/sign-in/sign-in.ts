import { type Secret, toBase64 } from "@lanyard/bytes";
import { isSendablePasscode, type VerifyOutcome } from "@lanyard/piv";
import { REFUSALS, Refusal, type WebEidToken, webEidValue } from "@lanyard/wire";
import { hashFor, signStatement } from "../desk/card-key.ts";
import { cardRefusal } from "../desk/card-refusal.ts";
import type { PresentPivCard } from "../desk/desk-state.ts";
import type { CardHands, HeldCard } from "../desk/held-card.ts";
import type { Answer } from "../http/answer.ts";
import type { FormBytes } from "../http/form-bytes.ts";
import { lockedPage, noCardPage, SIGN_IN_FIELDS, signInPage } from "../pages/sign-in.tsx";
import { WORDS, wrongPasscode } from "../pages/words.ts";
import { PASSCODE_BYTES_MIN } from "../passcode/new-passcode.ts";
import type { Rooms } from "../rooms.ts";
import { toReturn, toVisit, visitPath } from "../visits/addresses.ts";
import { giveUp } from "../visits/give-up.ts";
import type { BoundVisit } from "../visits/visit-memory.ts";

type SignInVisit = BoundVisit<"sign_in">;

const { signIn: words } = WORDS;

/** The page that asks for the operator's passcode, or for their card. */
export function showSignIn(rooms: Rooms, { memory }: SignInVisit): Answer {
  const { cards } = rooms.desk;
  const form = { action: visitPath(memory.id), formToken: memory.formToken };
  if (cards.length === 0) return noCardPage(rooms.pages, { ...form, state: whyNoCard(rooms) });
  const { notice } = memory;
  const isPickedIn = cards.some(({ insertion }) => insertion === notice?.picked);
  if (notice?.isLocked === true && isPickedIn) return lockedPage(rooms.pages, form);
  const picked = isPickedIn ? notice?.picked : undefined;
  return signInPage(rooms.pages, { ...form, cards, picked, errors: notice ? [notice] : [] });
}

function whyNoCard(rooms: Rooms): "none" | "reading" | "mute" | "foreign" {
  const states = rooms.desk.view.readers.map(({ state }) => state);
  return (
    (["reading", "mute", "foreign"] as const).find((state) => states.includes(state)) ?? "none"
  );
}

/** One press: at most one VERIFY, on the one card that was picked. */
export async function pressSignIn(
  rooms: Rooms,
  visit: SignInVisit,
  form: FormBytes,
): Promise<Answer> {
  if (form.text(SIGN_IN_FIELDS.press) === "locked")
    return giveUp(rooms, visit.memory, "card_locked");
  const passcode = form.takeSecret(SIGN_IN_FIELDS.passcode);
  try {
    const picked = pick(rooms, form.text(SIGN_IN_FIELDS.card));
    if (picked.card === undefined) return again(visit, picked.problem);
    const isPossible = passcode.length >= PASSCODE_BYTES_MIN && isSendablePasscode(passcode);
    if (passcode.length === 0) return again(visit, { text: words.empty, picked });
    if (!isPossible) return again(visit, { text: words.badFormat, picked });
    return await tryPasscode(rooms, visit, { card: picked.card, passcode });
  } finally {
    passcode.wipe();
  }
}

interface Problem {
  readonly text: string;
  readonly field?: string;
  readonly picked?: { readonly card: PresentPivCard };
  readonly isLocked?: boolean;
}

type Picked =
  | { readonly card: PresentPivCard }
  | { readonly card: undefined; readonly problem: Problem };

/** The card the form names, if it is still in. Never another one. */
function pick(rooms: Rooms, insertion: string | undefined): Picked {
  const card = rooms.desk.cards.find((present) => present.insertion === insertion);
  if (card !== undefined) return { card };
  const text = insertion === undefined ? words.chooseCardError : words.cardGone;
  const field = rooms.desk.cards.length > 1 ? SIGN_IN_FIELDS.card : SIGN_IN_FIELDS.passcode;
  return { card: undefined, problem: { text, field } };
}

/** The same page with one thing to put right. */
function again({ memory }: SignInVisit, { text, field, picked, isLocked }: Problem): Answer {
  memory.notice = {
    text,
    field: field ?? SIGN_IN_FIELDS.passcode,
    ...(picked && { picked: picked.card.insertion }),
    ...(isLocked && { isLocked }),
  };
  return toVisit(memory.id);
}

interface Attempt {
  readonly card: PresentPivCard;
  readonly passcode: Secret;
}

async function tryPasscode(rooms: Rooms, visit: SignInVisit, attempt: Attempt): Promise<Answer> {
  let held: HeldCard | undefined;
  try {
    held = await rooms.cards.holdForSignIn(attempt.card);
    const result = await held.use((hands) => prove(hands, rooms, { visit, attempt }));
    if (result.ok) return await hand(rooms, visit, { held, token: result.token });
    await rooms.cards.letGo(held);
    rooms.log.info({ reason: result.reason }, "sign_in.passcode_refused");
    return explain(visit, { card: attempt.card, outcome: result });
  } catch (error) {
    if (held !== undefined) await rooms.cards.letGo(held);
    const refusal = cardRefusal(error);
    if (refusal === error || !(refusal instanceof Refusal)) throw error;
    return again(visit, { text: REFUSALS[refusal.code], picked: attempt });
  }
}

type Proven = { readonly ok: true; readonly token: WebEidToken };
type Refused = Extract<VerifyOutcome, { ok: false }>;

/** VERIFY once, then the signature, in one go: nothing else gets between. */
function prove(
  hands: CardHands,
  rooms: Rooms,
  { visit, attempt }: { readonly visit: SignInVisit; readonly attempt: Attempt },
): Promise<Proven | Refused> {
  return hands.session.transaction(async () => {
    // Before the passcode: a card without a certificate costs no try.
    const key = await hands.key("9a");
    const outcome = await hands.piv.verify(attempt.passcode);
    if (!outcome.ok) return outcome;
    const { nonce } = visit.task;
    const statement = webEidValue(rooms.pages.serverOrigin, nonce, hashFor(key));
    const signature = await signStatement(hands.piv, "9a", { key, statement });
    const token: WebEidToken = {
      format: "web-eid:1.0",
      unverifiedCertificate: toBase64(key.certificate),
      algorithm: signature.algorithm,
      signature: signature.value,
      appVersion: `lanyard-agent/${rooms.agentVersion}`,
    };
    return { ok: true, token };
  });
}

/** The proof goes up the leash; the card stays connected, verified, until its session begins. */
async function hand(
  rooms: Rooms,
  { memory }: SignInVisit,
  { held, token }: { readonly held: HeldCard; readonly token: WebEidToken },
): Promise<Answer> {
  const { insertion } = held;
  const { returnCode } = await rooms.leash.call("sign_in", { visit: memory.id, insertion, token });
  rooms.cards.awaitSession(held);
  rooms.log.info({ insertion }, "sign_in.sent");
  return toReturn(rooms.pages, memory.id, returnCode);
}

function explain(
  visit: SignInVisit,
  { card, outcome }: { readonly card: PresentPivCard; readonly outcome: Refused },
): Answer {
  const picked = { card };
  switch (outcome.reason) {
    case "blocked":
      return again(visit, { text: words.locked, picked, isLocked: true });
    case "wrong":
      return again(visit, { text: wrongPasscode(outcome.triesLeft), picked });
    case "bad_format":
      return again(visit, { text: words.badFormat, picked });
  }
}
