import type { Secret } from "@lanyard/bytes";
import type { Audit, AuditLog } from "./audit-ports.ts";
import type { CeremonyTypes } from "./ceremonies/kind.ts";
import type { Desks, Enrolments } from "./desk-ports.ts";
import type { KeyVersions } from "./key-versions.ts";
import type { Notices } from "./notice-ports.ts";
import type { CareId, Organisation, Person } from "./person.ts";
import type { PukRegisters } from "./registers.ts";
import type { Rotations } from "./rotation-ports.ts";
import type { CardLife, Smartcard } from "./smartcard.ts";

/**
 * What identity needs from the outside. Each port has one contract suite that every implementation passes. All
 * methods of one `Records` share one transaction: nothing of it is visible to others before it commits.
 */
export interface Records {
  readonly people: People;
  readonly cards: Cards;
  readonly ceremonies: Ceremonies;
  readonly visits: Visits;
  readonly sessions: Sessions;
  readonly desks: Desks;
  readonly leashes: Leashes;
  readonly enrolments: Enrolments;
  readonly rotations: Rotations;
  readonly notices: Notices;
  readonly audit: Audit;
  readonly auditLog: AuditLog;
}

/** Runs `work` in one transaction: all of it happens, durably, or none of it. */
export interface Store {
  transaction<Result>(work: (records: Records) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface Photo {
  readonly bytes: Uint8Array;
  readonly mediaType: "image/png" | "image/jpeg";
}

/** A role somebody holds at an organisation, from and until. `until` undefined: no end set. */
export interface RoleAssignment<Role extends string = string> {
  readonly careId: CareId;
  readonly role: Role;
  readonly organisationCode: string;
  readonly from: Date;
  readonly until: Date | undefined;
}

export interface PersonSearch {
  /** What was typed, already trimmed: a 12-digit number, or the start of given and family names. */
  readonly text: string;
  /** Only people of these organisations; `undefined`: everybody. */
  readonly organisationCodes: readonly string[] | undefined;
  readonly limit: number;
}

export interface People {
  add(person: Person): Promise<void>;
  find(careId: CareId): Promise<Person | undefined>;
  setPhoto(careId: CareId, photo: Photo): Promise<void>;
  photo(careId: CareId): Promise<Photo | undefined>;
  /** Which of these people have one. */
  withPhoto(careIds: readonly CareId[]): Promise<ReadonlySet<CareId>>;
  /** By care identity number, by any of the person's card serials, or by the start of names in either order. */
  search(search: PersonSearch): Promise<readonly Person[]>;
  addOrganisation(organisation: Organisation): Promise<void>;
  /** One by its code: what a page needs, where all of them would be tens of thousands. */
  organisation(code: string): Promise<Organisation | undefined>;
  organisations(): Promise<readonly Organisation[]>;
  assignRole(assignment: RoleAssignment): Promise<void>;
  /** The roles in force at `at`. */
  rolesOf(careId: CareId, at: Date): Promise<readonly RoleAssignment[]>;
}

/** What a card's PUKs are derived from, besides a master key. The seed is written once, at issuance. */
export interface CardSeed extends KeyVersions {
  readonly seed: Uint8Array;
}

/** How many cards need a master key version for the PUK they hold now, or may hold. */
export interface KeyVersionShare {
  readonly version: number;
  readonly cards: number;
}

export interface Cards {
  add(card: Smartcard, seed: CardSeed): Promise<void>;
  /** By the SHA-256 of any of its public keys (lower-case hex): the only way a card says which one it is. */
  findByKey(keyHash: string): Promise<Smartcard | undefined>;
  find(serial: string): Promise<Smartcard | undefined>;
  /** Locks the card's row until the transaction ends: one desk at a time decides on its registers. */
  lock(serial: string): Promise<Smartcard | undefined>;
  /** Latest issued first. */
  ofPerson(careId: CareId): Promise<readonly Smartcard[]>;
  seedOf(serial: string): Promise<CardSeed | undefined>;
  /**
   * `n` and `hi` never fall, whatever is passed (rule R2). An index that is released for the first time with this is
   * of master key version `newestKeyVersion` for ever: the one place where a card moves to a newer key.
   */
  saveRegisters(serial: string, registers: PukRegisters, newestKeyVersion: number): Promise<void>;
  /** Cards in use (active, or issued and waiting) by the version of their lowest candidate; lowest version first. */
  keyVersionShares(): Promise<readonly KeyVersionShare[]>;
  setLife(serial: string, life: CardLife): Promise<void>;
}

/** One run of one card operation at one desk, of whatever kind. */
export interface Ceremony<Types extends CeremonyTypes = CeremonyTypes> {
  /** 128 random bits, base64url. */
  readonly id: string;
  readonly kind: string;
  readonly state: Types["state"];
  readonly cardSerial: string;
  readonly holder: CareId;
  readonly operator: CareId;
  readonly deskId: string;
  readonly sessionId: string;
  /** The insertion of the holder's card that proved itself; any other insertion is another card. */
  readonly insertion: string;
  /** Serial expected from a search, if that is how the operator came here. */
  readonly expectedSerial: string | undefined;
  readonly startedAt: Date;
  /** When silence ends it, by its kind's times. */
  readonly deadline: Date;
  /** The nonces signed in it, and what else the server must remember: see the ceremony's own room. */
  readonly notes: Types["notes"];
}

export interface Ceremonies {
  add(ceremony: Ceremony): Promise<void>;
  find(id: string): Promise<Ceremony | undefined>;
  /** Locks the ceremony's row until the transaction ends. */
  lock(id: string): Promise<Ceremony | undefined>;
  save(id: string, change: Pick<Ceremony, "kind" | "state" | "deadline" | "notes">): Promise<void>;
  /** Ceremonies not yet over: at most one a desk, at most one a card. */
  openAtDesk(deskId: string): Promise<Ceremony | undefined>;
  openOfCard(cardSerial: string): Promise<Ceremony | undefined>;
  /** Latest first; of those begun at one moment, the greatest id: the same order whenever it is asked. */
  ofCard(cardSerial: string, limit: number): Promise<readonly Ceremony[]>;
  /** Open ones whose deadline has passed. */
  overdue(at: Date, limit: number): Promise<readonly Ceremony[]>;
}

/**
 * One trip of the browser to the agent and back (DESIGN 4): made by the server, tied to a cookie, claimed by one
 * desk, bound to the browser that started it, completed once. Called "transaction" in the protocol.
 */
export interface Visit {
  /** 128 random bits, base64url: in the URL's path. */
  readonly id: string;
  /** A ceremony's visit says by its `ceremonyId` which, and of what kind. */
  readonly purpose: "desk" | "sign_in" | "ceremony";
  readonly state: VisitState;
  /** SHA-256 of the browser's visit cookie, hex. */
  readonly cookieHash: string;
  /** SHA-256 of the bind secret and of the return code, hex, once made. */
  readonly bindHash: string | undefined;
  readonly returnHash: string | undefined;
  readonly deskId: string | undefined;
  readonly sessionId: string | undefined;
  readonly ceremonyId: string | undefined;
  /** The nonce of a sign-in; padded base64 of 32 bytes. */
  readonly nonce: string | undefined;
  /** What came of it at the agent, until the same browser collects it. */
  readonly result: VisitResult | undefined;
  readonly createdAt: Date;
  readonly deadline: Date;
}

export type VisitState = "new" | "claimed" | "bound" | "proven" | "done" | "dead";

/** The card that signed in, or why nothing was done. */
export type VisitResult = SignInResult | { readonly gaveUp: string };

export interface SignInResult {
  readonly careId: CareId;
  readonly cardSerial: string;
  readonly insertion: string;
  /** The leash the proof came over, for the session to remember. */
  readonly leashId?: string | undefined;
}

export interface Visits {
  add(visit: Visit): Promise<void>;
  find(id: string): Promise<Visit | undefined>;
  /** Compare and set: true only if the visit was in state `from`. The one guard against two desks or two tabs. */
  advance(id: string, from: VisitState, change: VisitChange): Promise<boolean>;
}

export type VisitChange = { readonly state: VisitState } & Partial<
  Pick<Visit, "bindHash" | "returnHash" | "deskId" | "result" | "deadline">
>;

/** A signed-in operator: this card, in this insertion, at this desk. */
export interface Session {
  /** SHA-256 of the session cookie, hex: a database leak gives no session away. */
  readonly id: string;
  readonly careId: CareId;
  readonly cardSerial: string;
  readonly deskId: string;
  readonly insertion: string;
  readonly startedAt: Date;
  readonly lastSeenAt: Date;
  /** When the card last proved that it is there. */
  readonly provenAt: Date;
  /** The leash over which it last proved so by 9A; over any other the next proof must be by 9A again. */
  readonly leashId: string | undefined;
  readonly endedAt: Date | undefined;
  readonly endReason: SessionEndReason | undefined;
}

export type SessionEndReason =
  | "signed_out"
  | "card_removed"
  | "agent_silent"
  | "proof_failed"
  | "idle"
  | "absolute_limit"
  | "replaced"
  | "card_ended"
  | "desk_revoked";

export interface Sessions {
  add(session: Session): Promise<void>;
  find(id: string): Promise<Session | undefined>;
  /** Not ended yet. */
  openAtDesk(deskId: string): Promise<readonly Session[]>;
  open(): Promise<readonly Session[]>;
  /** Which of these sessions have not ended yet. */
  openAmong(ids: readonly string[]): Promise<ReadonlySet<string>>;
  touch(
    id: string,
    change: Partial<Pick<Session, "lastSeenAt" | "provenAt" | "leashId">>,
  ): Promise<void>;
  /** The first reason stays; false if it had ended already. */
  end(id: string, at: Date, reason: SessionEndReason): Promise<boolean>;
}

/** Where the leash of a desk ends. */
export interface LeashAt {
  /** A number in text; a leash that began later has a higher one. */
  readonly id: string;
  readonly deskId: string;
  /** As the desk calls itself. */
  readonly name: string;
  readonly nodeId: string;
  /** What the desk's readers hold, as last told: JSON. */
  readonly view: unknown;
}

/** A call to a desk made at one node, to be put through by the node where its leash ends. */
export interface CallAcross {
  readonly id: string;
  readonly fromNode: string;
  readonly toNode: string;
  readonly leashId: string;
  readonly call: string;
  /** JSON. */
  readonly body: unknown;
}

/**
 * What the nodes of one installation know of each other's leashes. None of it is a record: after a crash of the
 * database it is empty, and told anew by whoever still holds a leash. Times are the database's own.
 */
export interface Leashes {
  /** A number no leash has had, higher than all before. */
  nextId(): Promise<string>;
  /** Writes where the desk's leash ends and what its readers hold. False, and nothing written: a newer one is known. */
  show(leash: LeashAt): Promise<boolean>;
  /** That leash has ended; a newer one of the same desk stays. */
  leave(id: string): Promise<void>;
  /** Only at a node heard of within `silenceMs`. */
  find(deskId: string, silenceMs: number): Promise<LeashAt | undefined>;
  /**
   * This node lives. Forgets nodes silent for longer, and gives the desks whose leash ended there. `isNew`: this node
   * was not known, or was forgotten. `at`: the database's time.
   */
  beat(
    nodeId: string,
    silenceMs: number,
  ): Promise<{ readonly isNew: boolean; readonly gone: readonly string[]; readonly at: Date }>;
  /** This node ends, and all its leashes with it. */
  leaveNode(nodeId: string): Promise<void>;
  ask(call: CallAcross): Promise<void>;
  /** The calls for this node that nobody has taken, none older than `patienceMs`: each is taken once, for good. */
  take(nodeId: string, patienceMs: number): Promise<readonly CallAcross[]>;
  answer(callId: string, reply: unknown): Promise<void>;
  /** The reply, once there; then the call is forgotten. */
  collect(callId: string): Promise<unknown>;
  forget(callId: string): Promise<void>;
}

/** Derives what opens or speaks for one card. The master keys never leave it; HMAC-SHA-256 is all that is asked of it. */
export interface CardSecrets {
  /** The newest master key version: of new cards, and of indices released from now on. */
  readonly keyVersion: number;
  /**
   * Looks whether all these versions can be used now, and learns of new ones. Ask before a release is committed: with
   * the key store gone nothing may be half done. Rejects when they cannot, in words for people.
   */
  ready(versions: readonly number[]): Promise<void>;
  /** The PUK with this index: eight ASCII characters. The caller wipes it. */
  derivePuk(of: PukOf, index: number): Promise<Secret>;
  /** The card-management key (9B), for AES-256. It is set at issuance and never leaves the server after that. */
  deriveManagementKey(of: PukOf): Promise<Secret>;
  /** The MAC that says that we wrote this index into the card's hint object; 32 bytes, not secret. */
  hintMac(of: PukOf, index: number): Promise<Uint8Array>;
}

/** Everything a card's secrets depend on besides the master keys, and the index of a PUK. */
export interface PukOf extends CardSeed {
  readonly careId: CareId;
  /** SHA-256 of the 9E public key, hex. */
  readonly cardKeyHash: string;
  readonly issuanceId: string;
}
