import formbody from "@fastify/formbody";
import { mayPerform } from "@lanyard/identity";
import { renderPage } from "@lanyard/pages";
import type { Assets } from "@lanyard/pages/node";
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import type { Config } from "../config.ts";
import { problemPage } from "../pages/problem/problem.page.tsx";
import { setCookie } from "./cookies.ts";
import { securityHeaders } from "./headers.ts";
import type { Answer, Route, SignedInVisitor, Visitor } from "./route.ts";
import { permissionSettings, type Reception, receive } from "./visitor.ts";

export interface SiteParts extends Reception {
  readonly files: Assets;
  readonly routes: readonly Route[];
  /** The streams and probes that are not pages; they check access themselves. */
  extend(app: FastifyInstance): void;
}

/** A form is a few fields; nothing here takes a file. */
const BODY_LIMIT_BYTES = 16 * 1024;

/** Puts the routes behind the checks that every request passes, in the order it passes them. */
export async function openSite(parts: SiteParts): Promise<FastifyInstance> {
  const { core } = parts;
  const app = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: 128 },
    requestTimeout: 30_000,
    forceCloseConnections: true,
    // Trusting a proxy's headers is a decision of the site's reverse proxy; nothing here needs them.
    trustProxy: false,
    logger: false,
  });
  // Forms only: Fastify reads JSON and plain text unasked.
  app.removeAllContentTypeParsers();
  await app.register(formbody, { bodyLimit: BODY_LIMIT_BYTES });
  const headers = securityHeaders(core.config);
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(headers);
    const refusal = refuseAtDoor(core.config, request);
    if (refusal !== undefined) return send(reply, problem(parts, refusal));
  });
  app.addHook("onResponse", async (request, reply) => {
    // The pattern, never the address: paths hold one-time secrets.
    const route = request.routeOptions.url ?? "none";
    core.log.debug({ route, method: request.method, status: reply.statusCode }, "http.request");
  });
  app.setNotFoundHandler((_request, reply) => send(reply, problem(parts, 404)));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode !== undefined && error.statusCode < 500 ? 400 : 500;
    if (status === 500) core.log.error({ err: error, request: request.id }, "http.failed");
    return send(reply, problem(parts, status, request.id));
  });
  serveAssets(app, parts.files);
  for (const route of parts.routes) serve(app, parts, route);
  parts.extend(app);
  return app;
}

/** Exact Host [FETCH-METADATA is no substitute: a rebinding page is same-site]; POST from our own pages only. */
function refuseAtDoor(config: Config, request: FastifyRequest): 400 | 403 | 421 | undefined {
  const isProbe = request.url === "/healthz";
  if (!isProbe && request.headers.host !== new URL(config.origin).host) return 421;
  if (request.method === "GET" || request.method === "HEAD") return undefined;
  return request.headers.origin === config.origin ? undefined : 403;
}

function serveAssets(app: FastifyInstance, assets: Assets): void {
  for (const [path, file] of assets.files)
    app.get(path, (_request, reply) =>
      reply
        .header("cache-control", "public, max-age=31536000, immutable")
        .header("etag", file.etag)
        .type(file.type)
        .send(Buffer.from(file.bytes)),
    );
}

function serve(app: FastifyInstance, parts: SiteParts, route: Route): void {
  app.route({
    method: route.method,
    url: route.path,
    handler: async (request, reply) => {
      const visitor = await receive(parts, request);
      const answer = await admit(parts, route, visitor);
      // A browser without a cookie gets one with its first page, so that every visit can be tied to it.
      reply.header("set-cookie", setCookie("browser", visitor.browser));
      return send(reply, answer);
    },
  });
}

/** Deny by default: no session, no page; no permission, no handler. */
async function admit(parts: SiteParts, route: Route, visitor: Visitor): Promise<Answer> {
  if (route.access === "public") return route.handle(visitor);
  if (!isSignedIn(visitor)) return { redirect: "/signed-out" };
  if (route.access !== "session") {
    const settings = permissionSettings(parts.core.config);
    const permission = mayPerform(route.access, visitor.operator.actor, settings);
    if (!permission.allowed)
      return {
        page: problemPage(visitor.frame, { status: 403, activity: route.access }),
        status: 403,
      };
  }
  return route.handle(visitor);
}

function isSignedIn(visitor: Visitor): visitor is SignedInVisitor {
  return visitor.operator !== undefined;
}

function problem(
  { assets, core }: SiteParts,
  status: 400 | 403 | 404 | 421 | 500,
  requestId?: string,
): Answer {
  const { serviceDesk } = core.config;
  const frame = { assets, serviceDesk, navigation: [], operator: undefined };
  return { page: problemPage(frame, { status, requestId }), status };
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  if ("bytes" in answer) return reply.type(answer.mediaType).send(Buffer.from(answer.bytes));
  for (const cookie of answer.cookies ?? []) reply.header("set-cookie", cookie);
  // 303: whatever the method was, the next is a GET.
  if ("redirect" in answer) return reply.redirect(answer.redirect, 303);
  return reply
    .code(answer.status ?? 200)
    .type("text/html; charset=utf-8")
    .send(renderPage(answer.page));
}
