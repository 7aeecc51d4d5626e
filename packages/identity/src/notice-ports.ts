import type { CareId } from "./person.ts";

/** One mail to a holder. No secrets, no links. */
export interface Mail {
  /** Fixed when it was written: a repeated delivery is seen to be one. Without angle brackets. */
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly writtenAt: Date;
}

/** What came of an attempt. `refused`: for good. `not_now`: it may or may not have arrived, and is tried again. */
export type Delivery =
  | { readonly outcome: "accepted" }
  | { readonly outcome: "refused" | "not_now"; readonly reason: string };

/** Carries mails. Never throws for what a mail server does. */
export interface Post {
  deliver(mail: Mail): Promise<Delivery>;
  close(): Promise<void>;
}

/** `no_address`: there is nobody to send it to, which is on record too. */
export type NoticeState = "waiting" | "sent" | "given_up" | "no_address";

/** What a holder is told of one event, at one address. */
export interface Notice extends Omit<Mail, "to"> {
  /** What happened, and to which ceremony: one event is told once an address. */
  readonly event: string;
  readonly ceremonyId: string;
  readonly holder: CareId;
  readonly to: string | undefined;
  readonly state: NoticeState;
  readonly attempts: number;
  /** What the mail server said last, without names or addresses. */
  readonly reason: string | undefined;
}

/** A notice that one sender has to itself for a while. */
export interface ClaimedNotice {
  readonly mail: Mail;
  readonly holder: CareId;
  readonly ceremonyId: string;
  /** This attempt counted. */
  readonly attempts: number;
  /** Since it was written, by the database's own clock. */
  readonly ageMs: number;
}

/** The outbox: written in the transaction of what it tells. Times are the database's own. */
export interface Notices {
  /** One that is there already, for this event and address, stays as it is. */
  write(notice: Omit<Notice, "attempts" | "reason">): Promise<void>;
  /** As they were written. */
  ofCeremony(ceremonyId: string): Promise<readonly Notice[]>;
  /** Takes waiting notices that are due, nobody else's, until `leaseMs` have passed. */
  claim(lease: string, leaseMs: number, limit: number): Promise<readonly ClaimedNotice[]>;
  /** False when the lease has run out and another sender has it. */
  settle(messageId: string, lease: string, how: NoticeSettled): Promise<boolean>;
}

export type NoticeSettled =
  | { readonly state: "sent" }
  | { readonly state: "given_up"; readonly reason: string }
  | { readonly state: "waiting"; readonly reason: string; readonly afterMs: number };
