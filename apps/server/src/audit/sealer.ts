import type { Logger } from "../log.ts";
import { type Sealing, sealWaiting } from "./seal.ts";

/** How long an entry may wait for its place in the log. */
export const SEAL_MS = 1000;

export interface Sealer {
  /** Seals until nothing waits; a round that is under way is joined, not overtaken. Failures are logged. */
  seal(): Promise<void>;
}

export function openSealer(sealing: Sealing, log: Logger): Sealer {
  let round: Promise<void> | undefined;
  const sealAll = async (): Promise<void> => {
    try {
      while ((await sealWaiting(sealing)) > 0);
    } catch (error) {
      log.error({ err: error }, "audit.seal_failed");
    }
  };
  return {
    seal: () => {
      round ??= sealAll().finally(() => {
        round = undefined;
      });
      return round;
    },
  };
}
