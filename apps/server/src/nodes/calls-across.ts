import type { CallAcross, Store } from "@lanyard/identity";
import {
  type CallsFrom,
  isRefusalCode,
  LEASH_CALLS,
  LEASH_TIMES,
  LeashLost,
  Refusal,
  type ReplyOf,
  type RequestOf,
} from "@lanyard/wire";
import { z } from "zod";
import type { LeashEnd } from "../leash/links.ts";
import type { Logger } from "../log.ts";
import { newToken } from "../random.ts";
import type { NodeBus } from "./bus.ts";
import type { NodeMessage } from "./messages.ts";

/**
 * Which calls to a desk may be made at any node. A presence proof is for the node that holds the leash. Whatever carries
 * a secret, sealed or not, must never be in this table: it would lie in the database.
 */
const ACROSS: Readonly<Record<CallsFrom<"server">, boolean>> = {
  hello: false,
  presence: false,
  card_prove: true,
  card_release: true,
  session_begin: true,
  puk_rotate: true,
  session_end: true,
};

/** A leash at another node. */
export interface LeashElsewhere {
  readonly deskId: string;
  readonly nodeId: string;
  readonly leashId: string;
}

/** Calls to desks whose leash ends at another node, and theirs to desks whose leash ends here. */
export interface CallsAcross {
  /** @throws {Refusal} when the desk refused | {LeashLost} when no reply came: whether it took effect is unknown */
  call<Call extends CallsFrom<"server">>(
    at: LeashElsewhere,
    call: Call,
    body: RequestOf<Call>,
  ): Promise<ReplyOf<Call>>;
  /** Gives up whatever is still waited for. */
  close(): void;
}

export interface CallsAcrossOptions {
  readonly store: Store;
  readonly bus: NodeBus;
  readonly log: Logger;
  /** The leash that ends here under that number. */
  byLeash(leashId: string): Pick<LeashEnd, "call"> | undefined;
}

/** What came of a call: its reply, the desk's refusal, or that the leash broke. */
const outcome = z.union([
  z.object({ reply: z.unknown() }),
  z.object({ refused: z.string(), message: z.string() }),
  z.object({ lost: z.literal(true) }),
]);

type Outcome = z.infer<typeof outcome>;

interface Waiting {
  readonly at: LeashElsewhere;
  settle(outcome: Outcome): void;
}

export function openCallsAcross(options: CallsAcrossOptions): CallsAcross {
  const { store, bus, log } = options;
  const waiting = new Map<string, Waiting>();
  const failed = (error: unknown) => log.error({ err: error }, "nodes.call_failed");

  const collect = async (id: string): Promise<void> => {
    const reply = await store.transaction(({ leashes }) => leashes.collect(id));
    const parsed = outcome.safeParse(reply);
    if (parsed.success) waiting.get(id)?.settle(parsed.data);
  };
  const hear = (message: NodeMessage): void => {
    if (message.type === "reply" && waiting.has(message.call)) collect(message.call).catch(failed);
    if (message.type === "desk")
      // The desk's leash is another one now, or none: no reply will come over that one.
      for (const { at, settle } of waiting.values())
        if (at.deskId === message.desk && at.leashId !== message.leash) settle({ lost: true });
    if (message.type === "missed") for (const id of waiting.keys()) collect(id).catch(failed);
    if (message.type === "missed" || (message.type === "call" && message.to === bus.nodeId))
      putThrough(options).catch(failed);
  };
  const stop = bus.listen(hear);

  return {
    call: async (at, call, body) => {
      if (!ACROSS[call]) throw new LeashLost(`${call} is for the node that holds the leash.`);
      const id = newToken();
      const outcomeOf = waitFor(waiting, id, at);
      const order: CallAcross = {
        ...{ id, call, body, leashId: at.leashId },
        ...{ fromNode: bus.nodeId, toNode: at.nodeId },
      };
      await store.transaction(({ leashes }) => leashes.ask(order));
      bus.tell({ type: "call", to: at.nodeId });
      const result = await outcomeOf;
      if ("lost" in result) store.transaction(({ leashes }) => leashes.forget(id)).catch(failed);
      return readOutcome(call, result);
    },
    close: () => {
      stop();
      for (const { settle } of waiting.values()) settle({ lost: true });
    },
  };
}

function waitFor(waiting: Map<string, Waiting>, id: string, at: LeashElsewhere): Promise<Outcome> {
  return new Promise((resolve) => {
    const settle = (result: Outcome): void => {
      clearTimeout(timer);
      waiting.delete(id);
      resolve(result);
    };
    const timer = setTimeout(() => settle({ lost: true }), LEASH_TIMES.callMs);
    waiting.set(id, { at, settle });
  });
}

function readOutcome<Call extends CallsFrom<"server">>(call: Call, result: Outcome): ReplyOf<Call> {
  if ("lost" in result) throw new LeashLost(`No reply to ${call}.`);
  if ("refused" in result) {
    const { refused, message } = result;
    throw isRefusalCode(refused) ? new Refusal(refused, message) : new Refusal("internal");
  }
  const parsed = LEASH_CALLS[call].reply.safeParse(result.reply);
  if (!parsed.success) throw new LeashLost(`The reply to ${call} was malformed.`);
  // The schema is the one of this very call; TypeScript cannot follow that through the table.
  return parsed.data as ReplyOf<Call>;
}

/** Makes the calls that other nodes left for this one. Each was taken once: a call is never made twice. */
async function putThrough(options: CallsAcrossOptions): Promise<void> {
  const { store, bus } = options;
  const calls = await store.transaction(({ leashes }) =>
    leashes.take(bus.nodeId, LEASH_TIMES.callMs),
  );
  await Promise.all(
    calls.map(async (call) => {
      const result = await make(options, call);
      await store.transaction(({ leashes }) => leashes.answer(call.id, result));
      bus.tell({ type: "reply", to: call.fromNode, call: call.id });
    }),
  );
}

async function make(options: CallsAcrossOptions, order: CallAcross): Promise<Outcome> {
  const { call } = order;
  const link = options.byLeash(order.leashId);
  if (link === undefined || !isAcross(call)) return { lost: true };
  const request = LEASH_CALLS[call].request.safeParse(order.body);
  if (!request.success) return { lost: true };
  try {
    return { reply: await link.call(call, request.data) };
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.code, message: error.message };
    if (error instanceof LeashLost) return { lost: true };
    throw error;
  }
}

function isAcross(call: string): call is CallsFrom<"server"> {
  return Object.entries(ACROSS).some(([name, may]) => may && name === call);
}
