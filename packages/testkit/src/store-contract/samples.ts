import {
  type CardCertificate,
  type CareId,
  type Ceremony,
  type Desk,
  freshRegisters,
  type Person,
  parseCareId,
  type Records,
  type Session,
  type Smartcard,
  type Store,
  type UnlockPhase,
  type UnlockTypes,
  type Visit,
} from "@lanyard/identity";

type UnlockCeremony = Ceremony<UnlockTypes>;

/** Milliseconds are kept; nothing finer is. */
export const NOON = new Date("2026-03-02T12:00:00.123Z");

export function minutesLater(minutes: number): Date {
  return new Date(NOON.getTime() + minutes * 60_000);
}

export function careId(text: string): CareId {
  const parsed = parseCareId(text);
  if (parsed === undefined) throw new Error(`${text} is not a care identity number.`);
  return parsed;
}

export const HOLDER = careId("555000000001");
export const OPERATOR = careId("555000000002");

/** Every optional field is undefined unless given. */
export function person(change: Partial<Person> = {}): Person {
  return {
    careId: HOLDER,
    title: undefined,
    givenNames: "Maria",
    familyName: "Okafor",
    dateOfBirth: "1984-02-29",
    email: undefined,
    phone: undefined,
    jobTitle: undefined,
    status: "open",
    organisationCode: "RX1",
    ...change,
  };
}

export function hashLike(seed: string): string {
  const digits = [...seed].map((letter) => letter.charCodeAt(0).toString(16)).join("");
  return digits.padEnd(64, "0").slice(-64);
}

export function certificate(change: Partial<CardCertificate> = {}): CardCertificate {
  return {
    slot: "9A",
    der: new Uint8Array([0x30, 0x00, 0xff]),
    keyHash: hashLike("9A"),
    notBefore: minutesLater(-1000),
    notAfter: minutesLater(1000),
    revokedAt: undefined,
    ...change,
  };
}

/** A card with one certificate a slot; its key hashes are made of serial and slot. */
export function smartcard(change: Partial<Smartcard> = {}): Smartcard {
  const serial = change.serial ?? "20000001";
  return {
    serial,
    careId: HOLDER,
    issuanceId: `issuance-${serial}`,
    life: "active",
    profile: {
      name: "care",
      passcodeRule: "alphanumeric-4-8",
      passcodeTries: 3,
      pukTries: 15,
      pukChangeable: true,
      pukTriesComeBack: false,
      hint: true,
    },
    certificates: (["9A", "9C", "9E"] as const).map((slot) =>
      certificate({ slot, keyHash: hashLike(`${serial}${slot}`) }),
    ),
    issuedAt: NOON,
    registers: freshRegisters(15),
    ...change,
  };
}

export const SEED = { seed: new Uint8Array(32).fill(0xa5), keyVersion: 3, keyVersionChanges: [] };

export const OPERATOR_CARD = "20000009";

export function desk(change: Partial<Desk> = {}): Desk {
  const id = change.id ?? "desk-one-of-the-tests";
  return {
    id,
    name: "Reception",
    keyHash: hashLike(id),
    key: new Uint8Array([1, 2, 3]),
    organisationCode: undefined,
    enrolledAt: NOON,
    enrolledHow: "open",
    enrolledBy: undefined,
    lastSeenAt: undefined,
    revokedAt: undefined,
    ...change,
  };
}

export function session(change: Partial<Session> = {}): Session {
  return {
    id: hashLike("session"),
    careId: OPERATOR,
    cardSerial: OPERATOR_CARD,
    deskId: desk().id,
    insertion: "operator-insertion",
    startedAt: NOON,
    lastSeenAt: NOON,
    provenAt: NOON,
    leashId: undefined,
    endedAt: undefined,
    endReason: undefined,
    ...change,
  };
}

/** An unlock: it has the most to keep. Other kinds bring tests of their own. */
export function ceremony(change: Partial<UnlockCeremony> = {}): UnlockCeremony {
  return {
    id: "ceremony-of-the-tests1",
    kind: "unlock",
    state: {
      phase: "card_proven",
      passcodeState: "blocked",
      evidence: undefined,
      candidate: undefined,
      next: undefined,
      triedBoth: false,
      passcodeSet: false,
      hint: undefined,
      rotated: false,
      reason: undefined,
    },
    cardSerial: smartcard().serial,
    holder: HOLDER,
    operator: OPERATOR,
    deskId: desk().id,
    sessionId: session().id,
    insertion: "holder-insertion",
    expectedSerial: undefined,
    startedAt: NOON,
    deadline: minutesLater(15),
    notes: {
      proofNonce: "first",
      authoriseNonce: "second",
      doneNonce: "third",
      ephemeralKey: undefined,
    },
    ...change,
  };
}

/** The same ceremony in another phase. */
export function inPhase(phase: UnlockPhase, change: Partial<UnlockCeremony> = {}) {
  return ceremony({ state: { ...ceremony().state, phase }, ...change });
}

export function visit(change: Partial<Visit> = {}): Visit {
  return {
    id: "visit-of-the-tests-001",
    purpose: "sign_in",
    state: "new",
    cookieHash: hashLike("cookie"),
    bindHash: undefined,
    returnHash: undefined,
    deskId: undefined,
    sessionId: undefined,
    ceremonyId: undefined,
    nonce: undefined,
    result: undefined,
    createdAt: NOON,
    deadline: minutesLater(5),
    ...change,
  };
}

/** What ceremonies stand on: organisation, holder and operator with a card each, two desks, the operator's session. */
export function addDeskScene(store: Store): Promise<void> {
  return store.transaction(async (records) => {
    await addPeople(records);
    await records.cards.add(smartcard(), SEED);
    await records.cards.add(smartcard({ serial: OPERATOR_CARD, careId: OPERATOR }), SEED);
    await records.desks.add(desk());
    await records.desks.add(desk({ id: "desk-two-of-the-tests" }));
    await records.sessions.add(session());
  });
}

export async function addPeople(records: Records): Promise<void> {
  await records.people.addOrganisation({ code: "RX1", name: "Trust", parentCode: undefined });
  await records.people.add(person());
  await records.people.add(person({ careId: OPERATOR, givenNames: "Sam", familyName: "Reed" }));
}

/** The same value with every run of bytes as a plain `Uint8Array`: a store may hand out a subclass. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
}
