import type { CardSecrets, Store } from "@lanyard/identity";
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
  readonly links: Links;
  /** What happened, told to the other nodes. */
  readonly bus: NodeBus;
  readonly trust: Trust;
  readonly secrets: CardSecrets;
  /** What turns a committed release into sealed PUKs. */
  readonly releases: ReleaseSealer;
  readonly log: Logger;
  now(): Date;
}
