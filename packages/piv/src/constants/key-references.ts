import { DATA_OBJECTS } from "./data-objects.ts";

/** Key references, by number and by job, one row each [PIV-1 Table 4]. */
// biome-ignore format: the columns are the documentation
export const KEY_REFERENCES = {
  "80": { reference: 0x80, job: "passcode" },
  "81": { reference: 0x81, job: "puk" },
  "9a": { reference: 0x9a, job: "authentication" },
  "9b": { reference: 0x9b, job: "card_management" },
  "9c": { reference: 0x9c, job: "signature" },
  "9d": { reference: 0x9d, job: "key_management" },
  "9e": { reference: 0x9e, job: "card_authentication" },
} as const;

export type KeyReferenceName = keyof typeof KEY_REFERENCES;
/** A place for an asymmetric key and its certificate. */
export type Slot = "9a" | "9c" | "9d" | "9e";

/** Where each slot's certificate lives, and what its private key asks for before it is used [PIV-1 Table 4]. */
// biome-ignore format: the columns are the documentation
export const SLOTS = {
  "9a": { ...KEY_REFERENCES["9a"], certificateTag: DATA_OBJECTS.authenticationCertificate.tag,     use: "passcode" },
  "9c": { ...KEY_REFERENCES["9c"], certificateTag: DATA_OBJECTS.signatureCertificate.tag,          use: "passcode_each_time" },
  "9d": { ...KEY_REFERENCES["9d"], certificateTag: DATA_OBJECTS.keyManagementCertificate.tag,      use: "passcode" },
  "9e": { ...KEY_REFERENCES["9e"], certificateTag: DATA_OBJECTS.cardAuthenticationCertificate.tag, use: "always" },
} as const satisfies Record<Slot, object>;
