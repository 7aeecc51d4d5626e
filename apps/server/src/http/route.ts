import type { Activity, Actor, Person, Session } from "@lanyard/identity";
import type { ReactElement } from "react";
import type { Frame } from "../pages/frame.ts";

/** Who asks: a browser, perhaps at a known desk. */
export interface Visitor {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  /** The browser cookie's value; made new for a browser that had none. */
  readonly browser: string;
  readonly deskId: string | undefined;
  /** As sent, ended or not: to tell somebody why they were signed out. */
  readonly sessionCookie: string | undefined;
  readonly operator: Operator | undefined;
  readonly frame: Frame;
}

/** A signed-in operator, as read for this very request. */
export interface Operator {
  readonly session: Session;
  readonly person: Person;
  readonly actor: Actor;
  /** Name of the organisation of the first role, or of the person's own. */
  readonly organisation: string;
}

export interface SignedInVisitor extends Visitor {
  readonly operator: Operator;
}

/** What a handler gives back; one place turns it into a response. */
export type Answer =
  | { readonly page: ReactElement; readonly status?: number; readonly cookies?: readonly string[] }
  | { readonly redirect: string; readonly cookies?: readonly string[] }
  | { readonly bytes: Uint8Array; readonly mediaType: string };

/**
 * Who may use a route. `public`: any browser. `session`: any signed-in operator. Otherwise an activity of the
 * permission table, checked before the handler runs; the handler checks its target as well.
 */
export type Access = "public" | "session" | Activity;

interface RouteBase {
  readonly method: "GET" | "POST";
  readonly path: string;
}

export type Route =
  | (RouteBase & { readonly access: "public"; handle(visitor: Visitor): Promise<Answer> })
  | (RouteBase & {
      readonly access: Exclude<Access, "public">;
      handle(visitor: SignedInVisitor): Promise<Answer>;
    });
