import {
  LEASH_MAX_BYTES,
  LEASH_TIMES,
  type LeashHandlers,
  openPeer,
  type Peer,
} from "@lanyard/wire";
import { WebSocket } from "ws";
import type { Logger } from "../log.ts";
import type { Timers } from "../timers.ts";

/** One connection to the server, from dialling to its end. */
export interface Line {
  readonly peer: Peer<"agent">;
  hangUp(): void;
}

export interface LineOptions {
  readonly url: string;
  readonly handlers: LeashHandlers<"agent">;
  readonly timers: Timers;
  readonly log: Logger;
  /** Once, whatever happened. `reason`: what the server gave, if it gave one. */
  onClosed(reason: string): void;
}

const HANDSHAKE_MS = 10_000;

/** Dials the server: no Origin, no Cookie, no redirects, no compression, small messages [RFC6455]. */
export function dial(options: LineOptions): Line {
  const socket = new WebSocket(options.url, {
    perMessageDeflate: false,
    maxPayload: LEASH_MAX_BYTES,
    handshakeTimeout: HANDSHAKE_MS,
    followRedirects: false,
  });
  const peer = openPeer<"agent">({
    side: "agent",
    handlers: () => options.handlers,
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    after: (milliseconds, run) => options.timers.after(milliseconds, run),
    onError: (call, error) =>
      options.log.error({ call, error: nameOf(error) }, "leash.handler_failed"),
  });
  listen(socket, peer, options);
  return { peer, hangUp: () => socket.close(1001) };
}

function listen(socket: WebSocket, peer: Peer<"agent">, options: LineOptions): void {
  const silence = watchSilence(socket, options.timers);
  socket.on("open", silence.heard);
  socket.on("ping", silence.heard);
  socket.on("message", (data) => {
    silence.heard();
    try {
      peer.receive(String(data));
    } catch {
      socket.close(1008);
    }
  });
  // What went wrong is told by the close that follows.
  socket.on("error", () => socket.terminate());
  socket.on("close", (_code, reason) => {
    silence.stop();
    peer.close();
    options.onClosed(reason.toString());
  });
}

/** The server pings every ten seconds: a line that stays silent for thirty is dead, whatever the system thinks. */
function watchSilence(socket: WebSocket, timers: Timers): { heard(): void; stop(): void } {
  const dead = (): void => socket.terminate();
  let cancel = timers.after(LEASH_TIMES.silenceMs, dead);
  return {
    heard: () => {
      cancel();
      cancel = timers.after(LEASH_TIMES.silenceMs, dead);
    },
    stop: () => cancel(),
  };
}

/** The name and code of an error: never its text, which may repeat what a library was given. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return "code" in error ? `${error.name} ${String(error.code)}` : error.name;
}
