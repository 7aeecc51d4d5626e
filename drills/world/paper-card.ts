import {
  beginUnlock,
  type CardSecrets,
  type CareId,
  type Ceremony,
  freshRegisters,
  parseCareId,
  type Smartcard,
  type UnlockTypes,
} from "@lanyard/identity";
import { UNLOCK } from "../../apps/server/src/ceremonies/unlock-kind.ts";
import { only } from "./memory-records.ts";

export const SERIAL = "40000001";
export const NOW = new Date("2026-03-02T09:00:00Z");
export const PUK_TRIES = 15;

function careId(text: string): CareId {
  const parsed = parseCareId(text);
  if (parsed === undefined) throw new Error(`${text} is not a care identity number.`);
  return parsed;
}

const HOLDER = careId("555000000001");
const OPERATOR = careId("555000000002");

/** A step asks for nothing but the newest master key's version. */
export const NO_SECRETS = only<CardSecrets>({ keyVersion: 1 });

export function newCard(): Smartcard {
  return {
    ...{ serial: SERIAL, careId: HOLDER, issuanceId: "1", life: "active", issuedAt: NOW },
    certificates: [],
    profile: {
      ...{ name: "care", passcodeRule: "alphanumeric-4-8", passcodeTries: 3 },
      ...{ pukTries: PUK_TRIES, pukChangeable: true, pukTriesComeBack: false, hint: false },
    },
    registers: freshRegisters(PUK_TRIES),
  };
}

export function newCeremony(id: string): Ceremony<UnlockTypes> {
  return {
    ...{ id, kind: UNLOCK.kind, cardSerial: SERIAL, holder: HOLDER, operator: OPERATOR },
    ...{ deskId: "desk", sessionId: "session", insertion: "insertion", expectedSerial: undefined },
    ...{ startedAt: NOW, deadline: NOW },
    state: { ...beginUnlock("blocked"), phase: "chosen", evidence: "photo" },
    notes: { proofNonce: "", authoriseNonce: "", doneNonce: "", ephemeralKey: undefined },
  };
}
