import type { DeskEnrolment } from "@lanyard/identity";
import { StateTag } from "@lanyard/pages";
import type { ReactElement } from "react";
import { formatMoment } from "../parts/dates.ts";
import { DESK_STATES, DESK_WORDS } from "./words.ts";

export type DeskState = "connected" | "not_connected" | "revoked";

/** A desk as pages show it. */
export interface DeskView {
  readonly id: string;
  readonly name: string;
  /** Name of the organisation that looks after it. */
  readonly organisation: string | undefined;
  readonly state: DeskState;
  readonly lastSeenAt: Date | undefined;
  readonly enrolledAt: Date;
  readonly enrolledHow: DeskEnrolment;
  /** Undefined with `code`: somebody at the server's command line. */
  readonly enrolledBy: string | undefined;
  readonly revokedAt: Date | undefined;
  readonly fingerprint: string;
}

/** A stranger that asks to be let in. */
export interface DeskRequestView {
  readonly keyHash: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly askedAt: Date;
  readonly lastAskedAt: Date;
}

export function deskHref({ id }: Pick<DeskView, "id">): string {
  return `/administration/desks/${encodeURIComponent(id)}`;
}

export function requestHref({ keyHash }: Pick<DeskRequestView, "keyHash">): string {
  return `/administration/desk-requests/${keyHash}`;
}

export function DeskStateTag({ state }: Pick<DeskView, "state">): ReactElement {
  return <StateTag colour={DESK_STATES[state].colour}>{DESK_STATES[state].text}</StateTag>;
}

export function enrolledText({ enrolledAt, enrolledHow, enrolledBy }: DeskView): string {
  return DESK_WORDS.enrolled(formatMoment(enrolledAt), DESK_WORDS.how[enrolledHow](enrolledBy));
}

export function lastSeenText({ lastSeenAt }: DeskView): string {
  return lastSeenAt === undefined ? DESK_WORDS.neverSeen : formatMoment(lastSeenAt);
}
