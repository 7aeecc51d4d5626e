import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Assets } from "@lanyard/pages/node";
import { AgentError } from "../errors.ts";
import { nameOf } from "../leash/line.ts";
import type { Logger } from "../log.ts";
import { type Answer, securityHeaders, send } from "./answer.ts";
import { readBody } from "./body.ts";
import { type FormBytes, parseFormBytes } from "./form-bytes.ts";
import { admit, factsOf } from "./guard.ts";

/** What the agent's pages are: one page of its own, and visits. */
export interface Routes {
  home(): Answer;
  open(visit: string): Promise<Answer>;
  press(visit: string, form: FormBytes): Promise<Answer>;
  /** The last answer has left for the browser. */
  delivered(visit: string, answer: Answer): void;
}

export interface PagesOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly serverOrigin: string;
  readonly assets: Assets;
  readonly routes: Routes;
  readonly log: Logger;
}

export interface PagesServer {
  readonly port: number;
  close(): Promise<void>;
}

/** The one address the agent listens at: never any other. */
const LOOPBACK = "127.0.0.1";

/** Slow and endless requests are cut off; a press on a form may take as long as the cards take. */
const LIMITS = {
  maxHeaderSize: 8192,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 2000,
  connectionsCheckingInterval: 1000,
} as const;

const CONNECTIONS_MAX = 64;

/**
 * Opens the agent's pages.
 *
 * @throws {AgentError} `http/port_taken` | `http/not_listening`
 */
export async function openPages(options: PagesOptions): Promise<PagesServer> {
  const headers = securityHeaders(options.serverOrigin);
  let authority = "";
  const server = createServer(LIMITS, (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    void attend({ request, response, authority, options });
  });
  server.maxConnections = CONNECTIONS_MAX;
  const port = await listen(server, options.port);
  authority = `${LOOPBACK}:${port}`;
  return {
    port,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeIdleConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      const isTaken = "code" in cause && cause.code === "EADDRINUSE";
      reject(
        isTaken
          ? new AgentError(
              "http/port_taken",
              `Port ${port} is in use. Is another card agent running on this PC?`,
              { cause },
            )
          : new AgentError("http/not_listening", `Cannot listen on port ${port}.`, { cause }),
      );
    });
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      const address = server.address();
      if (address !== null && typeof address === "object") resolve(address.port);
      else reject(new AgentError("http/not_listening", "The port is not known."));
    });
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly authority: string;
  readonly options: PagesOptions;
}

/** The names requests are logged under: paths hold ids and are left out. */
type RouteName = "refused" | "asset" | "home" | "visit.open" | "visit.press" | "unknown";

interface Routed {
  readonly route: RouteName;
  readonly answer: Answer;
  readonly visit?: string;
}

async function attend(exchange: Exchange): Promise<void> {
  const { request, response, options } = exchange;
  const { answer, route, visit } = await routeSafely(exchange);
  if (visit !== undefined) response.once("finish", () => options.routes.delivered(visit, answer));
  // What of a refused body was not read goes with its connection.
  if (!request.complete) response.setHeader("Connection", "close");
  send(response, answer);
  options.log.info(
    { route, method: request.method?.slice(0, 8), status: response.statusCode },
    "http.answered",
  );
}

async function routeSafely(exchange: Exchange): Promise<Routed> {
  try {
    return await routeRequest(exchange);
  } catch (error) {
    exchange.options.log.error({ error: nameOf(error) }, "http.failed");
    return { route: "unknown", answer: { kind: "refusal", status: 500 } };
  }
}

const VISIT_PATH = /^\/t\/([A-Za-z0-9_-]{22,64})$/;
const ASSETS = "/assets/";
/** The style sheet and the icon are all these pages need. */
const SCRIPT = ".js";

async function routeRequest({ request, authority, options }: Exchange): Promise<Routed> {
  const admission = admit(factsOf(request), authority, ASSETS);
  if (!admission.ok) return refuse("refused", admission.status);
  const { kind, path } = admission;
  if (kind === "asset") {
    const asset = options.assets.files.get(path);
    return asset === undefined || path.endsWith(SCRIPT)
      ? refuse("asset", 404)
      : { route: "asset", answer: { kind: "asset", bytes: asset.bytes, type: asset.type } };
  }
  const visit = VISIT_PATH.exec(path)?.[1];
  if (visit !== undefined && kind === "form") return pressed(request, visit, options);
  if (visit !== undefined)
    return { route: "visit.open", visit, answer: await options.routes.open(visit) };
  if (path !== "/") return refuse("unknown", 404);
  return kind === "form" ? refuse("home", 405) : { route: "home", answer: options.routes.home() };
}

function refuse(route: RouteName, status: number): Routed {
  return { route, answer: { kind: "refusal", status } };
}

/** The body is bytes from the wire to the card; whatever was not handed on is wiped here. */
async function pressed(
  request: IncomingMessage,
  visit: string,
  options: PagesOptions,
): Promise<Routed> {
  const body = await readBody(request);
  if (body === undefined) return refuse("visit.press", 413);
  const form = parseFormBytes(body);
  body.fill(0);
  if (form === undefined) return refuse("visit.press", 400);
  try {
    return { route: "visit.press", visit, answer: await options.routes.press(visit, form) };
  } finally {
    form.wipe();
  }
}
