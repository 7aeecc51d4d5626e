import { postContract } from "@lanyard/testkit";
import { expect, test } from "vitest";
import { openPostTray } from "./post-tray.ts";

postContract("the demo's tray", async () => {
  const post = openPostTray();
  const arrived = () =>
    post.mails
      .map(({ messageId, to, subject, text }) => ({ messageId, to, subject, text }))
      .toReversed();
  return { post, arrived, close: () => post.close() };
});

test("the latest come first, and no more than can be read", async () => {
  const post = openPostTray();
  for (let count = 1; count <= 25; count += 1)
    await post.deliver({
      ...{ messageId: `m${count}`, to: "a@b.example", subject: "S", text: "T" },
      writtenAt: new Date(0),
    });
  expect(post.mails.map(({ messageId }) => messageId).slice(0, 2)).toEqual(["m25", "m24"]);
  expect(post.mails).toHaveLength(20);
});
