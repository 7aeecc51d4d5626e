import { type Envelope, formatEnvelope, parseEnvelope } from "./envelope.ts";
import {
  type CallsFrom,
  LEASH_CALLS,
  LEASH_TIMES,
  type LeashCall,
  type LeashHandlers,
  type LeashSide,
  type ReplyOf,
  type RequestOf,
} from "./leash.ts";
import { isRefusalCode, Refusal } from "./refusals.ts";

/** What a peer needs of its surroundings: a way to send, a timer, and somebody to tell of unexpected errors. */
export interface PeerOptions<Side extends LeashSide> {
  readonly side: Side;
  /** What this side answers, asked for each call anew. May throw a {@link Refusal}: then every call is refused. */
  handlers(): LeashHandlers<Side>;
  send(text: string): void;
  /** Calls `run` once after so many milliseconds; the function returned cancels that. */
  after(milliseconds: number, run: () => void): () => void;
  /** A handler failed with something that is not a {@link Refusal}: the other side is told `internal` only. */
  onError(call: LeashCall, error: unknown): void;
}

/** No reply came: the leash broke, or the other side is too slow. Whether the call took effect is unknown. */
export class LeashLost extends Error {
  override readonly name = "LeashLost";
}

/** One end of the leash, whichever: makes calls, answers calls. Transport-free: feed it texts, give it a `send`. */
export interface Peer<Side extends LeashSide> {
  /**
   * Makes one call and waits for its reply.
   *
   * @throws {Refusal} when the other side refused | {LeashLost} when no reply came
   */
  call<Call extends CallsFrom<Side>>(call: Call, body: RequestOf<Call>): Promise<ReplyOf<Call>>;
  /**
   * Takes in one text from the other side.
   *
   * @throws {WireError} `wire/not_a_message` | `wire/too_large`: end the connection
   */
  receive(text: string): void;
  /** The connection is gone: every open call ends with {@link LeashLost}. */
  close(): void;
}

interface OpenCall {
  readonly call: LeashCall;
  resolve(body: unknown): void;
  reject(error: Error): void;
}

export function openPeer<Side extends LeashSide>(options: PeerOptions<Side>): Peer<Side> {
  const open = new Map<number, OpenCall>();
  let lastId = 0;
  let closed = false;

  const settle = (id: number, how: (waiting: OpenCall) => void): void => {
    const waiting = open.get(id);
    if (waiting === undefined) return;
    open.delete(id);
    how(waiting);
  };

  const call = <Call extends CallsFrom<Side>>(
    name: Call,
    body: RequestOf<Call>,
  ): Promise<ReplyOf<Call>> => {
    if (closed) return Promise.reject(new LeashLost("The leash is down."));
    lastId += 1;
    const id = lastId;
    return new Promise((resolve, reject) => {
      const cancel = options.after(LEASH_TIMES.callMs, () =>
        settle(id, (waiting) => waiting.reject(new LeashLost(`No reply to ${name}.`))),
      );
      open.set(id, {
        call: name,
        resolve: (reply) => {
          cancel();
          const parsed = LEASH_CALLS[name].reply.safeParse(reply);
          // The schema is the one of this very call; TypeScript cannot follow that through the table.
          if (parsed.success) resolve(parsed.data as ReplyOf<Call>);
          else reject(new LeashLost(`The reply to ${name} was malformed.`));
        },
        reject: (error) => {
          cancel();
          reject(error);
        },
      });
      options.send(formatEnvelope({ id, call: name, body }));
    });
  };

  return {
    call,
    receive: (text) => receive(parseEnvelope(text), { options, settle }),
    close: () => {
      closed = true;
      for (const id of [...open.keys()])
        settle(id, (waiting) => waiting.reject(new LeashLost("The leash broke.")));
    },
  };
}

interface Receiving<Side extends LeashSide> {
  readonly options: PeerOptions<Side>;
  settle(id: number, how: (waiting: OpenCall) => void): void;
}

function receive<Side extends LeashSide>(message: Envelope, receiving: Receiving<Side>): void {
  if ("call" in message) {
    void answer(message, receiving.options);
    return;
  }
  receiving.settle(message.replyTo, (waiting) => {
    if (!("refused" in message)) return waiting.resolve(message.body);
    const { code, message: text } = message.refused;
    waiting.reject(isRefusalCode(code) ? new Refusal(code, text) : new Refusal("internal"));
  });
}

/** Never rejects: what goes wrong is told to the other side, in one of our own sentences. */
async function answer<Side extends LeashSide>(
  message: Extract<Envelope, { call: string }>,
  options: PeerOptions<Side>,
): Promise<void> {
  const { id } = message;
  const name = callTo(options.side, message.call);
  if (name === undefined) return refuse(options, id, new Refusal("protocol_unsupported"));
  const parsed = LEASH_CALLS[name].request.safeParse(message.body);
  if (!parsed.success) return refuse(options, id, new Refusal("protocol_unsupported"));
  try {
    // One handler per call, by the table's type; TypeScript cannot follow that through an index.
    const handlers = options.handlers() as Readonly<
      Record<string, (body: unknown) => Promise<unknown>>
    >;
    const body = await handlers[name]?.(parsed.data);
    options.send(formatEnvelope({ replyTo: id, body }));
  } catch (error) {
    if (!(error instanceof Refusal)) options.onError(name, error);
    refuse(options, id, error instanceof Refusal ? error : new Refusal("internal"));
  }
}

function callTo(side: LeashSide, name: string): LeashCall | undefined {
  if (!Object.hasOwn(LEASH_CALLS, name)) return undefined;
  const call = name as LeashCall;
  return LEASH_CALLS[call].from === side ? undefined : call;
}

function refuse<Side extends LeashSide>(
  options: PeerOptions<Side>,
  id: number,
  { code, message }: Refusal,
): void {
  options.send(formatEnvelope({ replyTo: id, refused: { code, message } }));
}
