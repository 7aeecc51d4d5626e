import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { Desk } from "@lanyard/identity";
import {
  LEASH_MAX_BYTES,
  LEASH_PROTOCOL,
  LEASH_TIMES,
  type LeashHandlers,
  openPeer,
  type Peer,
  Refusal,
  type ReplyOf,
} from "@lanyard/wire";
import { type WebSocket, WebSocketServer } from "ws";
import type { Logger } from "../log.ts";
import { newNonce } from "../random.ts";
import { isOutcomeUnknown } from "../sql/faults.ts";
import type { DeskOnLeash } from "./desk-calls.ts";
import type { Links } from "./links.ts";

export interface GatewayOptions {
  readonly links: Links;
  readonly log: Logger;
  /**
   * Verifies a `hello` and finds or enrols the desk.
   *
   * @throws {Refusal} `desk_key_invalid` | `desk_unknown` | `desk_revoked` | `enrolment_code_wrong`
   */
  recognise(nonce: string, hello: ReplyOf<"hello">): Promise<Desk>;
  /** It has a link now, and nothing it says has been heard: the last moment to find that it has been revoked. */
  connected(deskId: string): Promise<void>;
  gone(deskId: string): Promise<void>;
  /** What this server answers to that desk. */
  handlers(desk: DeskOnLeash): LeashHandlers<"server">;
}

/** Where agents dial in. */
export const LEASH_PATH = "/leash";

/** Takes agents' connections on `server`; the function returned ends them all. */
export function openGateway(server: Server, options: GatewayOptions): () => Promise<void> {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: LEASH_MAX_BYTES,
    clientTracking: true,
  });
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const refusal = refuseUpgrade(request);
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (agent) => attend(agent, options));
  };
  server.on("upgrade", upgrade);
  return async () => {
    server.off("upgrade", upgrade);
    for (const agent of sockets.clients) agent.close(1001);
    await new Promise<void>((done) => sockets.close(() => done()));
  };
}

/** Browsers send Origin, and Cookie where there is one; an agent sends neither. */
function refuseUpgrade(request: IncomingMessage): string | undefined {
  if (request.url !== LEASH_PATH) return "404 Not Found";
  if (request.headers.origin !== undefined || request.headers.cookie !== undefined)
    return "403 Forbidden";
  return undefined;
}

function attend(agent: WebSocket, options: GatewayOptions): void {
  const state: { desk?: DeskOnLeash; isDropped: boolean } = { isDropped: false };
  const peer = openPeer<"server">({
    side: "server",
    handlers: () => {
      // Until the desk is known every call is refused, and so is what it still says while its line is closed.
      if (state.desk === undefined || state.isDropped) throw new Refusal("desk_unknown");
      return options.handlers(state.desk);
    },
    send: (text) => {
      if (agent.readyState === agent.OPEN) agent.send(text);
    },
    after: (milliseconds, run) => {
      const timer = setTimeout(run, milliseconds);
      return () => clearTimeout(timer);
    },
    onError: (call, error) => {
      options.log.error({ call, err: error }, "leash.handler_failed");
      // Neither done nor not done: the agent hears nothing, asks again, and is answered by how things stand then.
      if (isOutcomeUnknown(error)) agent.close(1011);
    },
  });
  const stopHeart = beatHeart(agent);
  agent.on("message", (data) => {
    try {
      peer.receive(String(data));
    } catch {
      agent.close(1008);
    }
  });
  agent.on("error", () => agent.terminate());
  agent.on("close", () => {
    stopHeart();
    peer.close();
    if (state.desk !== undefined) hangUp(state.desk, options);
  });
  greet(peer, options)
    .then(async (desk) => {
      const link = await options.links.connect({
        deskId: desk.id,
        name: desk.name,
        call: peer.call,
        drop: () => {
          state.isDropped = true;
          agent.close(1012);
        },
      });
      await options.connected(desk.id);
      state.desk = { ...desk, leashId: link.leashId };
      if (agent.readyState !== agent.OPEN) hangUp(state.desk, options);
    })
    .catch((error: unknown) => {
      const code = error instanceof Refusal ? error.code : "no_hello";
      options.log.warn({ code }, "leash.refused");
      agent.close(1008, code);
    });
}

function hangUp({ id, leashId }: DeskOnLeash, { links, log, gone }: GatewayOptions): void {
  links
    .disconnect({ deskId: id, leashId })
    .then(() => gone(id))
    .catch((error: unknown) => log.error({ err: error }, "leash.end_not_told"));
}

async function greet(peer: Peer<"server">, options: GatewayOptions): Promise<Desk> {
  const nonce = newNonce();
  const hello = await peer.call("hello", { protocol: LEASH_PROTOCOL, nonce });
  if (hello.protocol !== LEASH_PROTOCOL) throw new Refusal("protocol_unsupported");
  return options.recognise(nonce, hello);
}

/** Pings; an agent that stays silent is cut off, so that its desk is seen to be gone. */
function beatHeart(agent: WebSocket): () => void {
  let heardAt = performance.now();
  const hear = (): void => {
    heardAt = performance.now();
  };
  agent.on("message", hear);
  agent.on("pong", hear);
  const timer = setInterval(() => {
    if (performance.now() - heardAt > LEASH_TIMES.silenceMs) agent.terminate();
    else agent.ping();
  }, LEASH_TIMES.heartbeatMs);
  return () => clearInterval(timer);
}
