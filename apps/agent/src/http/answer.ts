import type { ServerResponse } from "node:http";
import { contentSecurityPolicy } from "@lanyard/pages";

/** What a request is answered with. No cookie, no CORS header, no script, ever. */
export type Answer =
  | { readonly kind: "page"; readonly status: number; readonly html: string }
  /** To the server: the visit is over here. */
  | { readonly kind: "redirect"; readonly location: string }
  /** To a page of our own, so that reload and back never press a form again. */
  | { readonly kind: "again"; readonly path: string }
  | { readonly kind: "asset"; readonly bytes: Uint8Array; readonly type: string }
  | { readonly kind: "refusal"; readonly status: number };

/** The headers of every answer. `form-action` lists the server, or the way back is blocked after the work is done. */
export function securityHeaders(serverOrigin: string): Readonly<Record<string, string>> {
  return {
    "Content-Security-Policy": contentSecurityPolicy({
      formAction: [serverOrigin],
      scripts: false,
    }),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
  };
}

const REFUSALS: Readonly<Record<number, string>> = {
  400: "The request was malformed.",
  403: "Only this PC's own browser may open these pages, and only by going to them.",
  404: "There is nothing here.",
  405: "That is not done here.",
  413: "The request was too long.",
  415: "That is not a form of this page.",
  421: "This is not the address of the card agent.",
  500: "Something went wrong in the card agent. Go back to Lanyard and start again.",
};

/** Writes the answer and ends the response. */
export function send(response: ServerResponse, answer: Answer): void {
  const [status, headers, body] = parts(answer);
  response.writeHead(status, { ...headers, "Content-Length": body.length });
  response.end(body);
}

type Parts = readonly [status: number, headers: Readonly<Record<string, string>>, body: Uint8Array];

const HTML = "text/html; charset=utf-8";

function parts(answer: Answer): Parts {
  switch (answer.kind) {
    case "page":
      return [answer.status, { "Content-Type": HTML }, Buffer.from(answer.html)];
    case "redirect":
      return [303, { Location: answer.location }, new Uint8Array(0)];
    case "again":
      return [303, { Location: answer.path }, new Uint8Array(0)];
    case "asset":
      // The address holds the build's hash.
      return [
        200,
        {
          "Content-Type": answer.type,
          "Cache-Control": "private, max-age=31536000, immutable",
        },
        answer.bytes,
      ];
    case "refusal":
      return [
        answer.status,
        { "Content-Type": "text/plain; charset=utf-8", ...allowed(answer.status) },
        Buffer.from(`${REFUSALS[answer.status] ?? ""}\n`),
      ];
  }
}

function allowed(status: number): Readonly<Record<string, string>> {
  return status === 405 ? { Allow: "GET, POST" } : {};
}
