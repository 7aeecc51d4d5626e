import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WireError } from "./errors.ts";
import {
  type CallsFrom,
  LEASH_CALLS,
  LEASH_TIMES,
  type LeashCall,
  type LeashHandlers,
} from "./leash.ts";
import { LeashLost, openPeer, type Peer } from "./peer.ts";
import { REFUSALS, Refusal } from "./refusals.ts";

const VISIT = "AAAAAAAAAAAAAAAAAAAAAA";
const SESSION = "ab".repeat(32);
const NONCE = `${"A".repeat(43)}=`;

/** Timers that run when a test says so. */
interface Timers {
  readonly running: { readonly milliseconds: number; run(): void }[];
  after(milliseconds: number, run: () => void): () => void;
}

function handTimers(): Timers {
  const running: { readonly milliseconds: number; run(): void }[] = [];
  return {
    running,
    after: (milliseconds, run) => {
      const timer = { milliseconds, run };
      running.push(timer);
      return () => void running.splice(running.indexOf(timer), 1);
    },
  };
}

const unexpected = (): Promise<never> => Promise.reject(new Error("not in this test"));

const AGENT: LeashHandlers<"agent"> = {
  hello: unexpected,
  card_prove: unexpected,
  card_release: unexpected,
  session_begin: unexpected,
  session_end: unexpected,
  puk_rotate: unexpected,
  presence: unexpected,
};

const SERVER: LeashHandlers<"server"> = {
  desk_view: unexpected,
  claim: unexpected,
  visit_status: unexpected,
  give_up: unexpected,
  sign_in: unexpected,
  unlock_authorise: unexpected,
  unlock_report: unexpected,
  unlock_hint: unexpected,
  rotation_release: unexpected,
  unlock_prove: unexpected,
  unlock_lost: unexpected,
  change_send: unexpected,
  change_report: unexpected,
  change_prove: unexpected,
  change_lost: unexpected,
};

interface Line {
  readonly agent: Peer<"agent">;
  readonly server: Peer<"server">;
  readonly timers: Timers;
  /** Texts in the order they were sent, whoever sent them. */
  readonly sent: string[];
  readonly errors: { readonly call: LeashCall; readonly error: unknown }[];
}

/** Two peers back to back; what one sends the other receives. */
function openLine(
  handlers: {
    readonly agent?: Partial<LeashHandlers<"agent">>;
    readonly server?: Partial<LeashHandlers<"server">>;
  } = {},
): Line {
  const timers = handTimers();
  const sent: string[] = [];
  const errors: { readonly call: LeashCall; readonly error: unknown }[] = [];
  const common = {
    after: timers.after,
    onError: (call: LeashCall, error: unknown) => void errors.push({ call, error }),
  };
  const agent: Peer<"agent"> = openPeer<"agent">({
    ...common,
    side: "agent",
    handlers: () => ({ ...AGENT, ...handlers.agent }),
    send: (text) => {
      sent.push(text);
      server.receive(text);
    },
  });
  const server: Peer<"server"> = openPeer<"server">({
    ...common,
    side: "server",
    handlers: () => ({ ...SERVER, ...handlers.server }),
    send: (text) => {
      sent.push(text);
      agent.receive(text);
    },
  });
  return { agent, server, timers, sent, errors };
}

/** One peer alone; what it sends is only noted. */
function openAlone(handlers: Partial<LeashHandlers<"server">> = {}) {
  const timers = handTimers();
  const sent: string[] = [];
  const errors: unknown[] = [];
  const peer = openPeer<"server">({
    side: "server",
    handlers: () => ({ ...SERVER, ...handlers }),
    send: (text) => void sent.push(text),
    after: timers.after,
    onError: (_, error) => void errors.push(error),
  });
  return { peer, timers, sent, errors };
}

/** Everything that is waiting to run has run. */
const settled = () => new Promise<void>((done) => setImmediate(done));

describe("a call and its reply", () => {
  test("goes over, is answered, and leaves no timer behind", async () => {
    const line = openLine({ server: { claim: async ({ visit }) => ({ bindSecret: visit }) } });
    expect(await line.agent.call("claim", { visit: VISIT })).toEqual({ bindSecret: VISIT });
    expect(line.timers.running).toEqual([]);
  });

  test("many at once, answered in another order, each get their own reply", async () => {
    const waiting = new Map<string, (reply: { readonly bindSecret: string }) => void>();
    const line = openLine({
      server: {
        claim: ({ visit }) => new Promise((resolve) => void waiting.set(visit, resolve)),
      },
    });
    const visits = ["A", "B", "C"].map((letter) => letter.repeat(22));
    const replies = visits.map((visit) => line.agent.call("claim", { visit }));
    for (const [visit, resolve] of [...waiting].reverse()) resolve({ bindSecret: visit });
    expect(await Promise.all(replies)).toEqual(visits.map((bindSecret) => ({ bindSecret })));
  });

  test("both sides may call; their numbers do not meet", async () => {
    const line = openLine({
      server: { claim: async () => ({ bindSecret: VISIT }) },
      agent: { session_end: async () => ({}) },
    });
    const replies = await Promise.all([
      line.agent.call("claim", { visit: VISIT }),
      line.server.call("session_end", { session: SESSION }),
    ]);
    expect(replies).toEqual([{ bindSecret: VISIT }, {}]);
  });

  test("a refusal comes back as that refusal", async () => {
    const line = openLine({ server: { claim: () => Promise.reject(new Refusal("visit_taken")) } });
    const call = line.agent.call("claim", { visit: VISIT });
    await expect(call).rejects.toBeInstanceOf(Refusal);
    await expect(call).rejects.toMatchObject({
      code: "visit_taken",
      message: REFUSALS.visit_taken,
    });
    expect(line.errors).toEqual([]);
  });

  test("a code from the other side that is not in the table is internal, with our own words", async () => {
    const { peer, sent } = openAlone();
    const call = peer.call("session_end", { session: SESSION });
    expect(sent).toHaveLength(1);
    const refused = { code: "toString", message: "<script>" };
    peer.receive(JSON.stringify({ replyTo: 1, refused }));
    await expect(call).rejects.toMatchObject({ code: "internal", message: REFUSALS.internal });
  });
});

describe("no reply", () => {
  test("after fifteen seconds the call is lost; a reply that comes then changes nothing", async () => {
    const { peer, timers } = openAlone();
    const call = peer.call("session_end", { session: SESSION });
    expect(timers.running.map(({ milliseconds }) => milliseconds)).toEqual([LEASH_TIMES.callMs]);
    timers.running[0]?.run();
    await expect(call).rejects.toBeInstanceOf(LeashLost);
    peer.receive('{"replyTo":1,"body":{}}');
    await expect(call).rejects.toBeInstanceOf(LeashLost);
  });

  test("a malformed reply is no reply, and is not repeated", async () => {
    const { peer } = openAlone();
    const call = peer.call("presence", { session: SESSION, nonce: NONCE, slot: "9E" });
    peer.receive('{"replyTo":1,"body":{"signature":"hunter2"}}');
    await expect(call).rejects.toBeInstanceOf(LeashLost);
    await expect(call).rejects.toThrow(/^((?!hunter2).)*$/);
  });

  test("a reply to a call never made is let be", () => {
    const { peer, sent } = openAlone();
    peer.receive('{"replyTo":99,"body":{}}');
    expect(sent).toEqual([]);
  });

  test("a second reply to one call is let be", async () => {
    const { peer } = openAlone();
    const call = peer.call("session_end", { session: SESSION });
    peer.receive('{"replyTo":1,"body":{}}');
    peer.receive('{"replyTo":1,"refused":{"code":"internal","message":"x"}}');
    expect(await call).toEqual({});
  });

  test("closing ends every open call, their timers, and every later call", async () => {
    const { peer, timers } = openAlone();
    const calls = [1, 2].map(() => peer.call("session_end", { session: SESSION }));
    peer.close();
    for (const call of calls) await expect(call).rejects.toBeInstanceOf(LeashLost);
    expect(timers.running).toEqual([]);
    const later = peer.call("session_end", { session: SESSION });
    await expect(later).rejects.toBeInstanceOf(LeashLost);
  });
});

describe("what the other side may not do", () => {
  const ask = async (call: string, body: unknown, handlers = {}) => {
    const { peer, sent, errors } = openAlone(handlers);
    peer.receive(JSON.stringify({ id: 5, call, body }));
    await settled();
    return { answers: sent.map((text): unknown => JSON.parse(text)), errors };
  };
  const refusal = (code: keyof typeof REFUSALS) => [
    { replyTo: 5, refused: { code, message: REFUSALS[code] } },
  ];

  /** A body that fits, for every call that only the server makes. */
  const FROM_SERVER = {
    hello: { protocol: 1, nonce: NONCE },
    card_prove: { ceremony: VISIT, insertion: "insertion", nonce: NONCE },
    card_release: { ceremony: VISIT },
    session_begin: { session: SESSION, insertion: "insertion" },
    session_end: { session: SESSION },
    puk_rotate: {
      ...{ rotation: VISIT, insertion: "insertion", nonce: NONCE },
      ...{ keyHash: SESSION, hint: true },
    },
    presence: { session: SESSION, nonce: NONCE, slot: "9E" },
  } as const satisfies { readonly [Call in CallsFrom<"server">]: unknown };

  test.each(Object.entries(FROM_SERVER))(
    "%s is the server's to call: an agent that does is refused",
    async (name, body) => {
      const { answers } = await ask(name, body);
      expect(answers).toEqual(refusal("protocol_unsupported"));
    },
  );

  test.each(["nonsense", "toString", "__proto__", "constructor"])("%s is no call", async (name) => {
    const { answers } = await ask(name, {});
    expect(answers).toEqual(refusal("protocol_unsupported"));
  });

  test.each([[], null, 7, {}, { visit: "short" }, { visit: "../../etc/passwd-long-enough" }])(
    "a request that does not fit never reaches the handler: %j",
    async (body) => {
      let reached = false;
      const claim = async () => {
        reached = true;
        return { bindSecret: VISIT };
      };
      const { answers } = await ask("claim", body, { claim });
      expect(answers).toEqual(refusal("protocol_unsupported"));
      expect(reached).toBe(false);
    },
  );

  test("fields that are not in the schema do not get through", async () => {
    let seen: unknown;
    const claim = async (request: unknown) => {
      seen = request;
      return { bindSecret: VISIT };
    };
    await ask("claim", { visit: VISIT, extra: true }, { claim });
    expect(seen).toEqual({ visit: VISIT });
  });

  test.each([
    ["an error", () => Promise.reject(new Error("PUK 12345678 at /srv/secret"))],
    ["a text", () => Promise.reject("PUK 12345678")],
    [
      "an error thrown at once",
      () => {
        throw new Error("PUK 12345678");
      },
    ],
  ])("what a handler fails with is told here, never there: %s", async (_, claim) => {
    const { answers, errors } = await ask("claim", { visit: VISIT }, { claim });
    expect(answers).toEqual(refusal("internal"));
    expect(errors).toHaveLength(1);
  });
});

describe("hostile texts", () => {
  const calls = Object.keys(LEASH_CALLS);
  const hostile = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.json({ maxDepth: 4 }),
    fc
      .record({ id: fc.nat(), call: fc.constantFrom(...calls), body: fc.jsonValue() })
      .map((message) => JSON.stringify(message)),
    fc
      .record({ replyTo: fc.nat(3), body: fc.jsonValue() })
      .map((message) => JSON.stringify(message)),
    fc
      .record({
        replyTo: fc.nat(3),
        refused: fc.record({ code: fc.string(), message: fc.string() }),
      })
      .map((message) => JSON.stringify(message)),
  );

  test("end in an answer in our own words or a WireError, and reach no handler unparsed", async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const { peer, sent } = openAlone();
        const call = peer
          .call("session_end", { session: SESSION })
          .catch((error: unknown) => error);
        sent.length = 0;
        try {
          peer.receive(text);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
        await settled();
        const ours = new Set<string>(Object.values(REFUSALS));
        for (const answer of sent) {
          const { refused }: { refused?: { message: string } } = JSON.parse(answer);
          expect(ours.has(refused?.message ?? "")).toBe(true);
        }
        peer.close();
        await call;
      }),
      { numRuns: 1000 },
    );
  });
});

test("the table says of every call who makes it", () => {
  const fromServer: readonly CallsFrom<"server">[] = [
    "hello",
    "card_prove",
    "card_release",
    "session_begin",
    "session_end",
    "puk_rotate",
    "presence",
  ];
  expect(Object.keys(AGENT).toSorted()).toEqual(fromServer.toSorted());
  expect(Object.keys({ ...AGENT, ...SERVER }).toSorted()).toEqual(
    Object.keys(LEASH_CALLS).toSorted(),
  );
});
