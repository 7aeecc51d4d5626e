import { connect, type Socket } from "node:net";
import {
  createVpcdDecoder,
  encodeVpcdFrame,
  type InsertedCard,
  type VirtualCard,
  type VpcdRequest,
} from "@lanyard/virtual-card";

export interface VpcdLinkOptions {
  readonly host: string;
  /** The reader's slot: vpcd listens on one port for each. */
  readonly port: number;
  readonly card: VirtualCard;
  /** Aborting takes the card out. */
  readonly signal?: AbortSignal;
}

/** A virtual card in a reader of the PC/SC service. */
export interface VpcdLink {
  /** Resolves when the reader has seen the card; rejects when it left before that. */
  readonly inserted: Promise<void>;
  /** Resolves when the card is out, whoever took it. Never rejects. */
  readonly removed: Promise<void>;
  /** Takes the card out; resolves when it is. Idempotent. */
  eject(): Promise<void>;
}

/**
 * Puts a virtual card into a vpcd reader [VPCD], so that every program on this PC sees it. Connecting inserts, closing
 * removes. vpcd accepts a connection to an occupied slot and serves it later, so that only its first GET ATR says
 * "inserted".
 *
 * @throws {VirtualCardError} `virtual-card/already_inserted`
 */
export function linkToVpcd(options: VpcdLinkOptions): VpcdLink {
  const { host, port, card, signal } = options;
  const contacts = card.insert();
  const socket = connect({ host, port, noDelay: true });
  const eject = (): void => {
    socket.destroy();
  };
  const removed = closed(socket).then(() => {
    signal?.removeEventListener("abort", eject);
    contacts.remove();
  });
  const inserted = new Promise<void>((resolve, reject) => {
    serve({ socket, contacts, onSeen: resolve });
    socket.once("error", reject);
    removed.then(() => reject(new Error(`The card left ${host}:${port} unseen.`)), reject);
  });
  // Whoever only waits for `removed` has not asked to hear of this.
  inserted.catch(() => undefined);
  contacts.removed.then(eject, eject);
  signal?.addEventListener("abort", eject, { once: true });
  if (signal?.aborted) eject();
  return {
    inserted,
    removed,
    eject() {
      eject();
      return removed;
    },
  };
}

interface Service {
  readonly socket: Socket;
  readonly contacts: InsertedCard;
  onSeen(): void;
}

/** Answers one request after the other, each answer in one write: vpcd takes a part for the end of the card. */
function serve({ socket, contacts, onSeen }: Service): void {
  const decoder = createVpcdDecoder();
  let lastAnswer: Promise<void> = Promise.resolve();
  const answer = async (request: VpcdRequest): Promise<void> => {
    const payload = await answerTo(request, contacts);
    if (payload === undefined || socket.destroyed) return;
    socket.write(encodeVpcdFrame(payload));
    if (request.kind === "get_atr") onSeen();
  };
  socket.on("data", (chunk) => {
    for (const request of decoder.push(chunk))
      lastAnswer = lastAnswer.then(() => answer(request)).catch(() => void socket.destroy());
  });
}

async function answerTo(
  request: VpcdRequest,
  contacts: InsertedCard,
): Promise<Uint8Array | undefined> {
  switch (request.kind) {
    case "get_atr":
      return contacts.atr;
    case "apdu":
      return contacts.transmit(request.apdu);
    case "power_on":
    case "power_off":
    case "reset":
      await contacts.reset();
      return undefined;
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("close", () => resolve());
    // "close" follows; without a listener the error would end the process.
    socket.on("error", () => undefined);
  });
}
