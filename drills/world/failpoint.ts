import pg from "pg";
import { WebSocket } from "ws";
import type { Happening, Place } from "./boundaries.ts";

// Loaded into a server's process before anything of the product: the process kills itself as `kill -9` does, before or
// after a commit or message that it is told of.

/** The so-and-so-many-th happening of this name, and whether it still has its effect. */
export interface Death extends Happening {
  readonly when: "before" | "after";
}

export type ToServer =
  | { readonly order: "begin" }
  | { readonly order: "arm"; readonly at: Death | undefined }
  | { readonly order: "disarm" };

export type FromServer =
  | { readonly state: "loaded" }
  | { readonly state: "armed" }
  | { readonly state: "disarmed"; readonly happened: readonly Happening[] };

let isArmed = false;
let waiting: Death | undefined;
let happened: Happening[] = [];

process.on("message", (message: ToServer) => {
  if (message.order === "begin") return;
  isArmed = message.order === "arm";
  if (message.order === "disarm") return tell({ state: "disarmed", happened });
  happened = [];
  waiting = message.at;
  tell({ state: "armed" });
});
// Whoever started it is gone.
process.on("disconnect", die);

function tell(message: FromServer): void {
  process.send?.(message);
}

/** No handler runs and nothing is flushed: this signal cannot be caught. */
function die(): void {
  process.kill(process.pid, "SIGKILL");
}

/** Notes one happening, and dies if it is the one. Tells whether to die once it has had its effect. */
function pass(place: Place, label: string): boolean {
  if (!isArmed) return false;
  // Of its kind: the server's own rounds come in between as they like.
  const ordinal = happened.filter((one) => one.place === place && one.label === label).length;
  happened.push({ place, ordinal, label });
  const isIt = waiting?.place === place && waiting.label === label && waiting.ordinal === ordinal;
  if (isIt && waiting?.when === "before") die();
  return isIt;
}

type Words = readonly unknown[];

/** Puts something else in the place of a method: `instead` may go on with the method itself. */
function replace(
  owner: object,
  name: string,
  instead: (on: object, words: Words, goOn: () => unknown) => unknown,
): void {
  const method: unknown = Reflect.get(owner, name);
  if (typeof method !== "function") throw new Error(`There is no ${name} to replace.`);
  Reflect.set(owner, name, function (this: object, ...words: Words): unknown {
    return instead(this, words, () => Reflect.apply(method, this, words));
  });
}

/** What each connection's transaction has written into the record so far. */
const written = new WeakMap<object, string>();
const ACTION = /^[a-z]+\.[a-z_]+$/;

replace(pg.Client.prototype, "query", (client, words, goOn) => {
  const [text, values] = words;
  if (typeof text !== "string") return goOn();
  if (text.startsWith('insert into "audit_entry"') && Array.isArray(values)) {
    const action: unknown = values.find((one) => typeof one === "string" && ACTION.test(one));
    written.set(client, `${written.get(client) ?? ""} ${String(action)}`.trim());
  }
  if (text.startsWith("rollback")) written.delete(client);
  if (text !== "commit") return goOn();
  const label = written.get(client) ?? "read";
  written.delete(client);
  const diesAfter = pass("commit", label);
  const answer = goOn();
  if (diesAfter && answer instanceof Promise) void answer.then(die);
  return answer;
});

replace(WebSocket.prototype, "send", (_socket, words, goOn) => {
  const diesAfter = pass("message", String(words[0]).includes('"release"') ? "release" : "message");
  const result = goOn();
  if (diesAfter) setImmediate(die);
  return result;
});

/** Rounds that come seconds apart come this many times as often: nobody wants to wait for them. */
const HASTE = 20;
const LONG_MS = 5_000;

replace(globalThis, "setInterval", (_global, words, goOn) => {
  const [run, milliseconds] = words;
  return typeof milliseconds === "number" && milliseconds >= LONG_MS && typeof run === "function"
    ? hasty(() => Reflect.apply(run, undefined, []), milliseconds / HASTE)
    : goOn();
});

function hasty(run: () => void, milliseconds: number): NodeJS.Timeout {
  const timer = setTimeout(function again() {
    run();
    timer.refresh();
  }, milliseconds);
  return timer;
}
