import type { AuditRecord } from "@lanyard/identity";
import type { CardSignature } from "@lanyard/wire";
import { z } from "zod";

const signed = {
  algorithm: z.enum(["ES256", "ES384", "RS256"]),
  signature: z.base64(),
};

const entry = z.discriminatedUnion("action", [
  z.object({ action: z.literal("card.proven"), details: z.object(signed) }),
  z.object({
    action: z.literal("unlock.released"),
    actor: z.string(),
    cardSerial: z.string(),
    details: z.object({ ...signed, operatorCard: z.string() }),
  }),
]);

const registers = z.object({ details: z.object({ n: z.number(), hi: z.number() }) });

/** What the record says of one unlock's release: the entries themselves carry the signatures. */
export interface ReleaseProofs {
  readonly cardProof: CardSignature;
  readonly authorisation: CardSignature;
  readonly operator: string;
  readonly operatorCard: string;
  readonly cardSerial: string;
  /** The last that the record says of the card's registers in this ceremony. */
  readonly registers: { readonly n: number; readonly hi: number };
}

/** Reads the proofs out of a ceremony's entries; `undefined` when one is not there, or there twice. */
export function proofsIn(entries: readonly AuditRecord[]): ReleaseProofs | undefined {
  const facts = entries.map(({ leaf }): unknown => JSON.parse(Buffer.from(leaf).toString("utf8")));
  const read = facts.flatMap((fact) => entry.safeParse(fact).data ?? []);
  const moved = facts.flatMap((fact) => registers.safeParse(fact).data ?? []).at(-1);
  const proven = read.filter((one) => one.action === "card.proven");
  const released = read.filter((one) => one.action === "unlock.released");
  const [[first], [release]] = [proven, released];
  if (first === undefined || release === undefined || moved === undefined) return undefined;
  if (proven.length > 1 || released.length > 1) return undefined;
  const { algorithm, signature: value, operatorCard } = release.details;
  return {
    cardProof: { algorithm: first.details.algorithm, value: first.details.signature },
    authorisation: { algorithm, value },
    operator: release.actor,
    operatorCard,
    cardSerial: release.cardSerial,
    registers: moved.details,
  };
}
