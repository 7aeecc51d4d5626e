import { readerDriverContract } from "@lanyard/testkit";
import { createVirtualReader, type VirtualCard, type VirtualReader } from "@lanyard/virtual-card";
import { expect, test } from "vitest";
import { virtualReaders } from "./virtual-readers.ts";

readerDriverContract("readers in memory", async () => {
  const readers = [
    createVirtualReader("Virtual reader 1"),
    createVirtualReader("Virtual reader 2"),
  ];
  const driver = virtualReaders(readers);
  return {
    driver,
    readerNames: ["Virtual reader 1", "Virtual reader 2"],
    insert: async (readerName: string, card: VirtualCard) =>
      named(readers, readerName).insert(card),
    remove: async (readerName: string) => void named(readers, readerName).remove(),
    stopService: async () => driver.setService("down"),
    startService: async () => driver.setService("up"),
    end: () => driver.close(),
  };
});

test("a reader can be plugged in and pulled out again", async () => {
  const first = createVirtualReader("Virtual reader 1");
  const driver = virtualReaders([first]);
  const watcher = driver.watch(new AbortController().signal)[Symbol.asyncIterator]();
  const names = async () => {
    const { value } = await watcher.next();
    return value.slots.map(({ name }: { name: string }) => name);
  };
  expect(await names()).toEqual(["Virtual reader 1"]);
  driver.plug(createVirtualReader("Virtual reader 2"));
  expect(await names()).toEqual(["Virtual reader 1", "Virtual reader 2"]);
  driver.unplug("Virtual reader 1");
  expect(await names()).toEqual(["Virtual reader 2"]);
  await driver.close();
});

function named(readers: readonly VirtualReader[], name: string): VirtualReader {
  const reader = readers.find((each) => each.name === name);
  if (reader === undefined) throw new Error(`No reader ${name}.`);
  return reader;
}
