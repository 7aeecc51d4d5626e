import type { CareId, Desk, DeskEnrolment, Records } from "@lanyard/identity";
import { record } from "../audit/record.ts";
import { newToken } from "../random.ts";

export interface NewDesk {
  readonly keyHash: string;
  readonly key: Uint8Array;
  readonly name: string;
  readonly organisationCode: string | undefined;
  readonly how: DeskEnrolment;
  readonly by: CareId | undefined;
}

/** What the record calls each way in. */
const BY = { open: "open_enrolment", code: "code", approval: "approval" } as const;

/** Puts a desk on the books, in the caller's transaction, with its audit entry; it no longer asks to be let in. */
export async function enrol(records: Records, at: Date, wish: NewDesk): Promise<Desk> {
  const desk: Desk = {
    id: newToken(),
    name: wish.name,
    keyHash: wish.keyHash,
    key: wish.key,
    organisationCode: wish.organisationCode,
    enrolledAt: at,
    enrolledHow: wish.how,
    enrolledBy: wish.by,
    lastSeenAt: undefined,
    revokedAt: undefined,
  };
  await records.desks.add(desk);
  await records.enrolments.forgetRequest(wish.keyHash);
  const { keyHash, organisationCode } = desk;
  await record(records, {
    action: "desk.enrolled",
    at,
    actor: wish.by,
    deskId: desk.id,
    details: {
      keyHash,
      by: BY[wish.how],
      ...(organisationCode !== undefined && { organisation: organisationCode }),
    },
  });
  return desk;
}
