import { createHmac, randomBytes } from "node:crypto";
import { type AuditFact, encodeAuditEntry, type Records } from "@lanyard/identity";

const ports = {
  salt: () => randomBytes(32),
  hmacSha256: (key: Uint8Array, message: Uint8Array) =>
    createHmac("sha256", key).update(message).digest(),
};

/** What a caller must say; what it leaves out is not in the entry. */
export type Fact = Pick<AuditFact, "action" | "at"> & Partial<AuditFact>;

/** Writes the audit entry in the transaction of the change it records (DESIGN 3.6). */
export function record(records: Records, fact: Fact): Promise<void> {
  const whole: AuditFact = {
    actor: undefined,
    holder: undefined,
    cardSerial: undefined,
    ceremonyId: undefined,
    deskId: undefined,
    details: {},
    personal: {},
    ...fact,
  };
  return records.audit.append(encodeAuditEntry(whole, ports));
}
