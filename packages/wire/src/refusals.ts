/**
 * Why a call on the leash was refused: the code is the contract, the sentence is for the person at the desk. One row
 * each, used by server and agent alike.
 */
export const REFUSALS = {
  protocol_unsupported:
    "This PC's card agent and the server are of different versions. Update the agent.",
  desk_unknown: "This PC is not enrolled with the server. Ask your registration authority.",
  desk_revoked: "This PC may no longer be used. Ask your registration authority.",
  enrolment_code_wrong:
    "This code is not right, or it has been used or has expired. Check it, or ask for a new one.",
  desk_key_invalid: "This PC could not prove its identity to the server.",
  visit_unknown: "This page has expired. Go back to Lanyard and start again.",
  visit_taken:
    "This page was opened at another PC or in another tab. Go back to Lanyard and start again.",
  visit_not_bound:
    "This browser did not start this. Nothing was done. Go back to Lanyard and start again.",
  visit_over: "This has been finished already. Go back to Lanyard to see how it ended.",
  wrong_desk: "You are signed in at another PC. Sign in here first.",
  operator_gone: "The operator's card was taken out, so the session has ended.",
  card_not_genuine: "This card was not issued by a registration authority that this service knows.",
  card_unknown: "This service has no record of this card. Ask your registration authority.",
  card_expired:
    "This card's certificates have expired. Ask your registration authority to repair it.",
  card_cancelled:
    "This card has been cancelled and cannot be used. Ask your registration authority.",
  card_locked: "This card is locked. Ask somebody who may unlock smartcards to unlock it.",
  person_closed: "The account this card belongs to is closed. Ask your registration authority.",
  signature_invalid: "The card's signature was not valid.",
  card_not_ready: "The card was taken out or cannot be read. Put it in again.",
  card_busy: "Another program is using the card. Close it and try again.",
  security_status: "The card wants its passcode again.",
  not_released: "The server did not release this card for unlocking.",
  ceremony_running: "This is being done already, in another window. Look there how it ends.",
  internal: "Something went wrong at the server. Nothing more was done.",
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** A call that the other side would not do. Expected; carries a row of {@link REFUSALS}. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string = REFUSALS[code]) {
    super(message);
    this.code = code;
  }
}

export function isRefusalCode(code: string): code is RefusalCode {
  return Object.hasOwn(REFUSALS, code);
}
