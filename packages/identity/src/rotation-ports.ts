import type { Rotation } from "./ceremonies/rotation.ts";

/** One change of a card's PUK at a sign-in. */
export interface PukRotation {
  /** 128 random bits, base64url. */
  readonly id: string;
  readonly cardSerial: string;
  readonly deskId: string;
  /** Signed by the card with 9A. */
  readonly nonce: string;
  readonly startedAt: Date;
  readonly state: Rotation;
}

/** A card did not hold the PUK it should: somebody changed it behind our back. */
export interface CardIncident {
  readonly cardSerial: string;
  readonly at: Date;
  /** Where it was unlocked last, and where it was found out. */
  readonly firstDesk: string;
  readonly foundAt: string;
}

export interface Rotations {
  /** The PC of this desk knows the card's PUK: change it at any other. */
  setDue(cardSerial: string, deskId: string): Promise<void>;
  clearDue(cardSerial: string): Promise<void>;
  /** The desk that knows the card's PUK; `undefined`: none does. */
  dueSince(cardSerial: string): Promise<string | undefined>;
  add(rotation: PukRotation): Promise<void>;
  find(id: string): Promise<PukRotation | undefined>;
  /** Locks its row until the transaction ends. */
  lock(id: string): Promise<PukRotation | undefined>;
  save(id: string, state: Rotation): Promise<void>;
  addIncident(incident: CardIncident): Promise<void>;
  /** Latest first. */
  incidentsOf(cardSerials: readonly string[]): Promise<readonly CardIncident[]>;
  /** Those of cards that are still frozen: nobody has settled them. Latest first. */
  openIncidents(limit: number): Promise<readonly CardIncident[]>;
}
