import type { Session } from "@lanyard/identity";
import type { FastifyInstance, FastifyReply } from "fastify";
import { readCookies } from "../http/cookies.ts";
import { type Reception, receive } from "../http/visitor.ts";
import { DESK_EVENTS, renderDeskStatus } from "../pages/desk-status/desk-status.tsx";
import { describeDesk } from "./desk-status.ts";

/** A comment this often keeps proxies from closing a quiet stream. */
const KEEP_ALIVE_MS = 15_000;

/**
 * Server-sent events [HTML §9.2] fed by the leash: `desk` with the readers as HTML, `signed-out` when the session of
 * this browser has ended. Who may see whose card is in is decided afresh for every event.
 */
export function serveLive(app: FastifyInstance, reception: Reception): void {
  const { core, sessions } = reception;
  app.get(DESK_EVENTS, async (request, reply) => {
    const visitor = await receive(reception, request);
    const { deskId } = visitor;
    if (deskId === undefined) return reply.code(204).send();
    const session = visitor.operator?.session;
    const stream = openStream(reply);
    const show = latestOnly(
      async () => {
        const status = await describeDesk(core, deskId, session);
        stream.send("desk", renderDeskStatus(status));
      },
      (error) => core.log.error({ err: error }, "live.failed"),
    );
    const stopWatching = core.links.watch(deskId, show);
    const stopSession = session && sessions.watch(session.id, () => stream.send("signed-out", ""));
    const keepAlive = setInterval(() => stream.comment(), KEEP_ALIVE_MS);
    const leave = (): void => {
      stopWatching();
      stopSession?.();
      clearInterval(keepAlive);
    };
    reply.raw.on("close", leave);
    // The browser went on to another page while this one was being looked up: its "close" has been already.
    if (reply.raw.closed || request.raw.socket.destroyed) leave();
    // The session ended between the page and this stream: who listens from now on has missed it.
    if (await hasEnded(reception, session, request.headers.cookie)) stream.send("signed-out", "");
    show();
    return reply;
  });
}

async function hasEnded(
  { sessions }: Reception,
  session: Session | undefined,
  cookies: string | undefined,
): Promise<boolean> {
  if (session === undefined) return readCookies(cookies).session !== undefined;
  return (await sessions.current(session.id)) === undefined;
}

interface EventStream {
  send(event: string, data: string): void;
  comment(): void;
}

function openStream(reply: FastifyReply): EventStream {
  reply.hijack();
  const headers = {
    ...reply.getHeaders(),
    "content-type": "text/event-stream; charset=utf-8",
    // nginx would hold events back until a page of them has come together.
    "x-accel-buffering": "no",
  };
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.writeHead(200);
  const write = (text: string): void => {
    if (!reply.raw.writableEnded) reply.raw.write(text);
  };
  return {
    send: (event, data) => {
      const lines = data.split("\n").map((line) => `data: ${line}\n`);
      write(`event: ${event}\n${lines.join("")}\n`);
    },
    comment: () => write(": still here\n\n"),
  };
}

/** Runs `work` after every call, never twice at once; calls that come while it runs become one more run. */
function latestOnly(work: () => Promise<void>, onError: (error: unknown) => void): () => void {
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    running = true;
    do {
      again = false;
      await work().catch(onError);
    } while (again);
    running = false;
  };
  return () => {
    again = true;
    if (!running) void run();
  };
}
