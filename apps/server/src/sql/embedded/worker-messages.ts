import type { MessagePort } from "node:worker_threads";
import type { DatabaseErrorCode } from "../errors.ts";
import type { HousekeepingTimes } from "./housekeeping.ts";

/** What the worker is started with. */
export interface WorkerSettings extends HousekeepingTimes {
  /** The locked directory; PostgreSQL's own files are below it. */
  readonly directory: string;
}

export type WorkerRequest =
  | { readonly kind: "connect"; readonly port: MessagePort }
  | { readonly kind: "close" };

export type WorkerReport =
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly code: DatabaseErrorCode; readonly message: string };
