import fc from "fast-check";
import { expect, test } from "vitest";
import {
  endsIdle,
  type FrontendBatch,
  FrontendMessages,
  queryMessage,
  syncMessage,
} from "./frontend-messages.ts";

const startUp = Uint8Array.of(0, 0, 0, 8, 0, 3, 0, 0);
const terminate = message("X");

function message(type: string, body = ""): Uint8Array {
  const bytes = queryMessage(body);
  bytes[0] = type.charCodeAt(0);
  return bytes;
}

function cut(stream: readonly Uint8Array[]): readonly FrontendBatch[] {
  const messages = new FrontendMessages();
  return stream.flatMap((chunk) => messages.push(chunk));
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

test("start-up, then queries, each run by itself; terminate means leave", () => {
  expect(cut([startUp, queryMessage("select 1"), terminate])).toEqual([
    { kind: "run", bytes: startUp },
    { kind: "run", bytes: queryMessage("select 1") },
    { kind: "leave" },
  ]);
});

test("Parse, Bind and Execute wait for their Sync and run as one", () => {
  const extended = [message("P", "select $1"), message("B"), message("E"), syncMessage()];
  expect(cut([startUp, ...extended])).toEqual([
    { kind: "run", bytes: startUp },
    { kind: "run", bytes: join(...extended) },
  ]);
});

test("however the stream is cut, the batches are the same", () => {
  const stream = join(startUp, message("P", "x"), syncMessage(), queryMessage("é"), terminate);
  const whole = cut([stream]);
  expect(whole).toHaveLength(4);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: stream.length })), (places) => {
      const edges = [0, ...places.toSorted((a, b) => a - b), stream.length];
      const chunks = edges.slice(1).map((end, index) => stream.subarray(edges[index], end));
      expect(cut(chunks)).toEqual(whole);
    }),
  );
});

test("only ReadyForQuery with status I gives up the turn", () => {
  const ready = (status: string) => Uint8Array.of(9, 90, 0, 0, 0, 5, status.charCodeAt(0));
  expect(["I", "T", "E"].map((status) => endsIdle(ready(status)))).toEqual([true, false, false]);
  expect(endsIdle(new Uint8Array())).toBe(false);
  expect(endsIdle(Uint8Array.of(73))).toBe(false);
});
