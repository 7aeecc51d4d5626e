import { bytesEqual, type Secret, toBase64Url } from "@lanyard/bytes";
import { passcodeGuidance, policySentence } from "@lanyard/identity";
import { CardError, isSendablePasscode, type ReferenceDataOutcome, statusName } from "@lanyard/piv";
import { type CeremonyProgress, LeashLost, Refusal } from "@lanyard/wire";
import type { HeldCard } from "../desk/held-card.ts";
import { isSameCard } from "../desk/same-card.ts";
import type { Answer } from "../http/answer.ts";
import type { FormBytes } from "../http/form-bytes.ts";
import { openTeller } from "../journal/teller.ts";
import { callOnceMore } from "../leash/call-once-more.ts";
import { CHANGE_FIELDS, changePage, unknownChangePage } from "../pages/change.tsx";
import { refusedPage } from "../pages/trouble.tsx";
import { WORDS, wrongPasscode } from "../pages/words.ts";
import { PASSCODE_BYTES_MIN, policyFor, whatIsWrong } from "../passcode/new-passcode.ts";
import type { Rooms } from "../rooms.ts";
import { toReturn, toVisit, visitPath } from "../visits/addresses.ts";
import { giveUp } from "../visits/give-up.ts";
import type { BoundVisit, Notice } from "../visits/visit-memory.ts";
import { type ChangeEnd, runChange } from "./run-change.ts";

type ChangeVisit = BoundVisit<"change">;

/** Where the holder types the present passcode once and the new one twice. */
export function showChange(rooms: Rooms, { memory, task }: ChangeVisit): Answer {
  const policy = policyFor(task);
  return changePage(rooms.pages, {
    action: visitPath(memory.id),
    formToken: memory.formToken,
    task,
    errors: memory.notice === undefined ? [] : [memory.notice],
    rule: policySentence(policy),
    tip: passcodeGuidance(policy),
    isDigitsOnly: policy.alphabet === "digits",
  });
}

/** One press: at most one command that costs a try. */
export async function pressChange(
  rooms: Rooms,
  visit: ChangeVisit,
  form: FormBytes,
): Promise<Answer> {
  const current = form.takeSecret(CHANGE_FIELDS.current);
  const passcode = form.takeSecret(CHANGE_FIELDS.passcode);
  const again = form.takeSecret(CHANGE_FIELDS.again);
  try {
    const wrong = whatIsWrongWith(visit, { current, passcode, again });
    if (wrong !== undefined) return typeAgain(visit, wrong);
    return await change(rooms, visit, { current, passcode });
  } finally {
    for (const secret of [current, passcode, again]) secret.wipe();
  }
}

interface Typed {
  readonly current: Secret;
  readonly passcode: Secret;
}

/** The one thing to put right, or `undefined`: nothing has been sent to the card yet, and no try was used. */
function whatIsWrongWith(
  { task }: ChangeVisit,
  { current, passcode, again }: Typed & { readonly again: Secret },
): Notice | undefined {
  const { change: words, signIn } = WORDS;
  const { current: field } = CHANGE_FIELDS;
  if (current.length === 0) return { text: words.emptyCurrent, field };
  const isPossible = current.length >= PASSCODE_BYTES_MIN && isSendablePasscode(current);
  if (!isPossible) return { text: signIn.badFormat, field };
  const isSame = bytesEqual(current.reveal(), passcode.reveal());
  if (isSame) return { text: words.same, field: CHANGE_FIELDS.passcode };
  return whatIsWrong(task, { passcode, again }, CHANGE_FIELDS);
}

/** The same page with one thing to put right. */
function typeAgain({ memory }: ChangeVisit, notice: Notice): Answer {
  memory.notice = notice;
  return toVisit(memory.id);
}

async function change(rooms: Rooms, visit: ChangeVisit, typed: Typed): Promise<Answer> {
  const { memory, task } = visit;
  const card = await cardReady(rooms, visit);
  if (card === undefined) return giveUp(rooms, memory, "operator_card_removed");
  const attempt = toBase64Url(rooms.random(16));
  const { ceremony } = task;
  const about = { visit: memory.id, attempt };
  // On disk before anything can happen: the server hears of a dead agent as soon as it lives again.
  const will = { ...about, reason: "agent_gone" } as const;
  await rooms.outbox.leaveWill({ ceremony, call: "change_lost", body: will });
  try {
    const progress = await announce(rooms, about);
    if (progress.next !== "go_on") return ended(rooms, visit, progress);
    const tell = openTeller(rooms);
    const { serverOrigin } = rooms.pages;
    const end = await runChange({
      task,
      serverOrigin,
      card,
      ...about,
      ...typed,
      tell,
      log: rooms.log,
    });
    return await explain(rooms, visit, end);
  } catch (error) {
    if (error instanceof LeashLost) {
      // The server may think that it was sent. It was not, and that is told when the leash is back.
      const body = { ...about, reason: "not_sent" } as const;
      void openTeller(rooms)({ ceremony, call: "change_lost", body });
    }
    if (error instanceof Refusal && error.code === "operator_gone")
      return giveUp(rooms, memory, "operator_card_removed");
    throw error;
  } finally {
    rooms.outbox.finish(ceremony);
  }
}

/** The session's own card: the same insertion, connected ever since, and it proves itself again. */
async function cardReady(rooms: Rooms, { task }: ChangeVisit): Promise<HeldCard | undefined> {
  const card = rooms.cards.operatorCard(task.insertion);
  if (card?.isThere !== true) return undefined;
  try {
    const isSame = await card.use((hands) => isSameCard(hands, task.keyHash, rooms.random));
    return isSame ? card : undefined;
  } catch (error) {
    if (error instanceof CardError) return undefined;
    throw error;
  }
}

/** Nothing is sent to the card before the server has this on record. */
function announce(
  rooms: Rooms,
  about: { readonly visit: string; readonly attempt: string },
): Promise<CeremonyProgress> {
  return callOnceMore(rooms, () => rooms.leash.call("change_send", about));
}

function ended(rooms: Rooms, { memory }: ChangeVisit, progress: CeremonyProgress): Answer {
  return progress.next === "return"
    ? toReturn(rooms.pages, memory.id, progress.returnCode)
    : refusedPage(rooms.pages, "visit_over");
}

/** The server's word if it can be had; otherwise what the card itself has said, and never more than that. */
function explain(rooms: Rooms, visit: ChangeVisit, end: ChangeEnd): Answer | Promise<Answer> {
  const { outcome, progress, isProven } = end;
  if (progress !== undefined && progress.next !== "go_on") return ended(rooms, visit, progress);
  if (outcome === "not_sent") return giveUp(rooms, visit.memory, "operator_card_removed");
  if (outcome === "lost" || outcome.effect !== "not_applied")
    return unknownChangePage(rooms.pages, isProven ? "set" : "unknown");
  return typeAgain(visit, { text: whyRefused(outcome), field: CHANGE_FIELDS.current });
}

function whyRefused({ blocked, triesLeft, statusWord }: ReferenceDataOutcome): string {
  if (blocked === true) return WORDS.change.blocked;
  const isWrong = triesLeft !== undefined || statusName(statusWord) === "verification_failed";
  return isWrong ? wrongPasscode(triesLeft) : WORDS.change.refused;
}
