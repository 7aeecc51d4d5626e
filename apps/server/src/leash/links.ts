import type { LeashAt, Store } from "@lanyard/identity";
import {
  type CallsFrom,
  type DeskView,
  deskView,
  LEASH_TIMES,
  LeashLost,
  type ReplyOf,
  type RequestOf,
} from "@lanyard/wire";
import type { Logger } from "../log.ts";
import type { NodeBus } from "../nodes/bus.ts";
import { openCallsAcross } from "../nodes/calls-across.ts";
import type { NodeMessage } from "../nodes/messages.ts";

/** One end of a leash as the gateway has it: who is there, how to call, how to hang up. */
export interface LeashEnd {
  readonly deskId: string;
  readonly name: string;
  call<Call extends CallsFrom<"server">>(call: Call, body: RequestOf<Call>): Promise<ReplyOf<Call>>;
  /** Ends the connection: the desk was revoked, or connected again. */
  drop(): void;
}

/** A desk whose agent is connected right now, here or at another node. */
export interface DeskLink extends Pick<LeashEnd, "deskId" | "name" | "call"> {
  /** Of all leashes ever, this one: after a reconnect it is another. */
  readonly leashId: string;
  /** What its readers hold, as last told. */
  readonly view: DeskView;
}

/** Which leash of which desk. */
export interface LeashName {
  readonly deskId: string;
  readonly leashId: string;
}

/** The desks connected to this node or to any other, and who wants to know of changes. */
export interface Links {
  /** The desk's link wherever its leash ends. */
  find(deskId: string): Promise<DeskLink | undefined>;
  /** @throws {LeashLost} when that desk is not connected */
  need(deskId: string): Promise<DeskLink>;
  /** Its link if its leash ends at this node. */
  here(deskId: string): DeskLink | undefined;
  /** A leash that began at this node. A desk has one leash: the newest, wherever. */
  connect(end: LeashEnd): Promise<DeskLink>;
  /** What the desk told over that leash. False: the desk has a newer one, and what an old one says counts for nothing. */
  see(leash: LeashName, view: DeskView): Promise<boolean>;
  disconnect(leash: LeashName): Promise<void>;
  /** Ends the desk's leash, wherever it is. */
  drop(deskId: string): void;
  /** Calls `listener` whenever that desk's link may have changed. */
  watch(deskId: string, listener: () => void): () => void;
  /** Says that this node lives, and forgets those that do not. Gives the database's time. */
  beat(): Promise<Date>;
  close(): Promise<void>;
}

export interface LinksOptions {
  readonly store: Store;
  readonly bus: NodeBus;
  readonly log: Logger;
}

export function openLinks(options: LinksOptions): Links {
  return new NodeLinks(options);
}

interface Here extends DeskLink {
  drop(): void;
}

/** Rows are told anew so many at a time. */
const TOLD_TOGETHER = 100;

class NodeLinks implements Links {
  readonly #options: LinksOptions;
  readonly #here = new Map<string, Here>();
  readonly #watchers = new Map<string, Set<() => void>>();
  /** Each leash's last write: the next follows it, so that the newest view stays. */
  readonly #writing = new Map<string, Promise<unknown>>();
  readonly #across;
  readonly #stopListening: () => void;

  constructor(options: LinksOptions) {
    this.#options = options;
    this.#across = openCallsAcross({ ...options, byLeash: (leashId) => this.#byLeash(leashId) });
    this.#stopListening = options.bus.listen((message) => this.#hear(message));
  }

  async find(deskId: string): Promise<DeskLink | undefined> {
    const here = this.#here.get(deskId);
    if (here !== undefined) return here;
    const leash = await this.#options.store.transaction(({ leashes }) =>
      leashes.find(deskId, LEASH_TIMES.silenceMs),
    );
    // A row of our own without a link is one whose leash has just ended.
    if (leash === undefined || leash.nodeId === this.#options.bus.nodeId) return undefined;
    return this.#elsewhere(leash);
  }

  async need(deskId: string): Promise<DeskLink> {
    const link = await this.find(deskId);
    if (link === undefined) throw new LeashLost("That desk is not connected.");
    return link;
  }

  here(deskId: string): DeskLink | undefined {
    return this.#here.get(deskId);
  }

  async connect(end: LeashEnd): Promise<DeskLink> {
    const leashId = await this.#options.store.transaction(({ leashes }) => leashes.nextId());
    const link: Here = { ...end, leashId, view: { service: "up", readers: [] } };
    const before = this.#here.get(end.deskId);
    if (before !== undefined && isNewer(before.leashId, leashId)) {
      link.drop();
      return link;
    }
    this.#here.set(end.deskId, link);
    before?.drop();
    await this.#write(link.deskId, leashId);
    return link;
  }

  async see({ deskId, leashId }: LeashName, view: DeskView): Promise<boolean> {
    const link = this.#here.get(deskId);
    if (link?.leashId !== leashId) return false;
    this.#here.set(deskId, { ...link, view });
    return this.#write(deskId, leashId);
  }

  async disconnect({ deskId, leashId }: LeashName): Promise<void> {
    // A desk that connected again has a newer link: the old one's end says nothing.
    if (this.#here.get(deskId)?.leashId !== leashId) return;
    this.#here.delete(deskId);
    this.#changed(deskId);
    await this.#inTurn(leashId, () =>
      this.#options.store.transaction(({ leashes }) => leashes.leave(leashId)),
    );
    this.#writing.delete(leashId);
    this.#options.bus.tell({ type: "desk", desk: deskId, leash: "0" });
  }

  drop(deskId: string): void {
    this.#here.get(deskId)?.drop();
    this.#options.bus.tell({ type: "drop", desk: deskId });
  }

  watch(deskId: string, listener: () => void): () => void {
    const watchers = this.#watchers.get(deskId) ?? new Set();
    watchers.add(listener);
    this.#watchers.set(deskId, watchers);
    return () => {
      watchers.delete(listener);
      if (watchers.size === 0 && this.#watchers.get(deskId) === watchers)
        this.#watchers.delete(deskId);
    };
  }

  async beat(): Promise<Date> {
    const { store, bus } = this.#options;
    const { isNew, gone, at } = await store.transaction(({ leashes }) =>
      leashes.beat(bus.nodeId, LEASH_TIMES.silenceMs),
    );
    for (const deskId of gone) {
      this.#changed(deskId);
      bus.tell({ type: "desk", desk: deskId, leash: "0" });
    }
    // The others had given this node up, or the database forgot all of them.
    if (isNew) await this.#writeAll();
    return at;
  }

  async close(): Promise<void> {
    this.#stopListening();
    this.#across.close();
    const { store, bus, log } = this.#options;
    try {
      await store.transaction(({ leashes }) => leashes.leaveNode(bus.nodeId));
    } catch (error) {
      // The database is gone too: in half a minute nobody counts this node any more.
      log.warn({ err: error }, "links.end_not_told");
    }
  }

  #byLeash(leashId: string): Here | undefined {
    for (const link of this.#here.values()) if (link.leashId === leashId) return link;
    return undefined;
  }

  #elsewhere({ deskId, name, id, nodeId, view }: LeashAt): DeskLink | undefined {
    const parsed = deskView.safeParse(view);
    if (!parsed.success) return undefined;
    const at = { deskId, nodeId, leashId: id };
    return {
      deskId,
      name,
      leashId: id,
      view: parsed.data,
      call: (call, body) => this.#across.call(at, call, body),
    };
  }

  /** Writes the link as it is by then; hangs up when the desk has a newer leash at another node. */
  async #write(deskId: string, leashId: string): Promise<boolean> {
    const { store, bus } = this.#options;
    this.#changed(deskId);
    const isNewest = await this.#inTurn(leashId, async () => {
      const link = this.#here.get(deskId);
      if (link?.leashId !== leashId) return false;
      return store.transaction(({ leashes }) => leashes.show(this.#row(link)));
    });
    if (!isNewest) this.#giveUp(deskId, leashId);
    else bus.tell({ type: "desk", desk: deskId, leash: leashId });
    return isNewest;
  }

  #row({ leashId, deskId, name, view }: Here): LeashAt {
    return { id: leashId, deskId, name, view, nodeId: this.#options.bus.nodeId };
  }

  async #writeAll(): Promise<void> {
    const { store } = this.#options;
    // In one order at every node, or two that write the same rows would wait for each other.
    const links = [...this.#here.values()].sort((a, b) => (a.deskId < b.deskId ? -1 : 1));
    for (let from = 0; from < links.length; from += TOLD_TOGETHER) {
      const lost = await store.transaction(async ({ leashes }) => {
        const older: Here[] = [];
        for (const link of links.slice(from, from + TOLD_TOGETHER)) {
          const now = this.#here.get(link.deskId);
          if (now?.leashId === link.leashId && !(await leashes.show(this.#row(now))))
            older.push(now);
        }
        return older;
      });
      for (const { deskId, leashId } of lost) this.#giveUp(deskId, leashId);
    }
  }

  #giveUp(deskId: string, leashId: string): void {
    const link = this.#here.get(deskId);
    if (link?.leashId !== leashId) return;
    this.#here.delete(deskId);
    link.drop();
    this.#changed(deskId);
  }

  #inTurn<Result>(leashId: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#writing.get(leashId) ?? Promise.resolve();
    const result = before.then(work, work);
    this.#writing.set(
      leashId,
      result.catch(() => undefined),
    );
    return result;
  }

  #changed(deskId: string): void {
    for (const listener of this.#watchers.get(deskId) ?? []) listener();
  }

  #hear(message: NodeMessage): void {
    if (message.type === "drop") this.#here.get(message.desk)?.drop();
    if (message.type === "missed") {
      for (const deskId of this.#watchers.keys()) this.#changed(deskId);
      this.#writeAll().catch((error: unknown) =>
        this.#options.log.error({ err: error }, "links.not_told_again"),
      );
    }
    if (message.type !== "desk") return;
    const link = this.#here.get(message.desk);
    if (link !== undefined && isNewer(message.leash, link.leashId))
      this.#giveUp(link.deskId, link.leashId);
    else this.#changed(message.desk);
  }
}

function isNewer(leashId: string, than: string): boolean {
  return BigInt(leashId) > BigInt(than);
}
