import type { RequestOf } from "@lanyard/wire";
import type { Answer } from "../http/answer.ts";
import type { Rooms } from "../rooms.ts";
import { toReturn } from "./addresses.ts";
import type { VisitMemory } from "./visit-memory.ts";

/** Nothing was done: the server is told why, and says so on its own page. */
export async function giveUp(
  rooms: Rooms,
  memory: VisitMemory,
  reason: RequestOf<"give_up">["reason"],
): Promise<Answer> {
  rooms.visits.takePasscode(memory)?.wipe();
  const { returnCode } = await rooms.leash.call("give_up", { visit: memory.id, reason });
  rooms.log.info({ reason }, "visit.given_up");
  return toReturn(rooms.pages, memory.id, returnCode);
}
