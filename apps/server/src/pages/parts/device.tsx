import { type CardStanding, cardStanding, expiryOf, type Smartcard } from "@lanyard/identity";
import { type Choice, StateTag, type TagColour } from "@lanyard/pages";
import type { ReactElement } from "react";
import { formatDay } from "./dates.ts";
import { DEVICE_WORDS, STANDINGS } from "./words.ts";

/** One smartcard as pages show it. */
export interface DeviceView {
  readonly serial: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date | undefined;
  readonly standing: CardStanding;
}

/** How `card` stands at `now`, for a page. */
export function deviceView(card: Smartcard, now: Date): DeviceView {
  return {
    serial: card.serial,
    issuedAt: card.issuedAt,
    expiresAt: expiryOf(card),
    standing: cardStanding(card, now),
  };
}

const COLOURS = {
  in_date: "green",
  issued_locked: "blue",
  expired: "orange",
  cancelled: "red",
  cleared: "grey",
  revoked: "red",
} as const satisfies Record<CardStanding, TagColour>;

export function StandingTag({ standing }: { readonly standing: CardStanding }): ReactElement {
  return <StateTag colour={COLOURS[standing]}>{STANDINGS[standing]}</StateTag>;
}

/** Issued and expires, in one line. */
export function deviceDates({ issuedAt, expiresAt }: DeviceView): string {
  const issued = DEVICE_WORDS.issued(formatDay(issuedAt));
  return expiresAt === undefined
    ? `${issued}. ${DEVICE_WORDS.noCertificates}`
    : `${issued}. ${DEVICE_WORDS.expires(formatDay(expiresAt))}`;
}

/** A device to choose; the one that lies in the reader says so. */
export function deviceChoice(device: DeviceView, inReader?: string): Choice {
  return {
    value: device.serial,
    text: (
      <>
        {DEVICE_WORDS.serial(device.serial)} <StandingTag standing={device.standing} />
        {device.serial === inReader ? (
          <>
            {" "}
            <StateTag colour="blue">{DEVICE_WORDS.inReader}</StateTag>
          </>
        ) : null}
      </>
    ),
    hint: deviceDates(device),
  };
}
