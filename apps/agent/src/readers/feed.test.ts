import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { Feed } from "./feed.ts";

test("a slow watcher misses nothing", async () => {
  const feed = new Feed<number>();
  feed.publish(1);
  const watcher = feed.watch(new AbortController().signal);
  expect(await watcher.next()).toMatchObject({ value: 1 });
  feed.publish(2);
  feed.publish(3);
  feed.end();
  expect(await watcher.next()).toMatchObject({ value: 2 });
  expect(await watcher.next()).toMatchObject({ value: 3 });
  expect(await watcher.next()).toMatchObject({ done: true });
});

test("a watcher that comes late starts with the latest; one that comes early waits for the first", async () => {
  const feed = new Feed<number>();
  const early = feed.watch(new AbortController().signal).next();
  feed.publish(1);
  feed.publish(2);
  expect(await early).toMatchObject({ value: 1 });
  expect(await feed.watch(new AbortController().signal).next()).toMatchObject({ value: 2 });
});

test("a watch leaves nothing on a signal that outlives it", async () => {
  const feed = new Feed<number>();
  const { signal } = new AbortController();
  const watcher = feed.watch(signal);
  for (let value = 0; value < 20; value += 1) {
    const next = watcher.next();
    feed.publish(value);
    await next;
  }
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});

test("an aborted watch ends at once", async () => {
  const feed = new Feed<number>();
  const stop = new AbortController();
  const waiting = feed.watch(stop.signal).next();
  stop.abort();
  expect(await waiting).toMatchObject({ done: true });
});
