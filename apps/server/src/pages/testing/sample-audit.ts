import type { AuditEntry } from "@lanyard/identity";
import type { ReactElement } from "react";
import type { CheckedSignature, PlaceInLog } from "../../audit/read-entry.ts";
import { auditEntryPage } from "../audit/audit-entry.page.tsx";
import { type AuditQuery, auditSearchPage } from "../audit/audit-search.page.tsx";
import type { Frame } from "../frame.ts";
import { CEREMONY } from "./sample-models.ts";

const HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const BASE64 = Buffer.alloc(64, 0x5a).toString("base64");

const QUERY: AuditQuery = {
  holder: "",
  operator: "",
  card: "",
  ceremony: CEREMONY,
  action: "",
  from: "",
  until: "",
  before: "",
};

const ENTRY: AuditEntry = {
  at: "2026-11-24T09:14:07.482Z",
  action: "unlock.released",
  actor: "555020417733",
  holder: "555083916274",
  cardSerial: "40012345",
  ceremonyId: CEREMONY,
  deskId: "RGVza3MtMDAwMDAwMDAwMQ",
  details: { evidence: "photo", n: 0, hi: 1, keyHash: HEX, signature: BASE64 },
  personal: { name: HEX },
};

const SIGNATURE: CheckedSignature = {
  signed: {
    whose: "operator",
    careId: "555020417733",
    cardSerial: "98210046",
    slot: "9A",
    fields: { ceremony: CEREMONY, careId: "555083916274", keyHash: HEX, evidence: "photo" },
    message: new Uint8Array(96).fill(0x42),
    signature: { algorithm: "ES256", value: BASE64 },
  },
  certificate: BASE64.repeat(6),
  keyHash: HEX,
  fault: undefined,
};

const PLACE: PlaceInLog = {
  index: 1206,
  leafHash: HEX,
  proof: [HEX, HEX, HEX],
  note: `care.example/audit\n1209\n${BASE64.slice(0, 44)}\n\n— care.example/audit ${BASE64}\n`,
  isProven: true,
};

/** The pages of the record. */
export function auditPages(frame: Frame): Readonly<Record<string, ReactElement>> {
  const checked = {
    ...{ position: 1212, entry: ENTRY, leaf: JSON.stringify(ENTRY) },
    ...{ place: PLACE, signature: SIGNATURE },
  };
  const entries = [1212, 1211].map((position) => ({ position, entry: ENTRY }));
  return {
    audit: auditSearchPage(frame, { query: QUERY, entries, next: 1211 }),
    "audit-none": auditSearchPage(frame, { query: QUERY, entries: [] }),
    "audit-wrong": auditSearchPage(frame, {
      ...{ query: { ...QUERY, holder: "12" }, wrong: "holder", entries: [] },
    }),
    "audit-entry": auditEntryPage(frame, checked),
    "audit-entry-waiting": auditEntryPage(frame, {
      ...checked,
      ...{ place: undefined, signature: undefined },
    }),
    "audit-entry-wrong": auditEntryPage(frame, {
      ...checked,
      place: { ...PLACE, isProven: false },
      signature: { ...SIGNATURE, fault: "wrong", certificate: undefined, keyHash: undefined },
    }),
  };
}
