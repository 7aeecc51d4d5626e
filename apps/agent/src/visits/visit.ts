import { LeashLost, Refusal, type Task } from "@lanyard/wire";
import { pressChange, showChange } from "../change/change.ts";
import type { Answer } from "../http/answer.ts";
import type { FormBytes } from "../http/form-bytes.ts";
import { nameOf } from "../leash/line.ts";
import {
  internalPage,
  leashDownPage,
  oldFormPage,
  refusedPage,
  tooManyPage,
} from "../pages/trouble.tsx";
import type { Rooms } from "../rooms.ts";
import { pressSignIn, showSignIn } from "../sign-in/sign-in.ts";
import { pressUnlock, showUnlock } from "../unlock/unlock.ts";
import { toBind, visitPath } from "./addresses.ts";
import { giveUp } from "./give-up.ts";
import type { VisitMemory } from "./visit-memory.ts";

/** GET /t/<visit>. Nothing happens on a GET but the claim, once. */
export async function openVisit(rooms: Rooms, visit: string): Promise<Answer> {
  const known = rooms.visits.find(visit);
  if (known?.running !== undefined) return known.running;
  if (known?.ending !== undefined) return known.ending;
  if (known === undefined && !rooms.unknownVisits.hasRoom()) return tooManyPage(rooms.pages);
  return explained(rooms, visit, () => lookUp(rooms, visit));
}

async function lookUp(rooms: Rooms, visit: string): Promise<Answer> {
  const status = await statusOf(rooms, visit);
  if (status === undefined) return claim(rooms, visit);
  if (status.state === "claimed")
    return rooms.visits.find(visit)?.isBounced === true
      ? refusedPage(rooms.pages, "visit_not_bound")
      : claim(rooms, visit);
  return taskRoom(rooms, rooms.visits.of(visit), status.task).show();
}

/** Where a task's page is, and what a press there does. One row for each purpose. */
function taskRoom(rooms: Rooms, memory: VisitMemory, task: Task): TaskRoom {
  switch (task.purpose) {
    case "sign_in":
      return {
        show: () => showSignIn(rooms, { memory, task }),
        press: (form) => pressSignIn(rooms, { memory, task }, form),
      };
    case "unlock":
      return {
        show: () => showUnlock(rooms, { memory, task }),
        press: (form) => pressUnlock(rooms, { memory, task }, form),
      };
    case "change":
      return {
        show: () => showChange(rooms, { memory, task }),
        press: (form) => pressChange(rooms, { memory, task }, form),
      };
  }
}

interface TaskRoom {
  show(): Answer;
  press(form: FormBytes): Promise<Answer>;
}

type Status = Awaited<ReturnType<typeof askStatus>>;

function askStatus(rooms: Rooms, visit: string) {
  return rooms.leash.call("visit_status", { visit });
}

/** `undefined`: no desk has claimed it yet, or there is no such visit. */
async function statusOf(rooms: Rooms, visit: string): Promise<Status | undefined> {
  try {
    return await askStatus(rooms, visit);
  } catch (error) {
    if (error instanceof Refusal && error.code === "visit_unknown") return undefined;
    throw error;
  }
}

/** Claims the visit for this desk and sends the browser to be recognised: bind before passcode. */
async function claim(rooms: Rooms, visit: string): Promise<Answer> {
  try {
    const { bindSecret } = await rooms.leash.call("claim", { visit });
    rooms.visits.of(visit).isBounced = true;
    return toBind(rooms.pages, visit, bindSecret);
  } catch (error) {
    if (error instanceof Refusal) rooms.unknownVisits.take();
    throw error;
  }
}

/**
 * POST /t/<visit>. A form is good for one press: the same form pressed again gets the first press's answer, and nothing
 * is done twice.
 */
export function pressVisit(rooms: Rooms, visit: string, form: FormBytes): Promise<Answer> {
  const memory = rooms.visits.find(visit);
  const token = form.text("token");
  if (memory === undefined || token === undefined)
    return Promise.resolve(oldFormPage(rooms.pages, visitPath(visit)));
  const before = memory.presses.get(token);
  if (before !== undefined) return before;
  if (token !== memory.formToken || memory.running !== undefined)
    return Promise.resolve(oldFormPage(rooms.pages, visitPath(visit)));
  rooms.visits.renew(memory);
  memory.notice = undefined;
  const answer = explained(rooms, visit, () => press(rooms, memory, form)).then((ended) => {
    memory.running = undefined;
    if (ended.kind === "redirect") memory.ending = ended;
    return ended;
  });
  memory.running = answer;
  remember(memory, token, answer);
  return answer;
}

/** Older presses than this belong to pages that nobody has open any more. */
const PRESSES_MAX = 32;

function remember(memory: VisitMemory, token: string, answer: Promise<Answer>): void {
  memory.presses.set(token, answer);
  for (const oldest of memory.presses.keys()) {
    if (memory.presses.size <= PRESSES_MAX) return;
    memory.presses.delete(oldest);
  }
}

async function press(rooms: Rooms, memory: VisitMemory, form: FormBytes): Promise<Answer> {
  const status = await askStatus(rooms, memory.id);
  if (status.state !== "bound") return refusedPage(rooms.pages, "visit_not_bound");
  const { task } = status;
  if (form.text("press") === "cancel") return giveUp(rooms, memory, "cancelled");
  return taskRoom(rooms, memory, task).press(form);
}

/** The browser has got the last answer: from now on the server says how things stand. */
export function delivered(rooms: Rooms, visit: string, answer: Answer): void {
  const memory = rooms.visits.find(visit);
  if (memory?.ending === answer) memory.ending = undefined;
}

/** Whatever goes wrong becomes a page that says what to do. */
async function explained(
  rooms: Rooms,
  visit: string,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return refusedPage(rooms.pages, error.code);
    if (error instanceof LeashLost) return leashDownPage(rooms.pages, visitPath(visit));
    rooms.log.error({ error: nameOf(error) }, "visit.failed");
    return internalPage(rooms.pages);
  }
}
