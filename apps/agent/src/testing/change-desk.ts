import {
  beginChange,
  CHANGE_KIND,
  type Change,
  type ChangeEvent,
  freshRegisters,
  isUnderWay,
  standingOf,
  stepChange,
} from "@lanyard/identity";
import { statusEffect, statusName, triesLeftFrom } from "@lanyard/piv";
import { type CeremonyProgress, type ChangeTask, Refusal, statements } from "@lanyard/wire";
import { newCode, newNonce, type ScriptedVisit } from "./scripted-server.ts";
import type { Reply } from "./test-browser.ts";
import type { IssuedCard } from "./test-cards.ts";
import type { TestDesk } from "./test-desk.ts";
import { OPERATOR, signIn } from "./unlock-desk.ts";
import { isSignature } from "./unlock-script.ts";

/** A holder signed in with their own card, and the page where passcodes are typed. */
export interface ChangeDesk {
  readonly desk: TestDesk;
  readonly holder: IssuedCard;
  readonly insertion: string;
  readonly visit: ScriptedVisit;
  readonly task: ChangeTask;
  readonly path: string;
  readonly page: Reply;
  readonly script: ChangeScript;
  press(page: Reply, typed?: Partial<Typed>): Promise<Reply>;
  stored(): string;
}

interface Typed {
  readonly current: string;
  readonly passcode: string;
  readonly again: string;
}

/** The server as a test plays it, on the real table. */
export interface ChangeScript {
  state: Change;
  /** What the agent told, in order. */
  readonly told: string[];
  /** Runs before the reply to each call: to pull a card, or cut the line. */
  before: (call: string) => void | Promise<void>;
}

const PROFILE = {
  name: "care",
  passcodeRule: "alphanumeric-4-8",
  passcodeTries: 3,
  pukTries: 15,
  pukChangeable: true,
  pukTriesComeBack: true,
  hint: false,
} as const;

export const CHANGED = "t8w3kf";

export async function startChange(
  desk: TestDesk,
  change: Partial<ChangeTask> = {},
): Promise<ChangeDesk> {
  const { operator: holder, operatorInsertion: insertion } = await signIn(desk);
  const visit = desk.server.newVisit();
  const path = `/t/${visit.id}`;
  await desk.browser.go(path);
  const task: ChangeTask = {
    purpose: "change",
    ceremony: newCode(),
    holder: { name: "Sam Reed", careId: holder.careId, cardSerial: holder.serial },
    insertion,
    keyHash: holder.keyHash,
    policy: { site: "care-4-8", cardRule: "alphanumeric-4-8" },
    tokens: { names: ["Sam", "Reed"], dateOfBirth: "1984-03-17", numbers: [], codes: [] },
    doneNonce: newNonce(),
    ...change,
  };
  visit.state = "bound";
  visit.task = task;
  const script = scriptChange(desk, { visit, task, holder });
  const page = await desk.browser.go(path);
  return {
    ...{ desk, holder, insertion, visit, task, path, page, script },
    press: (
      { token },
      { current = OPERATOR.passcode, passcode = CHANGED, again = passcode } = {},
    ) =>
      desk.browser.press(path, {
        token,
        press: "confirm",
        "current-passcode": current,
        "new-passcode": passcode,
        "new-passcode-again": again,
      }),
    stored: () => holder.card.state.passcode.value,
  };
}

function scriptChange(
  desk: TestDesk,
  { visit, task, holder }: Pick<ChangeDesk, "visit" | "task" | "holder">,
): ChangeScript {
  const script: ChangeScript = { state: beginChange(), told: [], before: () => undefined };
  const { handlers } = desk.server;
  const step = async (said: string, event: ChangeEvent): Promise<CeremonyProgress> => {
    script.told.push(said);
    await script.before(said.split(" ")[0] ?? "");
    const context = { ceremony: script.state, registers: freshRegisters(15), profile: PROFILE };
    const outcome = stepChange(context, event);
    script.state = outcome?.ceremony ?? script.state;
    const isOver = !isUnderWay(standingOf(CHANGE_KIND, script.state));
    return isOver ? { next: "return", ...desk.server.end(visit.id) } : { next: "go_on" };
  };
  let announced = "";
  handlers.change_send = async ({ attempt }) => {
    const isRepeat = announced === attempt;
    if (!isRepeat && script.state.phase !== "begun") throw new Refusal("ceremony_running");
    announced = attempt;
    return step("send", { type: "sending" });
  };
  handlers.change_report = ({ status, lost }) =>
    step(`report ${lost ? "lost" : status.toString(16)}`, meaningOf(status, lost));
  handlers.change_lost = ({ reason }) =>
    step(`lost ${reason}`, reason === "not_sent" ? { type: reason } : { type: "lost", reason });
  handlers.change_prove = ({ signature }) => {
    const statement = statements.changeDone({
      origin: desk.server.origin,
      ceremony: task.ceremony,
      careId: task.holder.careId,
      nonce: task.doneNonce,
    });
    const isValid = isSignature(holder.keys["9a"], statement, signature);
    return step(`prove ${isValid}`, { type: isValid ? "proof_valid" : "proof_invalid" });
  };
  return script;
}

function meaningOf(status: number, lost: boolean): ChangeEvent {
  const effect = lost ? "unknown" : statusEffect(status);
  if (effect === "applied") return { type: "applied" };
  if (effect !== "not_applied") return { type: "lost", reason: "answer_lost" };
  const isBlocked = statusName(status) === "authentication_method_blocked";
  const triesLeft = isBlocked ? 0 : triesLeftFrom(status);
  return triesLeft === undefined
    ? { type: "refused", passcode: statusName(status) === "incorrect_data" }
    : { type: "wrong_passcode", triesLeft };
}
