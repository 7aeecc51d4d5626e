/** By what the operator satisfied themselves that this is the person [FIPS201 §2.9.3.1]. Signed and audited. */
export const EVIDENCE_KINDS = {
  photo: "The person matches the photo on screen and on the card",
  passport: "Passport",
  driving_licence: "Driving licence",
  other_document: "Another identity document with a photo",
  biometric: "Biometric match",
} as const;

export type EvidenceKind = keyof typeof EVIDENCE_KINDS;

export function isEvidenceKind(input: unknown): input is EvidenceKind {
  return typeof input === "string" && Object.hasOwn(EVIDENCE_KINDS, input);
}
