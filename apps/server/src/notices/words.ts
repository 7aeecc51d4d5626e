/** What a holder is told of, by what has just become true of a ceremony. */
export const NOTICES = {
  unlocked: {
    subject: "Your smartcard was unlocked",
    happened: "was unlocked. It has a new passcode, and the old one does not work any more.",
  },
  unlock_in_doubt: {
    subject: "Your smartcard may have been unlocked",
    happened:
      "was being unlocked, and that was not finished. It may have a new passcode, or still the old one.",
  },
  unlock_confirmed: {
    subject: "Your smartcard was unlocked after all",
    happened:
      "was being unlocked, which was not finished at the time. Since then it has proved that it works: it has the new passcode.",
  },
  unlock_settled: {
    subject: "Your smartcard was used after an unlock that was not finished",
    happened:
      "was being unlocked, which was not finished at the time. Since then somebody has used it with its passcode.",
  },
  passcode_changed: {
    subject: "The passcode of your smartcard was changed",
    happened: "was given a new passcode. The old one does not work any more.",
  },
} as const satisfies Record<string, { readonly subject: string; readonly happened: string }>;

export type NoticeKind = keyof typeof NOTICES;

export interface NoticeFacts {
  readonly kind: NoticeKind;
  readonly holderName: string;
  readonly serial: string;
  /** When the ceremony was begun, as people read it. */
  readonly when: string;
  readonly desk: string;
  /** Role and organisation, never a name: "RA Agent, Riverside Infirmary". */
  readonly by: string;
  readonly serviceDesk: string;
}

/** Plain words: what, when, where, by whom, and what to do if it was not the holder. Nothing to click. */
export function noticeText(facts: NoticeFacts): string {
  return `${facts.holderName},

Your smartcard ${facts.serial} ${NOTICES[facts.kind].happened}

When: ${facts.when}
Where: ${facts.desk}
By: ${facts.by}

If this was you, there is nothing to do.

If it was not you, somebody else may be using your smartcard. Contact ${facts.serviceDesk} at once.

There is nothing to click in this message. Nobody will ever ask you for your passcode.
`;
}
