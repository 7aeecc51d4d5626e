import type { Mail, Post } from "@lanyard/identity";

/** The latest mails are enough to see what holders are told. */
const KEPT = 20;

/** Where the demo's mails arrive: on the card tray, for everybody to read. */
export interface PostTray extends Post {
  /** Latest first. */
  readonly mails: readonly Mail[];
}

export function openPostTray(): PostTray {
  let mails: readonly Mail[] = [];
  return {
    get mails() {
      return mails;
    },
    deliver: async (mail) => {
      mails = [mail, ...mails].slice(0, KEPT);
      return { outcome: "accepted" };
    },
    close: async () => undefined,
  };
}
