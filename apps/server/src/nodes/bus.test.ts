import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { describeOnPostgres, type Opened, openFreshPostgres } from "../sql/testing.ts";
import { found } from "../testing/test-card.ts";
import { createHub, type NodeBus } from "./bus.ts";
import { formatMessage, type NodeMessage, parseMessage } from "./messages.ts";
import { openPostgresBus } from "./postgres-bus.ts";

const PATIENCE = { timeout: 15_000 } as const;
const ended = (session: string): NodeMessage => ({ type: "session_ended", session });

/** What every bus must do. */
function busContract(join: () => Promise<NodeBus>): void {
  const open: NodeBus[] = [];
  const node = async () => {
    const bus = await join();
    const heard: NodeMessage[] = [];
    bus.listen((message) => heard.push(message));
    open.push(bus);
    return { bus, heard };
  };
  afterEach(async () => {
    for (const bus of open.splice(0)) await bus.close();
  });

  test("what one tells every other hears, in order; itself it hears nothing", async () => {
    const [a, b, c] = [await node(), await node(), await node()];
    const told = Array.from({ length: 450 }, (_, index) => ended(`s-${index}`));
    for (const message of told) a.bus.tell(message);
    await vi.waitFor(() => expect(b.heard).toEqual(told), PATIENCE);
    await vi.waitFor(() => expect(c.heard).toEqual(told), PATIENCE);
    b.bus.tell(ended("back"));
    await vi.waitFor(() => expect(a.heard).toEqual([ended("back")]), PATIENCE);
  });

  test("each node has a name of its own", async () => {
    const names = [await node(), await node()].map(({ bus }) => bus.nodeId);
    expect(new Set(names).size).toBe(2);
  });

  test("who listens no more hears no more, and the others still do", async () => {
    const [a, b] = [await node(), await node()];
    const heard = vi.fn();
    const stop = b.bus.listen(heard);
    stop();
    a.bus.tell(ended("one"));
    await vi.waitFor(() => expect(b.heard).toEqual([ended("one")]), PATIENCE);
    expect(heard).not.toHaveBeenCalled();
  });

  test("what was told before it closed is still heard; after that it neither tells nor hears", async () => {
    const [a, b] = [await node(), await node()];
    a.bus.tell(ended("last"));
    await a.bus.close();
    a.bus.tell(ended("too late"));
    b.bus.tell(ended("to nobody"));
    const c = await node();
    c.bus.tell(ended("after"));
    await vi.waitFor(() => expect(b.heard).toEqual([ended("last"), ended("after")]), PATIENCE);
    expect(a.heard).toEqual([]);
  });

  test("what is no message is refused where it is told, and nothing goes out", async () => {
    const [a, b] = [await node(), await node()];
    const refused = expect.objectContaining({ code: "nodes/message_invalid" });
    expect(() => a.bus.tell(ended("x".repeat(9_000)))).toThrow(refused);
    a.bus.tell(ended("fine"));
    await vi.waitFor(() => expect(b.heard).toEqual([ended("fine")]), PATIENCE);
  });
}

describe("NodeBus contract: in memory", () => {
  const hub = createHub();
  busContract(async () => hub.join());
});

describeOnPostgres("NodeBus contract:", () => {
  let opened: Opened | undefined;
  const logged: string[] = [];
  const log = pino({ base: null }, { write: (line: string) => void logged.push(line) });
  const join = () => openPostgresBus({ dial: found(opened?.database.dial), log });
  beforeAll(async () => {
    opened = await openFreshPostgres();
  }, 60_000);
  afterAll(() => opened?.dispose(), 60_000);
  busContract(join);

  const run = (statement: string) => found(opened).database.pool.query(statement);
  const cutEveryLine = () =>
    run(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lanyard nodes'`,
    );

  test("a line that was cut comes back by itself, and everybody is told that something may be missed", async () => {
    const [a, b] = [await join(), await join()];
    const heard: Record<"a" | "b", NodeMessage[]> = { a: [], b: [] };
    a.listen((message) => heard.a.push(message));
    b.listen((message) => heard.b.push(message));
    await cutEveryLine();
    const missed: NodeMessage = { type: "missed" };
    await vi.waitFor(() => expect(heard.a).toContainEqual(missed), PATIENCE);
    await vi.waitFor(() => expect(heard.b).toContainEqual(missed), PATIENCE);
    a.tell(ended("after"));
    await vi.waitFor(() => expect(heard.b).toContainEqual(ended("after")), PATIENCE);
    await a.close();
    await b.close();
  });

  test("what others notify on the channel is nothing, and the log says so without repeating it", async () => {
    const bus = await join();
    const heard = vi.fn();
    bus.listen(heard);
    await run(`select pg_notify('lanyard_nodes', '{"from":"x","message":{"type":"secret"}}')`);
    await vi.waitFor(() => expect(logged.join("")).toContain("nodes.message_not_understood"));
    expect(logged.join("")).not.toContain("secret");
    expect(heard).not.toHaveBeenCalled();
    await bus.close();
  });
});

test("the longest message there is fits into a NOTIFY, and comes back as it was", () => {
  const long = "x".repeat(100);
  const messages: readonly NodeMessage[] = [
    { type: "desk", desk: long, leash: "9".repeat(19) },
    { type: "drop", desk: long },
    ended(long),
    { type: "call", to: long },
    { type: "reply", to: long, call: long },
    { type: "missed" },
  ];
  for (const message of messages) {
    const text = formatMessage(long, message);
    expect(Buffer.byteLength(text)).toBeLessThan(8_000);
    expect(parseMessage(text)).toEqual({ from: long, message });
  }
});

test.each(["", "null", "[]", "{", '{"from":"a"}', '{"from":"","message":{"type":"missed"}}'])(
  "what is no message is nothing: %s",
  (text) => {
    expect(parseMessage(text)).toBeUndefined();
  },
);
