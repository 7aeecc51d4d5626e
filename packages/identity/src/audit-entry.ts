import { fromHex, toHex, utf8Bytes } from "@lanyard/bytes";
import type { AuditKeys } from "./audit-ports.ts";

/** Every kind of entry, one row each: what it says happened. The key is part of the record and never changes meaning. */
export const AUDIT_ACTIONS = {
  "desk.code_made": "A one-time code to enrol a desk was made",
  "desk.code_refused": "A desk gave a proof that was not of the one-time code it named",
  "desk.enrolled": "A desk's device key was enrolled",
  "desk.request_refused": "A desk that asked to be let in was refused",
  "desk.renamed": "A desk was given another name",
  "desk.revoked": "A desk was shut out",
  "desk.refused": "A revoked desk tried to connect",
  "notice.given_up": "A mail to a holder could not be delivered, and is not tried any more",
  "session.started": "An operator signed in with their smartcard",
  "session.refused": "A sign-in was refused",
  "session.ended": "A session ended",
  "person.viewed": "A person's profile was opened",
  "card.proven": "A card proved at a desk that it is genuine and present",
  "card.refused": "A card was refused at a desk",
  "card.try_granted":
    "A supervisor let a frozen card be tried once more, at the PUK before or after",
  "card.rotation_released":
    "The card signed for a change of its PUK at a sign-in; both PUKs were released, sealed, to the desk",
  "card.rotation_ended":
    "The card answered to the change of its PUK at a sign-in, or nobody knows what it did",
  "card.incident":
    "A card did not hold the PUK it should: somebody changed it, at the named desk or elsewhere",
  "unlock.confirmed": "The operator confirmed who the holder is, and by what evidence",
  "unlock.chosen": "The operator chose to unlock; the browser was sent to the desk's agent",
  "unlock.released":
    "The operator's card authorised an unlock; the card's PUK was released, sealed, to the desk",
  "unlock.seal_refused": "A release was not sealed: a proof it rests on was not found",
  "unlock.pin_set": "The card accepted the PUK and took the new passcode",
  "unlock.hint_given":
    "The server answered the card's challenge, so that the hint could be written",
  "unlock.hint_answered": "The card answered to the writing of its hint",
  "unlock.rotated": "The card answered to the change of its PUK",
  "unlock.puk_refused": "The card refused to take the new passcode",
  "unlock.verified": "The card signed with the new passcode: unlocked",
  "unlock.aborted": "An unlock ended with nothing changed on the card",
  "unlock.uncertain": "An unlock was not finished: the card may or may not have changed",
  "unlock.settled": "A later signature settled an unfinished unlock",
  "secrets.key_added": "A new version of the master key was made",
  "secrets.split": "A master key version was split into shares",
  "secrets.break_glass": "A card's PUK was computed from shares, outside every ceremony",
  "audit.viewed": "The record itself was searched, looked into or exported",
  "change.started": "A holder asked to change the passcode of their own card",
  "change.sent": "The agent was about to send the change of the passcode to the card",
  "change.not_sent": "The change was not sent to the card after all",
  "change.refused": "The card refused the change: the old passcode was wrong",
  "change.set": "The card took the new passcode",
  "change.changed": "The card signed with the new passcode: changed",
  "change.aborted": "A change of passcode ended with nothing changed on the card",
  "change.uncertain": "A change of passcode was not finished: the card may or may not have changed",
  "change.settled": "A later signature settled an unfinished change of passcode",
} as const;

export type AuditAction = keyof typeof AUDIT_ACTIONS;

/** What happened, before it becomes bytes. No secrets; what is personal goes into `personal` and only there. */
export interface AuditFact extends Omit<AuditKeys, "action"> {
  readonly action: AuditAction;
  readonly deskId: string | undefined;
  /** Identifiers, codes, status words, signatures. */
  readonly details: Readonly<Record<string, string | number | boolean>>;
  /** Kept beside the log, opened on demand, erased without breaking it: the leaf holds salted commitments. */
  readonly personal: Readonly<Record<string, string>>;
}

export interface AuditPorts {
  /** A fresh 32-byte salt for every call. */
  salt(): Uint8Array;
  hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array;
}

export interface EncodedEntry {
  /** The leaf of the log: canonical JSON [JCS] of integers, strings and booleans, as UTF-8. */
  readonly leaf: Uint8Array;
  /** JSON `{ field: { salt, value } }`: what opens the commitments. */
  readonly openings: Uint8Array;
  readonly keys: AuditKeys;
}

const FORMAT = "lanyard-audit/1";

/** Gives a fact its canonical bytes. Equal facts with equal salts give equal bytes, on every machine. */
export function encodeAuditEntry(fact: AuditFact, ports: AuditPorts): EncodedEntry {
  const { details, personal, at, ...keys } = fact;
  const openings: Record<string, { readonly salt: string; readonly value: string }> = {};
  const commitments: Record<string, string> = {};
  for (const [field, value] of Object.entries(personal)) {
    const salt = ports.salt();
    openings[field] = { salt: toHex(salt), value };
    commitments[field] = toHex(ports.hmacSha256(salt, utf8Bytes(value)));
  }
  const entry = { format: FORMAT, at: at.toISOString(), ...keys, details, personal: commitments };
  return {
    leaf: utf8Bytes(canonicalJson(entry)),
    openings: utf8Bytes(canonicalJson(openings)),
    keys: {
      at,
      action: fact.action,
      actor: fact.actor,
      holder: fact.holder,
      cardSerial: fact.cardSerial,
      ceremonyId: fact.ceremonyId,
    },
  };
}

/** An entry read back from its leaf. What it was about is text here: it is evidence, not yet a name of anything. */
export interface AuditEntry {
  readonly at: string;
  readonly action: string;
  readonly actor?: string;
  readonly holder?: string;
  readonly cardSerial?: string;
  readonly ceremonyId?: string;
  readonly deskId?: string;
  readonly details: Readonly<Record<string, string | number | boolean>>;
  readonly personal: Readonly<Record<string, string>>;
}

/** Reads a leaf. `undefined` unless it is an entry in exactly the bytes that {@link encodeAuditEntry} gives it. */
export function parseAuditEntry(leaf: string): AuditEntry | undefined {
  const value = parsed(leaf);
  if (!isEntry(value) || canonicalJson({ ...value }) !== leaf) return undefined;
  return value;
}

const TEXTS = ["actor", "holder", "cardSerial", "ceremonyId", "deskId"] as const;
const FIELDS: readonly string[] = [...TEXTS, "format", "at", "action", "details", "personal"];

function isEntry(value: unknown): value is AuditEntry & JsonObject {
  if (!isFields(value) || value["format"] !== FORMAT) return false;
  if (Object.keys(value).some((key) => !FIELDS.includes(key))) return false;
  const { at, action, details, personal } = value;
  if (typeof at !== "string" || typeof action !== "string") return false;
  if (TEXTS.some((key) => value[key] !== undefined && typeof value[key] !== "string")) return false;
  if (!isFields(details) || !isFields(personal)) return false;
  return (
    Object.values(details).every((field) => DETAIL_TYPES.includes(typeof field)) &&
    Object.values(personal).every((field) => typeof field === "string")
  );
}

const DETAIL_TYPES: readonly string[] = ["string", "number", "boolean"];

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What the commitments of an entry were made of, by field; `undefined` unless `openings` opens every one of them and is
 * in the bytes that {@link encodeAuditEntry} gives it.
 */
export function opensCommitments(
  { personal }: AuditEntry,
  openings: string,
  hmacSha256: AuditPorts["hmacSha256"],
): Readonly<Record<string, string>> | undefined {
  const value = parsed(openings);
  if (!isOpenings(value) || canonicalJson(value) !== openings) return undefined;
  const fields = Object.keys(value);
  if (fields.length !== Object.keys(personal).length) return undefined;
  const opened = fields.every((field) => {
    const { salt = "", value: text = "" } = value[field] ?? {};
    return toHex(hmacSha256(fromHex(salt), utf8Bytes(text))) === personal[field];
  });
  return opened
    ? Object.fromEntries(fields.map((field) => [field, value[field]?.value ?? ""]))
    : undefined;
}

type Openings = Readonly<Record<string, { readonly salt: string; readonly value: string }>>;

function isOpenings(value: unknown): value is Openings {
  return (
    isFields(value) &&
    Object.values(value).every(
      (opening) =>
        isFields(opening) &&
        Object.keys(opening).length === 2 &&
        typeof opening["value"] === "string" &&
        typeof opening["salt"] === "string" &&
        /^[0-9a-f]{64}$/.test(opening["salt"]),
    )
  );
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

interface JsonObject {
  readonly [key: string]: JsonValue;
}

type JsonValue = string | number | boolean | undefined | JsonObject;

/** [JCS] for what entries are made of: sorted keys, no white space, undefined left out, integers only. */
function canonicalJson(value: Exclude<JsonValue, undefined>): string {
  if (typeof value !== "object") return JSON.stringify(value);
  const fields = Object.keys(value)
    .sort()
    .flatMap((key) => {
      const field = value[key];
      return field === undefined ? [] : [`${JSON.stringify(key)}:${canonicalJson(field)}`];
    });
  return `{${fields.join(",")}}`;
}
