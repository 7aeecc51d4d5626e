import { newToken } from "../random.ts";
import { formatMessage, type NodeEnvelope, type NodeMessage, parseMessage } from "./messages.ts";

/**
 * How the nodes of one installation tell each other what happened. Facts are in tables and a message only says where to
 * look, so that a lost one costs time and nothing else: whoever may have missed something is told `missed`.
 */
export interface NodeBus {
  readonly nodeId: string;
  /**
   * Tells every other node, in this order. Waits for nothing: what cannot be told now is made good by a `missed` later.
   *
   * @throws {NodesError} `nodes/message_invalid`
   */
  tell(message: NodeMessage): void;
  /** Hears what other nodes tell; and `missed` when this node may have heard less than all. */
  listen(listener: (message: NodeMessage) => void): () => void;
  /** Tells what is still to be told, as far as it can, then leaves. */
  close(): Promise<void>;
}

/** Who listens at one node. */
export interface Listeners {
  add(listener: (message: NodeMessage) => void): () => void;
  hear(message: NodeMessage): void;
}

export function openListeners(): Listeners {
  const listeners = new Set<(message: NodeMessage) => void>();
  return {
    add: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    hear: (message) => {
      for (const listener of listeners) listener(message);
    },
  };
}

/** The nodes of one process: a single node with the embedded database, or several in a test. */
export interface MemoryHub {
  join(): NodeBus;
}

export function createHub(): MemoryHub {
  const members = new Map<string, (envelope: NodeEnvelope) => void>();
  const join = (): NodeBus => {
    const nodeId = newToken();
    const listeners = openListeners();
    members.set(nodeId, ({ message }) => listeners.hear(message));
    return {
      nodeId,
      tell: (message) => {
        const envelope = parseMessage(formatMessage(nodeId, message));
        if (envelope === undefined || !members.has(nodeId)) return;
        for (const [id, deliver] of members)
          if (id !== nodeId) queueMicrotask(() => members.has(id) && deliver(envelope));
      },
      listen: listeners.add,
      close: async () => {
        members.delete(nodeId);
      },
    };
  };
  return { join };
}
