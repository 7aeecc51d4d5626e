import {
  type CallsFrom,
  type DeskView,
  isRefusalCode,
  LEASH_TIMES,
  type LeashHandlers,
  LeashLost,
  Refusal,
  type RefusalCode,
  type ReplyOf,
  type RequestOf,
} from "@lanyard/wire";
import type { Logger } from "../log.ts";
import type { Timers } from "../timers.ts";
import { redialDelayMs, refusedDelayMs } from "./back-off.ts";
import { leashUrl } from "./enrol.ts";
import { answerHello, type DeskIdentity } from "./hello.ts";
import { dial, type Line } from "./line.ts";

/** How the leash stands, for the agent's first page. `refused`: the server does not want this agent. */
export type LeashState =
  | { readonly state: "up" }
  | { readonly state: "down" }
  | { readonly state: "refused"; readonly code: RefusalCode };

/** The agent's one way to the server. It dials out, and dials again for as long as it is open. */
export interface Leash {
  readonly state: LeashState;
  /** @throws {Refusal} | {LeashLost} */
  call<Call extends CallsFrom<"agent">>(call: Call, body: RequestOf<Call>): Promise<ReplyOf<Call>>;
  /** Tells the server what the readers hold now. The newest view counts; told again after every reconnect. */
  show(view: DeskView): void;
  /** Resolves when the leash is up: at once, or when it comes back. */
  whenUp(): Promise<void>;
  close(): void;
}

export interface LeashOptions {
  readonly desk: DeskIdentity;
  readonly handlers: Omit<LeashHandlers<"agent">, "hello">;
  readonly timers: Timers;
  readonly log: Logger;
  /** 0 to 1, for jitter. */
  random(): number;
  /** The leash has been down for so long that the server has ended every session by itself. */
  onSilence(): void;
}

/** How soon a view is told again: while the server still looks the desk up, and after anything else. */
const TELL_AGAIN = { earlyMs: 100, failedMs: 1000 } as const;

/** Codes with which a server says: not you. Nothing is gained by dialling again at once. */
const UNWANTED: ReadonlySet<RefusalCode> = new Set([
  "protocol_unsupported",
  "desk_revoked",
  "desk_key_invalid",
  "desk_unknown",
]);

export function openLeash(options: LeashOptions): Leash {
  return new DialledLeash(options);
}

class DialledLeash implements Leash {
  readonly #options: LeashOptions;
  readonly #url: string;
  readonly #waiting = new Set<() => void>();
  #state: LeashState = { state: "down" };
  #line: Line | undefined;
  #view: DeskView = { service: "up", readers: [] };
  #attempt = 0;
  #closed = false;
  #cancelRedial: () => void = () => undefined;
  #cancelSilence: () => void = () => undefined;

  constructor(options: LeashOptions) {
    this.#options = options;
    this.#url = leashUrl(options.desk.serverOrigin);
    this.#dial();
  }

  get state(): LeashState {
    return this.#state;
  }

  call<Call extends CallsFrom<"agent">>(call: Call, body: RequestOf<Call>): Promise<ReplyOf<Call>> {
    if (this.#line === undefined || this.#state.state !== "up")
      return Promise.reject(new LeashLost("The leash is down."));
    return this.#line.peer.call(call, body);
  }

  show(view: DeskView): void {
    this.#view = view;
    if (this.#state.state === "up" && this.#line !== undefined) void this.#tell(this.#line);
  }

  whenUp(): Promise<void> {
    if (this.#state.state === "up") return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  close(): void {
    this.#closed = true;
    this.#cancelRedial();
    this.#cancelSilence();
    this.#line?.hangUp();
  }

  #dial(): void {
    if (this.#closed) return;
    const { desk, handlers, timers, log } = this.#options;
    const line = dial({
      url: this.#url,
      timers,
      log,
      handlers: {
        ...handlers,
        hello: async (request) => {
          const reply = await answerHello(request, desk);
          // After the reply has gone out.
          timers.after(0, () => void this.#tell(line));
          return reply;
        },
      },
      onClosed: (reason) => this.#lost(line, reason),
    });
    this.#line = line;
  }

  /** Tells the newest view on this line, and again when that failed: the server must never go by an old one. */
  async #tell(line: Line): Promise<void> {
    const view = this.#view;
    const isFirst = this.#state.state !== "up";
    const isSuperseded = () => this.#line !== line || (!isFirst && this.#view !== view);
    try {
      await line.peer.call("desk_view", view);
    } catch (error) {
      if (isSuperseded()) return;
      // The server answers so while it still looks the desk up; if it does not want us, it hangs up.
      const isEarly = error instanceof Refusal && error.code === "desk_unknown";
      const delayMs = isEarly ? TELL_AGAIN.earlyMs : TELL_AGAIN.failedMs;
      this.#options.timers.after(delayMs, () => {
        if (!isSuperseded()) void this.#tell(line);
      });
      return;
    }
    if (!isFirst || this.#line !== line) return;
    this.#up();
    if (this.#view !== view) void this.#tell(line);
  }

  /** The first view that is taken says that the server knows this desk: only then is the leash up. */
  #up(): void {
    this.#attempt = 0;
    this.#cancelSilence();
    this.#state = { state: "up" };
    this.#options.log.info("leash.up");
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #lost(line: Line, reason: string): void {
    if (this.#line !== line) return;
    this.#line = undefined;
    const { timers, log, random, onSilence } = this.#options;
    if (this.#state.state === "up") {
      this.#cancelSilence();
      this.#cancelSilence = timers.after(LEASH_TIMES.silenceMs, onSilence);
    }
    const isUnwanted = isRefusalCode(reason) && UNWANTED.has(reason);
    this.#state = isUnwanted ? { state: "refused", code: reason } : { state: "down" };
    if (isUnwanted) {
      // Nothing of a session is left here: the server that ended it does not speak to us any more.
      this.#cancelSilence();
      onSilence();
    }
    const delayMs = isUnwanted ? refusedDelayMs(reason) : redialDelayMs(this.#attempt, random());
    this.#attempt += 1;
    const event = { attempt: this.#attempt, refused: isUnwanted ? reason : undefined };
    log[this.#attempt === 1 ? "warn" : "debug"](event, "leash.down");
    if (!this.#closed) this.#cancelRedial = timers.after(delayMs, () => this.#dial());
  }
}
