import { z } from "zod";
import {
  base64,
  cardSignature,
  careId,
  certificate,
  insertion,
  nonce,
  readerName,
  sha256Hex,
  signatureAlgorithm,
  statusWord,
  token,
} from "./shapes.ts";

/** Both halves must speak the same one; anything else is told to update. */
export const LEASH_PROTOCOL = 1;

/** A message is this many bytes at most; a longer one ends the leash. */
export const LEASH_MAX_BYTES = 64 * 1024;

/** Heartbeat: the server pings, and asks for a presence proof, this often; silence this long is an end. */
export const LEASH_TIMES = { heartbeatMs: 10_000, silenceMs: 30_000, callMs: 15_000 } as const;

/** What the agent sees in one reader. `reading`: a card is in and is being recognised. */
export const readerView = z.discriminatedUnion("state", [
  z.object({ name: readerName, state: z.literal("empty") }),
  z.object({ name: readerName, state: z.literal("reading"), insertion }),
  /** The card does not answer: upside down, dirty or broken. */
  z.object({ name: readerName, state: z.literal("mute"), insertion }),
  /** It answers, but not as a PIV card. */
  z.object({ name: readerName, state: z.literal("foreign"), insertion }),
  /** A PIV card. `certificate`: its 9E certificate, DER in base64; it proves nothing yet. */
  z.object({ name: readerName, state: z.literal("card"), insertion, certificate }),
]);

export type ReaderView = z.infer<typeof readerView>;

export const deskView = z.object({
  /** Whether the PC's smartcard service answers. */
  service: z.enum(["up", "down"]),
  readers: z.array(readerView).max(16),
});

export type DeskView = z.infer<typeof deskView>;

/** Whose data the passcode policy compares with. Memory only, on both sides; never logged. */
export const holderTokens = z.object({
  names: z.array(z.string().max(200)).max(20),
  dateOfBirth: z.string().max(10),
  numbers: z.array(z.string().max(64)).max(20),
  codes: z.array(z.string().max(64)).max(20),
});

/** The person a card belongs to, and the card, as the agent's page names them. */
const holder = z.object({ name: z.string().max(400), careId, cardSerial: z.string().max(64) });

/** Names of the site's rule and of what the card takes: the agent has the rules. */
const policy = z.object({ site: z.string().max(40), cardRule: z.string().max(40) });

/** What the agent's page is to do, once the visit is bound to the browser. One row for each kind of ceremony. */
export const task = z.discriminatedUnion("purpose", [
  z.object({ purpose: z.literal("sign_in"), nonce }),
  z.object({
    purpose: z.literal("unlock"),
    /** The ceremony's id: what every statement of it names. */
    ceremony: token,
    holder,
    /** The holder's card: this insertion and this key, or nothing. */
    insertion,
    keyHash: sha256Hex,
    operator: z.object({ name: z.string().max(400), insertion }),
    locked: z.boolean(),
    policy,
    tokens: holderTokens,
    evidence: z.string().max(40),
    pukChangeable: z.boolean(),
    /** Whether the server keeps a hint on this card; see `unlock_hint`. */
    hint: z.boolean(),
    authoriseNonce: nonce,
    doneNonce: nonce,
    /** `press`: the press on the agent's page, signed with 9A. `passcode`: the operator's passcode too, signed with 9C. */
    authorise: z.enum(["press", "passcode"]),
  }),
  z.object({
    purpose: z.literal("change"),
    ceremony: token,
    holder,
    /** The session's own card: this insertion and this key, or nothing. */
    insertion,
    keyHash: sha256Hex,
    policy,
    tokens: holderTokens,
    doneNonce: nonce,
  }),
]);

export type Task = z.infer<typeof task>;
export type UnlockTask = Extract<Task, { purpose: "unlock" }>;
export type ChangeTask = Extract<Task, { purpose: "change" }>;

/** Web eID's authentication token, as `format` says. Claims in it are trusted for nothing [WEB-EID]. */
export const webEidToken = z.object({
  format: z.literal("web-eid:1.0"),
  unverifiedCertificate: certificate,
  algorithm: signatureAlgorithm,
  signature: base64(512),
  appVersion: z.string().max(200),
});

export type WebEidToken = z.infer<typeof webEidToken>;

/** PUKs sealed with HPKE: the encapsulated key and the ciphertext, base64. */
export const sealedRelease = z.object({
  step: z.enum(["first", "second"]),
  enc: base64(64),
  ciphertext: base64(256),
});

export type SealedRelease = z.infer<typeof sealedRelease>;

/** Why the agent gave a visit up before the card was asked for anything irreversible. */
export const giveUpReason = z.enum([
  "cancelled",
  "operator_card_removed",
  "holder_card_removed",
  "too_many_cards",
  "card_locked",
  "card_unreadable",
  "timed_out",
]);

const goOn = z.object({ next: z.literal("go_on") });

/** It is over; the browser goes back with this code and the server's page tells the outcome. */
const goBack = z.object({ next: z.literal("return"), returnCode: token });

/** It is over and no browser waits for it any more: the report was noted. */
const over = z.object({ next: z.literal("over") });

/** Where a ceremony stands after a report, for the agent's next step. */
export const ceremonyProgress = z.discriminatedUnion("next", [goOn, goBack, over]);

export type CeremonyProgress = z.infer<typeof ceremonyProgress>;

/** The same of an unlock, where a PUK may come with it. */
export const unlockProgress = z.discriminatedUnion("next", [
  goOn,
  z.object({ next: z.literal("open"), release: sealedRelease }),
  goBack,
  over,
]);

export type UnlockProgress = z.infer<typeof unlockProgress>;

/** How to write the hint: the management key's answer to the card's challenge, and the whole object. Base64. */
export const hintOrder = z.object({ response: base64(16), object: base64(64) });

export type HintOrder = z.infer<typeof hintOrder>;

const nothing = z.object({});

/**
 * Every call on the leash: who may make it, what it carries, what comes back. A refusal may come back instead of any
 * reply: `{ code, message }`. Both halves are typed by this table.
 */
export const LEASH_CALLS = {
  /** First, from the server: who are you? Signed with the desk's device key over nonce and origin. */
  hello: {
    from: "server",
    request: z.object({ protocol: z.number().int(), nonce }),
    reply: z.object({
      protocol: z.number().int(),
      deskName: z.string().max(200),
      agentVersion: z.string().max(50),
      /** DER SubjectPublicKeyInfo, P-256, base64. */
      deskKey: base64(256),
      /** Raw r||s over `statements.deskHello`, base64. */
      signature: base64(64),
      /**
       * A one-time code's proof, from a desk that is to be enrolled by it. The code itself never travels: its key (see
       * `crypto`) signs `statements.deskEnrol`, Ed25519, base64.
       */
      enrolment: z
        .object({ handle: z.string().regex(/^[0-9A-Z]{2}$/), signature: base64(64) })
        .optional(),
    }),
  },
  /** The agent's readers, whole, on every change and once after hello. */
  desk_view: { from: "agent", request: deskView, reply: nothing },
  /** The browser came to the agent with this visit. */
  claim: {
    from: "agent",
    request: z.object({ visit: token }),
    reply: z.object({ bindSecret: token }),
  },
  /** Asked on every page load: has the right browser been bound, and what is to be done? */
  visit_status: {
    from: "agent",
    request: z.object({ visit: token }),
    reply: z.discriminatedUnion("state", [
      z.object({ state: z.literal("claimed") }),
      z.object({ state: z.literal("bound"), task }),
    ]),
  },
  /** Nothing was done. The browser goes back with the code and the server says why. */
  give_up: {
    from: "agent",
    request: z.object({ visit: token, reason: giveUpReason }),
    reply: z.object({ returnCode: token }),
  },
  sign_in: {
    from: "agent",
    request: z.object({ visit: token, insertion, token: webEidToken }),
    reply: z.object({ returnCode: token }),
  },
  /** The operator's card signed `statements.unlockAuthorise`. The reply is the first release. */
  unlock_authorise: {
    from: "agent",
    request: z.object({
      visit: token,
      /** Raw X25519 public key, base64. */
      ephemeralKey: base64(32),
      slot: z.enum(["9A", "9C"]),
      signature: cardSignature,
    }),
    reply: unlockProgress,
  },
  /**
   * What the holder's card answered. `lost`: no answer came, `status` is then meaningless and 0. Told again until it is
   * answered, also after the visit is over.
   */
  unlock_report: {
    from: "agent",
    request: z.object({
      visit: token,
      step: z.enum(["reset", "hint", "rotate"]),
      /** Which released PUK it answers to: the first, or the other candidate. Tells a repeat from a second try. */
      attempt: z.number().int().min(1).max(2),
      status: statusWord,
      lost: z.boolean(),
    }),
    reply: unlockProgress,
  },
  /**
   * The holder's card took the PUK and gave a challenge for its management key. The reply answers it, once in an unlock,
   * and says what to write into the hint object. The key itself never leaves the server.
   */
  unlock_hint: {
    from: "agent",
    request: z.object({ visit: token, challenge: base64(16) }),
    reply: hintOrder,
  },
  /** Within `puk_rotate`: the card signed `statements.rotation`. The reply is what to do it with, once. */
  rotation_release: {
    from: "agent",
    request: z.object({
      rotation: token,
      ephemeralKey: base64(32),
      signature: cardSignature,
      /** Of the card's management key, where a hint is to be written. */
      challenge: base64(16).optional(),
      /** The card's hint object as it is. */
      hint: base64(64).optional(),
    }),
    reply: z.object({ release: sealedRelease, hint: hintOrder.optional() }),
  },
  /** The holder's card signed `statements.unlockDone` with 9A after VERIFY with the new passcode. */
  unlock_prove: {
    from: "agent",
    request: z.object({ visit: token, signature: cardSignature }),
    reply: unlockProgress,
  },
  /** The burst could not be finished; what was reported stands. */
  unlock_lost: {
    from: "agent",
    request: z.object({
      visit: token,
      /** `agent_gone`: the agent died in the middle of it, and says so once it runs again. */
      reason: z.enum(["holder_card_removed", "answer_lost", "proof_missing", "agent_gone"]),
    }),
    reply: unlockProgress,
  },
  /**
   * The card is about to get its new passcode. Sent before the command, so that whatever happens then is known to have
   * been possible. `attempt`: new for each press, so that the same one told again is not another.
   */
  change_send: {
    from: "agent",
    request: z.object({ visit: token, attempt: token }),
    reply: ceremonyProgress,
  },
  /** What the card answered to CHANGE REFERENCE DATA. `lost`: no answer came, `status` is then meaningless and 0. */
  change_report: {
    from: "agent",
    request: z.object({ visit: token, attempt: token, status: statusWord, lost: z.boolean() }),
    reply: ceremonyProgress,
  },
  /** The card signed `statements.changeDone` with 9A after VERIFY with the new passcode. */
  change_prove: {
    from: "agent",
    request: z.object({ visit: token, signature: cardSignature }),
    reply: ceremonyProgress,
  },
  /** The change could not be finished; what was reported of this attempt stands. */
  change_lost: {
    from: "agent",
    request: z.object({
      visit: token,
      attempt: token,
      /**
       * `not_sent`: it was announced, and nothing was sent to the card. `agent_gone`: the agent died in the middle of it,
       * and says so once it runs again.
       */
      reason: z.enum(["not_sent", "holder_card_removed", "proof_missing", "agent_gone"]),
    }),
    reply: ceremonyProgress,
  },
  /** The holder's card: prove with 9E that you are here; and how does your passcode stand? Keeps the card connected. */
  card_prove: {
    from: "server",
    request: z.object({ ceremony: token, insertion, nonce }),
    reply: z.object({
      certificate,
      signature: cardSignature,
      /** VERIFY with no data: tries left, or blocked [PIV-2 §3.2.1]. */
      passcode: z.discriminatedUnion("state", [
        z.object({ state: z.literal("blocked") }),
        z.object({ state: z.literal("tries_left"), triesLeft: z.number().int().min(0).max(15) }),
        z.object({ state: z.literal("unknown") }),
      ]),
      /** The card's hint object as it is; a card without one has none. */
      hint: base64(64).optional(),
    }),
  },
  /** The ceremony is over or was given up: let the holder's card go. */
  card_release: { from: "server", request: z.object({ ceremony: token }), reply: nothing },
  /** A session hangs on this card now: keep it connected until `session_end`. */
  session_begin: {
    from: "server",
    request: z.object({ session: sha256Hex, insertion }),
    reply: nothing,
  },
  /** The card of a session that has just begun: change its PUK once more. What it answered comes back. */
  puk_rotate: {
    from: "server",
    request: z.object({
      rotation: token,
      insertion,
      keyHash: sha256Hex,
      nonce,
      hint: z.boolean(),
    }),
    reply: z.object({ status: statusWord, lost: z.boolean(), hint: statusWord.optional() }),
  },
  session_end: { from: "server", request: z.object({ session: sha256Hex }), reply: nothing },
  /** Are you still there? 9E; after a reconnect 9A, which fails if the card lost power meanwhile. */
  presence: {
    from: "server",
    request: z.object({ session: sha256Hex, nonce, slot: z.enum(["9E", "9A"]) }),
    reply: z.object({ signature: cardSignature }),
  },
} as const;

export type LeashCalls = typeof LEASH_CALLS;
export type LeashCall = keyof LeashCalls;
export type LeashSide = "agent" | "server";

/** The calls one side may make. */
export type CallsFrom<Side extends LeashSide> = {
  [Call in LeashCall]: LeashCalls[Call]["from"] extends Side ? Call : never;
}[LeashCall];

export type RequestOf<Call extends LeashCall> = z.infer<LeashCalls[Call]["request"]>;
export type ReplyOf<Call extends LeashCall> = z.infer<LeashCalls[Call]["reply"]>;

/** What this side answers, one handler for each call the other side may make. */
export type LeashHandlers<Side extends LeashSide> = {
  readonly [Call in CallsFrom<Side extends "agent" ? "server" : "agent">]: (
    request: RequestOf<Call>,
  ) => Promise<ReplyOf<Call>>;
};
