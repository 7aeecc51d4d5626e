import type { SessionEndReason } from "@lanyard/identity";

export const WORDS = {
  title: "You are signed out",
  unknown: "You are not signed in, or your session has ended.",
  again: "Sign in again",
} as const;

/** Why the session ended. */
export const SESSION_ENDS = {
  signed_out: "You signed out. You can take your card out now.",
  card_removed: "Your card was taken out of the reader. That ends the session at once.",
  agent_silent: "The card agent of this PC stopped answering, so the session was ended.",
  proof_failed:
    "Your card could not prove that it was still in the reader, so the session was ended.",
  idle: "The session was not used for a while, so it was ended.",
  absolute_limit: "The session had lasted as long as a session may.",
  replaced: "Somebody signed in at this PC after you, which ended your session.",
  desk_revoked:
    "This PC may no longer be used with Lanyard, so the session was ended. Ask your registration authority.",
  card_ended: "Your card or your account may no longer be used here.",
} as const satisfies Record<SessionEndReason, string>;
