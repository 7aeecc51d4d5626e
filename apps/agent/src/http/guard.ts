import type { IncomingMessage } from "node:http";

/** What of a request the guard looks at: header names in lower case, each with every value that came. */
export interface RequestFacts {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
}

export type Admission =
  | { readonly ok: true; readonly kind: "page" | "form" | "asset"; readonly path: string }
  | { readonly ok: false; readonly status: 403 | 404 | 405 | 415 | 421 };

const FORM_TYPE = "application/x-www-form-urlencoded";

/**
 * Decides whether a request may be answered at all, before anything else is looked at. `authority` is
 * `127.0.0.1:<port>`. Only three kinds pass: a browser going to a page (GET), a form of one of our own pages (POST),
 * and the style sheet and icon those pages ask for [FETCH-METADATA].
 */
export function admit(request: RequestFacts, authority: string, assetsPrefix: string): Admission {
  if (only(request, "host") !== authority) return refuse(421);
  const path = request.url;
  if (!/^\/[A-Za-z0-9_./-]*$/.test(path)) return refuse(404);
  if (request.method === "POST") return admitForm(request, authority, path);
  if (request.method !== "GET") return refuse(405);
  return path.startsWith(assetsPrefix) ? admitAsset(request, path) : admitPage(request, path);
}

/** A person going somewhere: never a fetch, a frame, an image or a look ahead. */
function admitPage(request: RequestFacts, path: string): Admission {
  const isNavigation =
    only(request, "sec-fetch-mode") === "navigate" &&
    only(request, "sec-fetch-dest") === "document";
  const isSpeculative = has(request, "sec-purpose") || has(request, "purpose");
  return isNavigation && !isSpeculative ? { ok: true, kind: "page", path } : refuse(403);
}

/** A form of one of our own pages, in the same tab. */
function admitForm(request: RequestFacts, authority: string, path: string): Admission {
  const isOurs =
    only(request, "origin") === `http://${authority}` &&
    only(request, "sec-fetch-site") === "same-origin" &&
    only(request, "sec-fetch-mode") === "navigate" &&
    only(request, "sec-fetch-dest") === "document";
  if (!isOurs) return refuse(403);
  if (only(request, "content-type")?.toLowerCase() !== FORM_TYPE) return refuse(415);
  return { ok: true, kind: "form", path };
}

function admitAsset(request: RequestFacts, path: string): Admission {
  return only(request, "sec-fetch-site") === "same-origin"
    ? { ok: true, kind: "asset", path }
    : refuse(403);
}

/** The header's value if it came exactly once. */
function only(request: RequestFacts, name: string): string | undefined {
  const values = request.headers[name] ?? [];
  return values.length === 1 ? values[0] : undefined;
}

function has(request: RequestFacts, name: string): boolean {
  return (request.headers[name]?.length ?? 0) > 0;
}

function refuse(status: 403 | 404 | 405 | 415 | 421): Admission {
  return { ok: false, status };
}

export function factsOf(request: IncomingMessage): RequestFacts {
  return {
    method: request.method ?? "",
    url: request.url ?? "",
    headers: request.headersDistinct,
  };
}
