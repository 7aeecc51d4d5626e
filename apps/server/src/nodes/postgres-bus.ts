import type { Client } from "pg";
import type { Logger } from "../log.ts";
import { newToken } from "../random.ts";
import { type Listeners, type NodeBus, openListeners } from "./bus.ts";
import { formatMessage, type NodeMessage, parseMessage } from "./messages.ts";

export interface PostgresBusOptions {
  /** A connection of the bus's own: what listens must not be a pool's. */
  dial(): Promise<Client>;
  readonly log: Logger;
}

/** One channel for everything: there is little to tell. */
const CHANNEL = "lanyard_nodes";
/** So many messages in one statement: NOTIFY takes one lock of the whole server for each transaction. */
const TOLD_TOGETHER = 200;
const REDIAL = { firstMs: 100, longestMs: 5_000 } as const;
/** A line that does not answer so often is dead, whatever the system thinks; events would go unheard. */
const PULSE_MS = 5_000;

/**
 * The nodes of one PostgreSQL, by LISTEN and NOTIFY. Notices are sent after the commit they speak of, in a transaction
 * of their own: within it, NOTIFY's lock would make all commits wait for each other's disk and standby.
 *
 * @throws what the first connection could not be made with
 */
export async function openPostgresBus(options: PostgresBusOptions): Promise<NodeBus> {
  const bus = new PostgresBus(options);
  await bus.connect();
  return bus;
}

class PostgresBus implements NodeBus {
  readonly nodeId = newToken();
  readonly #options: PostgresBusOptions;
  readonly #listeners: Listeners = openListeners();
  readonly #untold: string[] = [];
  readonly #pulse: NodeJS.Timeout;
  #client: Client | undefined;
  #telling: Promise<void> | undefined;
  #redial: NodeJS.Timeout | undefined;
  #attempt = 0;
  #isClosed = false;

  constructor(options: PostgresBusOptions) {
    this.#options = options;
    this.#pulse = setInterval(() => void this.#checkLine(), PULSE_MS);
    this.#pulse.unref();
  }

  async connect(): Promise<void> {
    const client = await this.#options.dial();
    client.on("error", () => this.#lost(client));
    client.on("end", () => this.#lost(client));
    client.on("notification", ({ payload }) => this.#receive(payload ?? ""));
    await client.query(`listen ${CHANNEL}`);
    if (this.#isClosed) return client.end();
    this.#client = client;
    this.#attempt = 0;
  }

  tell(message: NodeMessage): void {
    const text = formatMessage(this.nodeId, message);
    // Without a line nothing is kept: everybody is told `missed` once there is one again.
    if (this.#client === undefined || this.#isClosed) return;
    this.#untold.push(text);
    this.#telling ??= this.#tellAll().finally(() => {
      this.#telling = undefined;
    });
  }

  listen(listener: (message: NodeMessage) => void): () => void {
    return this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    clearInterval(this.#pulse);
    clearTimeout(this.#redial);
    await this.#telling;
    this.#isClosed = true;
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
  }

  /** Strictly in order, as many at once as have come up meanwhile. */
  async #tellAll(): Promise<void> {
    // One turn later, so that what is told in one go goes in one statement.
    await Promise.resolve();
    while (this.#untold.length > 0 && this.#client !== undefined) {
      const client = this.#client;
      const batch = this.#untold.splice(0, TOLD_TOGETHER);
      try {
        await client.query("select pg_notify($1, told) from unnest($2::text[]) as told", [
          CHANNEL,
          batch,
        ]);
      } catch {
        this.#lost(client);
      }
    }
  }

  #receive(payload: string): void {
    const envelope = parseMessage(payload);
    if (envelope === undefined) this.#options.log.warn("nodes.message_not_understood");
    else if (envelope.from !== this.nodeId) this.#listeners.hear(envelope.message);
  }

  /** Notices of the time without a line are gone, and what was to be told then was told to nobody. */
  #lost(client: Client): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    this.#untold.length = 0;
    client.end().catch(() => undefined);
    if (!this.#isClosed) this.#dialAgain();
  }

  #dialAgain(): void {
    const { log } = this.#options;
    const waitMs = Math.min(REDIAL.longestMs, REDIAL.firstMs * 2 ** Math.min(this.#attempt, 10));
    this.#attempt += 1;
    log.warn({ attempt: this.#attempt }, "nodes.line_lost");
    this.#redial = setTimeout(
      () => {
        this.connect().then(
          () => {
            if (this.#isClosed) return;
            log.info("nodes.line_up");
            this.#listeners.hear({ type: "missed" });
            this.tell({ type: "missed" });
          },
          () => {
            if (!this.#isClosed) this.#dialAgain();
          },
        );
      },
      waitMs * (0.5 + Math.random() / 2),
    );
  }

  async #checkLine(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const dead = setTimeout(() => this.#lost(client), PULSE_MS);
    try {
      await client.query("select 1");
    } catch {
      this.#lost(client);
    } finally {
      clearTimeout(dead);
    }
  }
}
