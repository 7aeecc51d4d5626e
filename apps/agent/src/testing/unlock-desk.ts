import { createHash } from "node:crypto";
import { Secret, utf8Bytes } from "@lanyard/bytes";
import { openPivSession } from "@lanyard/piv";
import { createVirtualReader, openVirtualSession } from "@lanyard/virtual-card";
import type { ReplyOf } from "@lanyard/wire";
import { newCode, newNonce, type ScriptedVisit } from "./scripted-server.ts";
import type { Reply } from "./test-browser.ts";
import { type CardWish, type IssuedCard, issueCard } from "./test-cards.ts";
import { HOLDER_READER, OPERATOR_READER, type TestDesk } from "./test-desk.ts";
import { scriptUnlock, type UnlockPlan, type UnlockScript } from "./unlock-script.ts";

export const OPERATOR = {
  careId: "555083916274",
  serial: "LT1",
  passcode: "r7k2mz",
  puk: "Kx7mQ2pZ",
} as const;
export const HOLDER = {
  careId: "555012345678",
  serial: "LT2",
  passcode: "h4v9qd",
  puk: "aaBB1122",
} as const;
export const NEXT_PUK = "ccDD3344";
export const NEW_PASSCODE = "t8w3kf";
export const SESSION = createHash("sha256").update("session").digest("hex");

/** A passcode or PUK as a virtual card's state has it. */
export const storedForm = (text: string): string =>
  Buffer.from(text.padEnd(8, "\u{ff}"), "latin1").toString("hex");

/** An operator signed in, a locked card proven, the passcode page open. */
export interface UnlockDesk {
  readonly desk: TestDesk;
  readonly operator: IssuedCard;
  readonly holder: IssuedCard;
  readonly holderInsertion: string;
  readonly visit: ScriptedVisit;
  readonly path: string;
  readonly script: UnlockScript;
  readonly page: Reply;
  readonly proofNonce: string;
  readonly proof: ReplyOf<"card_prove">;
  confirm(page: Reply, passcode?: string, again?: string): Promise<Reply>;
  authorise(page: Reply, passcode: string): Promise<Reply>;
  /** How often a release was asked for. */
  authorisations(): readonly unknown[];
  holderPasscode(): string;
  holderPuk(): string;
}

export type UnlockWish = Partial<UnlockPlan> & { readonly wish?: Partial<CardWish> };

export async function startUnlock(desk: TestDesk, plan: UnlockWish = {}): Promise<UnlockDesk> {
  const holder = await issueCard({ ...HOLDER, ...plan.wish });
  await lock(holder);
  const { operator, operatorInsertion } = await signIn(desk);
  const holderInsertion = await desk.readers.insert(HOLDER_READER, holder.card);
  await cardsIn(desk, 2);
  const ceremony = newCode();
  const proofNonce = newNonce();
  const proof = await desk.server.call("card_prove", {
    ceremony,
    insertion: holderInsertion,
    nonce: proofNonce,
  });
  const visit = desk.server.newVisit();
  const path = `/t/${visit.id}`;
  await desk.browser.go(path);
  const script = scriptUnlock({
    server: desk.server,
    ...{ visit, holder, holderInsertion, operator, operatorInsertion, ceremony },
    candidates: [HOLDER.puk],
    next: NEXT_PUK,
    ...plan,
  });
  const page = await desk.browser.go(path);
  return {
    ...{ desk, operator, holder, holderInsertion, visit, path, script, page, proofNonce, proof },
    ...pressesAt(desk, path),
    authorisations: () =>
      desk.server.calls.flatMap(({ call, body }) => (call === "unlock_authorise" ? [body] : [])),
    holderPasscode: () => holder.card.state.passcode.value,
    holderPuk: () => holder.card.state.puk.value,
  };
}

function pressesAt(desk: TestDesk, path: string): Pick<UnlockDesk, "confirm" | "authorise"> {
  return {
    confirm: ({ token }, passcode = NEW_PASSCODE, again = passcode) =>
      desk.browser.press(path, {
        token,
        press: "confirm",
        "new-passcode": passcode,
        "new-passcode-again": again,
      }),
    authorise: ({ token }, passcode) =>
      desk.browser.press(path, { token, press: "authorise", "operator-passcode": passcode }),
  };
}

export async function cardsIn(desk: TestDesk, count: number): Promise<void> {
  await desk.server.seeing(
    ({ readers }) => readers.filter(({ state }) => state === "card").length === count,
  );
}

/** Signs the operator in and begins a session on their card. */
export async function signIn(
  desk: TestDesk,
): Promise<{ readonly operator: IssuedCard; readonly operatorInsertion: string }> {
  const operator = await issueCard(OPERATOR);
  const operatorInsertion = await desk.readers.insert(OPERATOR_READER, operator.card);
  await cardsIn(desk, 1);
  const visit = desk.server.newVisit();
  await desk.browser.go(`/t/${visit.id}`);
  visit.state = "bound";
  visit.task = { purpose: "sign_in", nonce: newNonce() };
  const { token } = await desk.browser.go(`/t/${visit.id}`);
  await desk.browser.press(`/t/${visit.id}`, {
    token,
    press: "confirm",
    card: operatorInsertion,
    passcode: OPERATOR.passcode,
  });
  await desk.server.call("session_begin", { session: SESSION, insertion: operatorInsertion });
  return { operator, operatorInsertion };
}

/** Three wrong passcodes, as a holder would. */
async function lock({ card }: IssuedCard): Promise<void> {
  const reader = createVirtualReader("locking");
  reader.insert(card);
  const session = openVirtualSession(reader);
  const piv = await openPivSession(session);
  for (let count = 0; count < 3; count += 1) await piv.verify(new Secret(utf8Bytes("q1w9xx")));
  await session.close();
  reader.remove();
}
