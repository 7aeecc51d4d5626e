import type { Mail, Post } from "@lanyard/identity";
import { describe, expect, test } from "vitest";

export interface PostHarness {
  readonly post: Post;
  /** What has arrived, in order. */
  arrived(): readonly Pick<Mail, "messageId" | "to" | "subject" | "text">[];
  close(): Promise<void>;
}

const MAIL: Mail = {
  messageId: "AAECAwQFBgcICQoLDA0ODw@care.example",
  to: "maria.okafor@care.example",
  subject: "Your smartcard was unlocked",
  text: "Dr Siân Ó Briain,\n\nYour smartcard was unlocked.\n.\nA line that is a dot ended no mail.\n",
  writtenAt: new Date("2026-11-24T09:12:00Z"),
};

/** What every post must do: carry a mail whole, under the identifier it was given. */
export function postContract(name: string, open: () => Promise<PostHarness>): void {
  describe(`Post contract: ${name}`, () => {
    test("a mail arrives once, whole, under its own message id; repeated, under the same", async () => {
      const { post, arrived, close } = await open();
      try {
        const { messageId, to, subject, text } = MAIL;
        expect(await post.deliver(MAIL)).toEqual({ outcome: "accepted" });
        expect(arrived()).toEqual([{ messageId, to, subject, text }]);
        expect(await post.deliver(MAIL)).toEqual({ outcome: "accepted" });
        expect(arrived().map((mail) => mail.messageId)).toEqual([messageId, messageId]);
      } finally {
        await close();
      }
    });
  });
}
