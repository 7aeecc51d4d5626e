import type { CardSecrets, Store } from "@lanyard/identity";
import type { LogKey } from "./audit/log-key.ts";
import type { StoredKind } from "./ceremonies/kind.ts";
import type { Trust } from "./certificates/trust.ts";
import type { Config } from "./config.ts";
import type { Links } from "./leash/links.ts";
import type { Logger } from "./log.ts";
import type { NodeBus } from "./nodes/bus.ts";
import type { ReleaseSealer } from "./releases/sealer.ts";

/** What every room of the server stands on. Made once, in `app.ts`. */
export interface Core {
  readonly config: Config;
  readonly store: Store;
  /** Every kind of ceremony there is here; the store reads the same ones. */
  readonly kinds: readonly StoredKind[];
  readonly links: Links;
  /** What happened, told to the other nodes. */
  readonly bus: NodeBus;
  readonly trust: Trust;
  readonly secrets: CardSecrets;
  /** Signs the audit log. Without it the record is written and not sealed: `lanyard server` insists on one. */
  readonly logKey: LogKey | undefined;
  /** What turns a committed release into sealed PUKs. */
  readonly releases: ReleaseSealer;
  readonly log: Logger;
  now(): Date;
}
