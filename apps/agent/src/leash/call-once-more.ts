import { LeashLost } from "@lanyard/wire";
import type { Rooms } from "../rooms.ts";
import { within } from "../timers.ts";

/** How long a broken leash is waited for while a browser waits for its page. */
export const LEASH_BACK_MS = 10_000;

/**
 * Makes a call that the server takes twice for once: if its reply is lost, it is made once more when the leash is back.
 *
 * @throws {Refusal} | {LeashLost}
 */
export async function callOnceMore<Reply>(
  { leash, timers }: Pick<Rooms, "leash" | "timers">,
  call: () => Promise<Reply>,
): Promise<Reply> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof LeashLost)) throw error;
    const up = leash.whenUp().then(() => true);
    if ((await within(timers, LEASH_BACK_MS, up)) !== true) throw error;
    return call();
  }
}
