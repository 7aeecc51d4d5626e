import type { Answer } from "../http/answer.ts";
import type { PageContext } from "../pages/context.ts";

/** Where a visit is at the agent. */
export function visitPath(visit: string): string {
  return `/t/${visit}`;
}

/** Back to the visit's own page, which says what there is to put right. */
export function toVisit(visit: string): Answer {
  return { kind: "again", path: visitPath(visit) };
}

/** To the server's cookie check: is this the browser that started the visit? */
export function toBind(pages: PageContext, visit: string, secret: string): Answer {
  return { kind: "redirect", location: `${pages.serverOrigin}/bind/${visit}/${secret}` };
}

/** Home, with the one-time code. Never to any address but the configured server's. */
export function toReturn(pages: PageContext, visit: string, code: string): Answer {
  return { kind: "redirect", location: `${pages.serverOrigin}/return/${visit}/${code}` };
}
