import { createServer, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";

/** One message on the leash, as it passes. */
export interface Passing {
  readonly from: "agent" | "server";
  /** The desk's name, once it has said it. */
  readonly desk: string;
  readonly text: string;
}

/** Told of every message that arrived, and of every leash that broke. */
export interface LeashListener {
  message(message: Passing): void;
  broken(desk: string): void;
}

export interface RelayWatch {
  /** Whether the leash breaks before this message arrives, or right after. */
  cut(message: Passing): { readonly before: boolean; readonly after: boolean };
  seen(message: Passing): void;
  broken(desk: string): void;
}

/** The only road between agents and the server: it carries every message, and can break. */
export interface LeashRelay {
  readonly port: number;
  /** Where the server is now; `undefined` while there is none. */
  server: number | undefined;
  /** Breaks every leash. The agents dial again. */
  breakAll(): void;
  /** Desks, by name, that cannot be reached any more. */
  readonly cutOff: Set<string>;
  close(): Promise<void>;
}

export async function openLeashRelay(watch: RelayWatch): Promise<LeashRelay> {
  const agents = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const http = createServer();
  const relay: { server: number | undefined } = { server: undefined };
  const cutOff = new Set<string>();
  http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (relay.server === undefined) return socket.destroy();
    const { server } = relay;
    agents.handleUpgrade(request, socket, head, (agent) =>
      join(agent, server, { ...watch, cutOff }),
    );
  });
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  const address = http.address();
  if (address === null || typeof address === "string") throw new Error("The relay has no port.");
  const breakAll = (): void => {
    for (const agent of agents.clients) agent.terminate();
  };
  return {
    port: address.port,
    get server() {
      return relay.server;
    },
    set server(port) {
      relay.server = port;
    },
    breakAll,
    cutOff,
    close: async () => {
      breakAll();
      agents.close();
      await new Promise((closed) => http.close(closed));
    },
  };
}

interface Watch extends RelayWatch {
  readonly cutOff: ReadonlySet<string>;
}

function join(agent: WebSocket, port: number, watch: Watch): void {
  const server = new WebSocket(`ws://127.0.0.1:${port}/leash`, { perMessageDeflate: false });
  const carry = openCarrier({ agent, server }, watch);
  const early: string[] = [];
  server.on("open", () => {
    for (const text of early.splice(0)) carry.text("agent", text);
  });
  agent.on("message", (data) => {
    if (server.readyState === WebSocket.OPEN) carry.text("agent", String(data));
    else early.push(String(data));
  });
  server.on("message", (data) => carry.text("server", String(data)));
  server.on("ping", () => agent.ping());
  server.on("error", carry.end);
  agent.on("error", carry.end);
  server.on("close", (code, reason) => {
    if (agent.readyState === WebSocket.OPEN) agent.close(code === NO_CLOSE ? 1001 : code, reason);
  });
  agent.on("close", () => {
    server.close();
    watch.broken(carry.desk);
  });
}

/** The connection broke without a word: not a code that may be sent [RFC6455 §7.1.5]. */
const NO_CLOSE = 1006;

interface Ends {
  readonly agent: WebSocket;
  readonly server: WebSocket;
}

interface Carrier {
  readonly desk: string;
  text(from: Passing["from"], text: string): void;
  end(): void;
}

function openCarrier({ agent, server }: Ends, watch: Watch): Carrier {
  let desk = "";
  const end = (): void => {
    agent.terminate();
    server.terminate();
  };
  const text = (from: Passing["from"], words: string): void => {
    if (agent.readyState !== WebSocket.OPEN) return;
    desk = DESK_NAME.exec(words)?.[1] ?? desk;
    const message = { from, desk, text: words };
    const isCutOff = watch.cutOff.has(desk);
    const cut = isCutOff ? CUT_OFF : watch.cut(message);
    if (cut.before) {
      end();
      return;
    }
    const [back, to] = from === "agent" ? [agent, server] : [server, agent];
    // After: what was written arrives, and nothing comes back.
    if (cut.after) back.terminate();
    to.send(words, () => {
      if (cut.after) to.close();
    });
    watch.seen(message);
  };
  return {
    get desk() {
      return desk;
    },
    text,
    end,
  };
}

const CUT_OFF = { before: true, after: false };

const DESK_NAME = /"deskName":"([^"]+)"/;

/** Who says what, for people. */
export function messageName({ from, text }: Passing): string {
  const message: unknown = JSON.parse(text);
  const call =
    typeof message === "object" && message !== null && "call" in message ? message.call : "reply";
  return `${from} ${String(call)}`;
}
