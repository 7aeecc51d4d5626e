import type { CareId } from "./person.ts";

/** One PC with an agent, known by its device key. */
export interface Desk {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the device key's SubjectPublicKeyInfo, hex. */
  readonly keyHash: string;
  readonly key: Uint8Array;
  /** Who looks after it. A desk that enrolled itself belongs to nobody. */
  readonly organisationCode: string | undefined;
  readonly enrolledAt: Date;
  readonly enrolledHow: DeskEnrolment;
  /** Who made the code or approved. Undefined: nobody, or somebody at the server's command line. */
  readonly enrolledBy: CareId | undefined;
  readonly lastSeenAt: Date | undefined;
  readonly revokedAt: Date | undefined;
}

/** `open`: it enrolled itself, as in the demo. */
export type DeskEnrolment = "open" | "code" | "approval";

export interface Desks {
  add(desk: Desk): Promise<void>;
  find(id: string): Promise<Desk | undefined>;
  findByKey(keyHash: string): Promise<Desk | undefined>;
  /** Locks the desk's row until the transaction ends: nobody signs in there while it is being shut out. */
  lock(id: string): Promise<Desk | undefined>;
  rename(id: string, name: string): Promise<void>;
  see(id: string, at: Date): Promise<void>;
  /** The first time stays; false if it had been revoked already, or there is none. */
  revoke(id: string, at: Date): Promise<boolean>;
  revokedSince(at: Date): Promise<readonly Desk[]>;
  /** By name, those shut out last. */
  search(search: DeskSearch): Promise<readonly Desk[]>;
}

export interface DeskSearch {
  /** Part of the name, trimmed; empty: all. */
  readonly text: string;
  /** Desks of these organisations, and those of none; `undefined`: all. */
  readonly organisationCodes: readonly string[] | undefined;
  readonly limit: number;
}

/** A one-time code by which one desk enrols. The code itself is not here, nor anything it could be used by. */
export interface StoredEnrolmentCode {
  /** The code's first two symbols. */
  readonly handle: string;
  /** Public half of the key that the code stands for. */
  readonly verifier: Uint8Array;
  readonly organisationCode: string;
  /** The desk's name-to-be; undefined: what its agent calls it. */
  readonly deskName: string | undefined;
  readonly madeAt: Date;
  readonly madeBy: CareId | undefined;
  readonly expiresAt: Date;
  /** Wrong proofs left. At 0 the code is dead: used, tried too often, or seen expired once. */
  readonly triesLeft: number;
}

/** A desk that nobody knows and that asks to be let in. */
export interface DeskRequest {
  readonly keyHash: string;
  readonly key: Uint8Array;
  /** As its agent calls it: a stranger's word. */
  readonly name: string;
  readonly askedAt: Date;
  readonly lastAskedAt: Date;
  readonly refusedAt: Date | undefined;
}

export interface Enrolments {
  /** False when that handle is another code's that is still alive. */
  addCode(code: StoredEnrolmentCode): Promise<boolean>;
  /** Locks the code's row until the transaction ends: of two desks with one code, one is first. */
  lockCode(handle: string): Promise<StoredEnrolmentCode | undefined>;
  setTriesLeft(handle: string, triesLeft: number): Promise<void>;
  /** Notes the request, or that it was made again. False when `limit` others wait already. */
  ask(
    request: Pick<DeskRequest, "keyHash" | "key" | "name">,
    at: Date,
    limit: number,
  ): Promise<boolean>;
  /** Not refused, latest first. */
  requests(): Promise<readonly DeskRequest[]>;
  findRequest(keyHash: string): Promise<DeskRequest | undefined>;
  /** False when there is none, or it was refused before. */
  refuseRequest(keyHash: string, at: Date): Promise<boolean>;
  /** The desk was let in. False when there was no request. */
  forgetRequest(keyHash: string): Promise<boolean>;
  /** Strangers that have not asked since then; refused ones stay refused. */
  forgetRequestsBefore(at: Date): Promise<void>;
}
