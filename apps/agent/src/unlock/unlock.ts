import type { Secret } from "@lanyard/bytes";
import { passcodeGuidance, policySentence } from "@lanyard/identity";
import { CardError } from "@lanyard/piv";
import { LeashLost, Refusal, type RequestOf, type SealedRelease } from "@lanyard/wire";
import type { HeldCard } from "../desk/held-card.ts";
import { isSameCard } from "../desk/same-card.ts";
import type { Answer } from "../http/answer.ts";
import type { FormBytes } from "../http/form-bytes.ts";
import { unknownOutcomePage } from "../pages/trouble.tsx";
import {
  operatorPasscodePage,
  UNLOCK_FIELDS,
  UNLOCK_PRESSES,
  unlockPage,
} from "../pages/unlock.tsx";
import { WORDS, wrongPasscode } from "../pages/words.ts";
import { policyFor, whatIsWrong } from "../passcode/new-passcode.ts";
import type { Rooms } from "../rooms.ts";
import { toReturn, toVisit, visitPath } from "../visits/addresses.ts";
import { giveUp } from "../visits/give-up.ts";
import type { BoundVisit, Notice } from "../visits/visit-memory.ts";
import { type Authorised, askRelease, signAuthorisation } from "./authorise.ts";
import { runBurst } from "./burst.ts";
import { openReports } from "./reports.ts";
import { makeSealingKey, type SealingKey } from "./sealed-puks.ts";

type UnlockVisit = BoundVisit<"unlock">;

/** Where the holder types; or, while what they typed is kept, where the operator's own passcode is asked for. */
export function showUnlock(rooms: Rooms, { memory, task }: UnlockVisit): Answer {
  const errors = memory.notice === undefined ? [] : [memory.notice];
  const form = { action: visitPath(memory.id), formToken: memory.formToken, task, errors };
  if (memory.keptPasscode !== undefined)
    return operatorPasscodePage(rooms.pages, {
      ...form,
      reason: task.authorise === "passcode" ? "always" : "again",
    });
  const policy = policyFor(task);
  return unlockPage(rooms.pages, {
    ...form,
    rule: policySentence(policy),
    tip: passcodeGuidance(policy),
    isDigitsOnly: policy.alphabet === "digits",
  });
}

/** The same page with one thing to put right. */
function typeAgain({ memory }: UnlockVisit, notice: Notice): Answer {
  memory.notice = notice;
  return toVisit(memory.id);
}

/** The holder's Confirm, or the operator's passcode that was asked for after it. */
export function pressUnlock(rooms: Rooms, visit: UnlockVisit, form: FormBytes): Promise<Answer> {
  return form.text(UNLOCK_FIELDS.press) === UNLOCK_PRESSES.authorise
    ? pressOperator(rooms, visit, form)
    : pressHolder(rooms, visit, form);
}

async function pressHolder(rooms: Rooms, visit: UnlockVisit, form: FormBytes): Promise<Answer> {
  const passcode = form.takeSecret(UNLOCK_FIELDS.passcode);
  const again = form.takeSecret(UNLOCK_FIELDS.again);
  try {
    const wrong = whatIsWrong(visit.task, { passcode, again }, UNLOCK_FIELDS);
    if (wrong !== undefined) return typeAgain(visit, wrong);
    return await goOn(rooms, visit, { passcode, operatorPasscode: undefined });
  } finally {
    again.wipe();
    wipeUnlessKept(visit, passcode);
  }
}

async function pressOperator(rooms: Rooms, visit: UnlockVisit, form: FormBytes): Promise<Answer> {
  const operatorPasscode = form.takeSecret(UNLOCK_FIELDS.operatorPasscode);
  const passcode = rooms.visits.takePasscode(visit.memory);
  try {
    if (passcode === undefined)
      return typeAgain(visit, { text: WORDS.unlock.timedOut, field: UNLOCK_FIELDS.passcode });
    if (operatorPasscode.length === 0)
      return askOperator(rooms, visit, { passcode, error: WORDS.signIn.empty });
    return await goOn(rooms, visit, { passcode, operatorPasscode });
  } finally {
    operatorPasscode.wipe();
    if (passcode !== undefined) wipeUnlessKept(visit, passcode);
  }
}

/** Kept: the operator's card wants its own passcode first, and the holder is not asked twice for that. */
function wipeUnlessKept({ memory }: UnlockVisit, passcode: Secret): void {
  if (memory.keptPasscode !== passcode) passcode.wipe();
}

interface Typed {
  readonly passcode: Secret;
  readonly operatorPasscode: Secret | undefined;
}

/** Everything was typed right. Until the release, an end leaves nothing to repair. */
async function goOn(rooms: Rooms, visit: UnlockVisit, typed: Typed): Promise<Answer> {
  const { task } = visit;
  const cards = await cardsReady(rooms, visit);
  if ("reason" in cards) return giveUpUnlock(rooms, visit, cards.reason);
  if (task.authorise === "passcode" && typed.operatorPasscode === undefined)
    return askOperator(rooms, visit, { passcode: typed.passcode });
  const sealingKey = await makeSealingKey(task);
  const { operatorCard } = cards;
  const { operatorPasscode } = typed;
  const signed = await signAuthorisation({ task, operatorCard, sealingKey, operatorPasscode });
  if (!signed.ok) return explain(rooms, visit, { signed, passcode: typed.passcode });
  return releaseAndBurst(rooms, visit, {
    holderCard: cards.holderCard,
    passcode: typed.passcode,
    sealingKey,
    request: {
      visit: visit.memory.id,
      ephemeralKey: sealingKey.publicKeyBase64,
      slot: signed.slot,
      signature: signed.signature,
    },
  });
}

interface Releasing extends Omit<Burst, "firstRelease"> {
  readonly request: RequestOf<"unlock_authorise">;
}

/**
 * From the request on, the server may have released the PUK: a reply that is lost is told as that, never as "nothing was
 * done". The will is on disk first, so that the server hears of a dead agent as soon as it lives again.
 */
async function releaseAndBurst(
  rooms: Rooms,
  visit: UnlockVisit,
  { request, ...order }: Releasing,
): Promise<Answer> {
  const { ceremony } = visit.task;
  const body = { visit: visit.memory.id, reason: "agent_gone" } as const;
  await rooms.outbox.leaveWill({ ceremony, call: "unlock_lost", body });
  try {
    const progress = await release(rooms, visit, request);
    if ("kind" in progress) return progress;
    return await burst(rooms, visit, { ...order, firstRelease: progress });
  } catch (error) {
    if (!(error instanceof LeashLost)) throw error;
    void openReports(rooms, { ceremony, visit: visit.memory.id }).lost("answer_lost");
    await rooms.cards.endCeremony(ceremony);
    return unknownOutcomePage(rooms.pages);
  } finally {
    rooms.outbox.finish(ceremony);
  }
}

type CardsReady =
  | { readonly operatorCard: HeldCard; readonly holderCard: HeldCard }
  | { readonly reason: RequestOf<"give_up">["reason"] };

/** Both cards as they were: the same insertions, connected ever since, and the holder's proves itself again. */
async function cardsReady(rooms: Rooms, { task }: UnlockVisit): Promise<CardsReady> {
  const operatorCard = rooms.cards.operatorCard(task.operator.insertion);
  if (operatorCard?.isThere !== true) return { reason: "operator_card_removed" };
  const holderCard = rooms.cards.ofCeremony(task.ceremony);
  if (holderCard?.isThere !== true || holderCard.insertion !== task.insertion)
    return { reason: "holder_card_removed" };
  try {
    const isSame = await holderCard.use((hands) => isSameCard(hands, task.keyHash, rooms.random));
    return isSame ? { operatorCard, holderCard } : { reason: "holder_card_removed" };
  } catch (error) {
    if (error instanceof CardError) return { reason: "holder_card_removed" };
    throw error;
  }
}

/** The signed request for the PUK. An answer of the agent's own when there is nothing to open. */
async function release(
  rooms: Rooms,
  visit: UnlockVisit,
  request: RequestOf<"unlock_authorise">,
): Promise<Answer | SealedRelease> {
  try {
    const progress = await askRelease(rooms, request);
    if (progress.next === "open") return progress.release;
    if (progress.next === "return")
      return toReturn(rooms.pages, visit.memory.id, progress.returnCode);
    throw new Refusal("not_released");
  } catch (error) {
    const isGone = error instanceof Refusal && error.code === "operator_gone";
    if (!isGone) throw error;
    return giveUpUnlock(rooms, visit, "operator_card_removed");
  }
}

interface Burst {
  readonly holderCard: HeldCard;
  readonly passcode: Secret;
  readonly sealingKey: SealingKey;
  readonly firstRelease: SealedRelease;
}

/** From here the card may change. It is finished whatever becomes of the operator's card, and let go with a reset. */
async function burst(rooms: Rooms, visit: UnlockVisit, order: Burst): Promise<Answer> {
  const { task, memory } = visit;
  try {
    const end = await runBurst({
      ...order,
      task,
      card: order.holderCard,
      serverOrigin: rooms.pages.serverOrigin,
      reports: openReports(rooms, { ceremony: task.ceremony, visit: memory.id }),
      log: rooms.log,
      random: rooms.random,
    });
    return end === "unknown"
      ? unknownOutcomePage(rooms.pages)
      : toReturn(rooms.pages, memory.id, end.returnCode);
  } finally {
    await rooms.cards.endCeremony(task.ceremony);
  }
}

/** Why the operator's card did not sign: ask, or give up. Never a silent second try. */
function explain(
  rooms: Rooms,
  visit: UnlockVisit,
  refused: { readonly signed: Extract<Authorised, { ok: false }>; readonly passcode: Secret },
): Answer | Promise<Answer> {
  const { signed, passcode } = refused;
  switch (signed.reason) {
    case "wants_passcode":
      return askOperator(rooms, visit, { passcode });
    case "wrong":
      return askOperator(rooms, visit, { passcode, error: wrongPasscode(signed.triesLeft) });
    case "bad_format":
      return askOperator(rooms, visit, { passcode, error: WORDS.signIn.badFormat });
    case "blocked":
      return giveUpUnlock(rooms, visit, "card_locked");
    case "card_gone":
      return giveUpUnlock(rooms, visit, "operator_card_removed");
  }
}

/** Keeps the holder's passcode, for a few minutes at most, and asks the operator for theirs. */
function askOperator(
  rooms: Rooms,
  { memory }: UnlockVisit,
  { passcode, error }: { readonly passcode: Secret; readonly error?: string },
): Answer {
  rooms.visits.keepPasscode(memory, passcode);
  if (error !== undefined) memory.notice = { text: error, field: UNLOCK_FIELDS.operatorPasscode };
  return toVisit(memory.id);
}

/** Nothing was released: the holder's card is let go, and the server says why. */
async function giveUpUnlock(
  rooms: Rooms,
  { memory, task }: UnlockVisit,
  reason: RequestOf<"give_up">["reason"],
): Promise<Answer> {
  await rooms.cards.endCeremony(task.ceremony);
  return giveUp(rooms, memory, reason);
}
