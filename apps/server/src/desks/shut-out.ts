import type { Core } from "../core.ts";
import type { DeskRooms } from "../leash/desk-calls.ts";

/** How far back revocations are looked for at each round: a node that was told of none still acts on all. */
const LOOK_BACK_MS = 3_600_000;

/**
 * Ends what goes on at a revoked desk: sessions, an unlock not released yet, and its leash, whatever fails on the way.
 * Doing it twice is fine.
 */
export async function shutOut(
  core: Core,
  { sessions, ceremonies }: Pick<DeskRooms, "sessions" | "ceremonies">,
  deskId: string,
): Promise<void> {
  try {
    const open = await core.store.transaction((records) => records.sessions.openAtDesk(deskId));
    await Promise.all(open.map((session) => sessions.end(session.id, "desk_revoked")));
    await ceremonies.abortAtDesk(deskId, "session_ended");
  } finally {
    core.links.drop(deskId);
  }
}

/** A desk that connected while it was being revoked, or was revoked at the command line or by another node. */
export async function shutOutRevoked(core: Core, rooms: DeskRooms): Promise<void> {
  const since = new Date(core.now().getTime() - LOOK_BACK_MS);
  const revoked = await core.store.transaction((records) => records.desks.revokedSince(since));
  for (const desk of revoked) await shutOut(core, rooms, desk.id);
}

/** A desk has connected: it may have been revoked after it was recognised. */
export async function recheck(core: Core, rooms: DeskRooms, deskId: string): Promise<void> {
  const desk = await core.store.transaction(async ({ desks }) => {
    await desks.see(deskId, core.now());
    return desks.find(deskId);
  });
  if (desk?.revokedAt !== undefined) await shutOut(core, rooms, deskId);
}
