import type { CallsFrom, DeskView, ReplyOf, RequestOf } from "@lanyard/wire";
import { LeashLost } from "@lanyard/wire";

/** A desk whose agent is connected to this node right now. */
export interface DeskLink {
  readonly deskId: string;
  readonly name: string;
  /** What its readers hold, as last told. */
  readonly view: DeskView;
  call<Call extends CallsFrom<"server">>(call: Call, body: RequestOf<Call>): Promise<ReplyOf<Call>>;
  /** Ends the connection: the desk was revoked, or connected again. */
  drop(): void;
}

export type DeskChange = "connected" | "view" | "disconnected";

type Listener = (deskId: string, change: DeskChange) => void;

/** The desks connected to this node, and who wants to know of changes. Memory only: nothing here is a record. */
export interface Links {
  find(deskId: string): DeskLink | undefined;
  /** @throws {LeashLost} when that desk is not connected here */
  need(deskId: string): DeskLink;
  connect(link: DeskLink): void;
  see(deskId: string, view: DeskView): void;
  disconnect(link: DeskLink): void;
  onChange(listener: Listener): () => void;
  dropAll(): void;
}

export function createLinks(): Links {
  const links = new Map<string, DeskLink>();
  const listeners = new Set<Listener>();
  const tell = (deskId: string, change: DeskChange): void => {
    for (const listener of listeners) listener(deskId, change);
  };
  return {
    find: (deskId) => links.get(deskId),
    need: (deskId) => {
      const link = links.get(deskId);
      if (link === undefined) throw new LeashLost("That desk is not connected.");
      return link;
    },
    connect: (link) => {
      const before = links.get(link.deskId);
      links.set(link.deskId, link);
      before?.drop();
      tell(link.deskId, "connected");
    },
    see: (deskId, view) => {
      const link = links.get(deskId);
      if (link === undefined) return;
      links.set(deskId, { ...link, view });
      tell(deskId, "view");
    },
    disconnect: (link) => {
      // A desk that connected again has a newer link: the old one's end says nothing.
      if (links.get(link.deskId)?.drop !== link.drop) return;
      links.delete(link.deskId);
      tell(link.deskId, "disconnected");
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dropAll: () => {
      for (const link of links.values()) link.drop();
    },
  };
}
