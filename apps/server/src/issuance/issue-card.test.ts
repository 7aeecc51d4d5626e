import { createHash, randomBytes, verify, X509Certificate } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asciiBytes, fromHex, Secret } from "@lanyard/bytes";
import { nodeBlockCipher, nodeCardCrypto } from "@lanyard/crypto";
import {
  type CardSecrets,
  type CertificateSlot,
  certificateIn,
  freshRegisters,
  parseCareId,
} from "@lanyard/identity";
import {
  ecdsaRawFromDer,
  INSTRUCTIONS,
  openPivSession,
  type PivSession,
  rsaPkcs1Padding,
  type SignatureAlgorithm,
} from "@lanyard/piv";
import {
  blankCardState,
  CARD_PROFILES,
  type CardProfile,
  type CardState,
  createVirtualCard,
  createVirtualReader,
  FACTORY,
  openVirtualSession,
  type VirtualCard,
} from "@lanyard/virtual-card";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type CertificateAuthority,
  createAuthority,
  openAuthority,
} from "../certificates/authority.ts";
import { openTrust, type Trust } from "../certificates/trust.ts";
import { secretsOf } from "../secrets/card-identity.ts";
import { createMasterKeyFile, openKeyFile } from "../secrets/key-file.ts";
import { type BlankCardKeys, type IssuedCard, type IssueOrder, issueCard } from "./issue-card.ts";

const SERIAL = "98210046";
const PASSCODE = "q4vz8m";
const DATES = { notBefore: new Date("2026-01-01"), notAfter: new Date("2029-01-01") };
const SLOTS = { "9A": "9a", "9C": "9c", "9E": "9e" } as const;

let directory: string;
let secrets: CardSecrets;
let authority: CertificateAuthority;
let trust: Trust;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "lanyard-issuance-"));
  await createMasterKeyFile(join(directory, "keys.json"));
  secrets = await openKeyFile(join(directory, "keys.json"));
  authority = await openAuthority(
    await createAuthority("Test", {
      notBefore: new Date("2020-01-01"),
      notAfter: new Date("2040-01-01"),
    }),
  );
  trust = openTrust(authority.trustPem);
});
afterAll(() => rm(directory, { recursive: true }));

const secret = (text: string) => new Secret(asciiBytes(text));

function blankOf(profile: CardProfile = CARD_PROFILES.care): VirtualCard {
  const managementKey = { algorithm: "aes256", value: randomBytes(32).toString("hex") } as const;
  const guid = randomBytes(16);
  const blank = { serial: SERIAL, guid, expires: "2029-01-01", managementKey };
  const state = blankCardState(profile, blank);
  return createVirtualCard({ state, crypto: nodeCardCrypto, save: async () => undefined });
}

function keysOf({ managementKey }: CardState): BlankCardKeys {
  return {
    management: {
      algorithm: managementKey.algorithm,
      key: new Secret(fromHex(managementKey.value)),
      cipher: nodeBlockCipher,
    },
    passcode: secret(FACTORY.passcode),
    puk: secret(FACTORY.puk),
  };
}

function orderFor({ state }: VirtualCard, change: Partial<IssueOrder> = {}): IssueOrder {
  const { profile } = state;
  const careId = parseCareId("555083916274");
  if (careId === undefined) throw new Error("not a care id");
  return {
    careId,
    serial: SERIAL,
    profile: {
      name: profile.name,
      passcodeRule: profile.passcodeRule,
      passcodeTries: profile.passcodeTries,
      pukTries: profile.pukTries,
      pukChangeable: profile.pukChangeable,
      pukTriesComeBack: profile.resetsPukCounterOnSuccess,
      hint: profile.hasHintObject,
    },
    ...DATES,
    issuedAt: new Date("2026-01-02"),
    passcode: secret(PASSCODE),
    ...change,
  };
}

/** One insertion of the card, from a fresh power-on. */
async function inReader<Result>(
  card: VirtualCard,
  work: (session: ReturnType<typeof openVirtualSession>) => Promise<Result>,
): Promise<Result> {
  const reader = createVirtualReader("issuing");
  reader.insert(card);
  const session = openVirtualSession(reader);
  try {
    return await work(session);
  } finally {
    await session.close();
    reader.remove();
  }
}

const onCard = <Result>(card: VirtualCard, work: (piv: PivSession) => Promise<Result>) =>
  inReader(card, async (session) => work(await openPivSession(session)));

function issue(
  card: VirtualCard,
  change: Partial<IssueOrder> = {},
  keys: Partial<BlankCardKeys> = {},
): Promise<IssuedCard> {
  const blank = { ...keysOf(card.state), ...keys };
  return inReader(card, (session) =>
    issueCard(session, orderFor(card, change), { authority, secrets, blank }),
  );
}

function pukOf({ card, seed }: IssuedCard, index = 0): Promise<Secret> {
  const { careId, issuanceId } = card;
  const cardKeyHash = certificateIn(card, "9E")?.keyHash ?? "";
  return secrets.derivePuk({ ...seed, careId, issuanceId, cardKeyHash }, index);
}

/** Signs with the slot's key on the card, and checks it with the certificate's. */
async function signsAsCertified(
  piv: PivSession,
  slot: CertificateSlot,
  algorithm: SignatureAlgorithm,
): Promise<boolean> {
  const der = await piv.readCertificate(SLOTS[slot]);
  if (der === undefined) return false;
  const message = randomBytes(40);
  const digest = createHash("sha256").update(message).digest();
  // 9C wants the passcode before every signature [PIV-1 §3.2.1].
  if (slot !== "9E") await piv.verify(secret(PASSCODE));
  const key = new X509Certificate(der).publicKey;
  if (algorithm === "rsa2048") {
    const block = rsaPkcs1Padding(digest);
    return verify("sha256", message, key, await piv.sign(SLOTS[slot], algorithm, block));
  }
  const signature = await piv.sign(SLOTS[slot], algorithm, digest);
  const value = ecdsaRawFromDer(algorithm, signature);
  return verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, value);
}

describe("an issued card", () => {
  let card: VirtualCard;
  let issued: IssuedCard;
  beforeAll(async () => {
    card = blankOf();
    issued = await issue(card);
  });

  test("is recorded as it was ordered", () => {
    expect(issued.card).toMatchObject({
      serial: SERIAL,
      careId: "555083916274",
      life: "active",
      profile: orderFor(card).profile,
      issuedAt: new Date("2026-01-02"),
      registers: freshRegisters(15),
    });
    expect(issued.seed.seed).toHaveLength(32);
    expect(issued.seed.keyVersion).toBe(secrets.keyVersion);
    expect(issued.card.certificates.map(({ slot }) => slot)).toEqual(["9A", "9C", "9E"]);
    expect(new Set(issued.card.certificates.map(({ keyHash }) => keyHash)).size).toBe(3);
  });

  test.each(["9A", "9C", "9E"] as const)(
    "signs with the key that is in the certificate of %s",
    async (slot) => {
      expect(await onCard(card, (piv) => signsAsCertified(piv, slot, "p256"))).toBe(true);
    },
  );

  test("carries the recorded certificates, and the trust accepts them for this card", async () => {
    for (const { slot, der, keyHash } of issued.card.certificates) {
      const read = await onCard(card, (piv) => piv.readCertificate(SLOTS[slot]));
      expect(Buffer.from(read ?? []).equals(der)).toBe(true);
      expect(trust.verify(der)).toMatchObject({
        keyHash,
        careId: "555083916274",
        cardSerial: SERIAL,
        ...DATES,
      });
    }
  });

  test("takes its holder's passcode and not its maker's", async () => {
    expect(await onCard(card, (piv) => piv.verify(secret(FACTORY.passcode)))).toMatchObject({
      ok: false,
      reason: "wrong",
    });
    expect(await onCard(card, (piv) => piv.verify(secret(PASSCODE)))).toEqual({ ok: true });
  });

  test("[PIV-2 §3.2.3] is unlocked by PUK 0, not by its maker's PUK nor by PUK 1", async () => {
    const reset = (puk: Secret) =>
      onCard(card, (piv) => piv.resetRetryCounter(puk, secret(PASSCODE)));
    expect(await reset(secret(FACTORY.puk))).toMatchObject({ effect: "not_applied" });
    expect(await reset(await pukOf(issued, 1))).toMatchObject({ effect: "not_applied" });
    expect(await reset(await pukOf(issued, 0))).toMatchObject({ effect: "applied" });
    expect(await onCard(card, (piv) => piv.verify(secret(PASSCODE)))).toEqual({ ok: true });
  });
});

describe("other orders", () => {
  test("two issuances of one card to one person share no key, seed or PUK", async () => {
    const [first, second] = [await issue(blankOf()), await issue(blankOf())];
    expect(first.card.issuanceId).not.toBe(second.card.issuanceId);
    expect(first.seed.seed).not.toEqual(second.seed.seed);
    const hashes = [first, second].flatMap(({ card }) =>
      card.certificates.map(({ keyHash }) => keyHash),
    );
    expect(new Set(hashes).size).toBe(6);
    const shown = async (of: IssuedCard) => Buffer.from((await pukOf(of)).reveal()).toString();
    expect(await shown(first)).not.toBe(await shown(second));
  });

  test("without a passcode it is issued locked: blocked, until PUK 0 gives it one", async () => {
    const card = blankOf();
    const issued = await issue(card, { passcode: undefined });
    expect(issued.card.life).toBe("issued_locked");
    expect(await onCard(card, (piv) => piv.verifyStatus())).toEqual({ state: "blocked" });
    expect(await onCard(card, (piv) => piv.verify(secret(FACTORY.passcode)))).toMatchObject({
      reason: "blocked",
    });
    const puk = await pukOf(issued);
    await onCard(card, (piv) => piv.resetRetryCounter(puk, secret(PASSCODE)));
    expect(await onCard(card, (piv) => piv.verify(secret(PASSCODE)))).toEqual({ ok: true });
  });

  test("digits only, few tries: issued locked all the same", async () => {
    const card = blankOf({ ...CARD_PROFILES.careDigits, passcodeTries: 15 });
    await issue(card, { passcode: undefined });
    expect(await onCard(card, (piv) => piv.verifyStatus())).toEqual({ state: "blocked" });
  });

  test("RSA-2048 in 9A: the card signs with it, the trust accepts it", async () => {
    const card = blankOf();
    const issued = await issue(card, { algorithms: { "9A": "rsa2048" } });
    const key = trust.verify(certificateIn(issued.card, "9A")?.der ?? new Uint8Array())?.publicKey;
    expect(key?.asymmetricKeyType).toBe("rsa");
    expect(await onCard(card, (piv) => signsAsCertified(piv, "9A", "rsa2048"))).toBe(true);
    expect(await onCard(card, (piv) => signsAsCertified(piv, "9C", "p256"))).toBe(true);
  });

  test("a card whose PUK no command changes is given PUK 0 by its maker's own way", async () => {
    const card = blankOf({ ...CARD_PROFILES.care, pukChangeable: false });
    const installed: string[] = [];
    const installPuk = async (puk: Secret) => {
      installed.push(Buffer.from(puk.reveal()).toString());
    };
    const issued = await issue(card, {}, { installPuk });
    expect(installed).toEqual([Buffer.from((await pukOf(issued)).reveal()).toString()]);
  });
});

describe("a card that does not do its part", () => {
  test("the card leaves on a management key of its own, and its maker's opens it no more", async () => {
    const card = blankOf();
    const { management: makers } = keysOf(card.state);
    const issued = await issue(card);
    const key = await secrets.deriveManagementKey(secretsOf(issued.card, issued.seed));
    const management = { algorithm: "aes256", key, cipher: nodeBlockCipher } as const;
    await onCard(card, async (piv) => {
      expect(await piv.authenticateManagementKey(makers)).toMatchObject({ ok: false });
      expect(await piv.authenticateManagementKey(management, randomBytes)).toEqual({ ok: true });
    });
  });

  test("[YUBICO-PIV] a card that keeps its maker's management key is not issued", async () => {
    const card = blankOf();
    const kept = { kind: "status_word", statusWord: 0x9000, effect: "skipped" } as const;
    card.faults.arm(kept, { ins: INSTRUCTIONS.setManagementKey });
    await expect(issue(card)).rejects.toMatchObject({ code: "issuance/management_key_kept" });
    const none = blankOf();
    none.faults.arm({ ...kept, statusWord: 0x6d00 }, { ins: INSTRUCTIONS.setManagementKey });
    await expect(issue(none)).rejects.toMatchObject({ code: "issuance/management_key_kept" });
  });

  test("a wrong management key: refused, and the blank is as blank as before", async () => {
    const card = blankOf();
    const before = structuredClone(card.state);
    const { management } = keysOf(card.state);
    const wrong = { ...management, key: new Secret(randomBytes(32)) };
    await expect(issue(card, {}, { management: wrong })).rejects.toMatchObject({
      name: "IssuanceError",
      code: "issuance/management_key_refused",
    });
    expect(card.state).toEqual(before);
  });

  test("another maker's PUK: refused, with its passcode untouched", async () => {
    const card = blankOf();
    await expect(issue(card, {}, { puk: secret("87654321") })).rejects.toMatchObject({
      code: "issuance/puk_refused",
    });
    const maker = Buffer.from(FACTORY.puk).toString("hex");
    expect(card.state.puk).toEqual({ value: maker, triesLeft: 14 });
    expect(await onCard(card, (piv) => piv.verify(secret(FACTORY.passcode)))).toEqual({ ok: true });
  });

  test("a PUK no command changes, and no other way to change it", async () => {
    const card = blankOf({ ...CARD_PROFILES.care, pukChangeable: false });
    await expect(issue(card)).rejects.toMatchObject({ code: "issuance/puk_refused" });
  });

  test("another maker's passcode, or one the chip does not take", async () => {
    await expect(issue(blankOf(), {}, { passcode: secret("654321") })).rejects.toMatchObject({
      code: "issuance/passcode_refused",
    });
    await expect(issue(blankOf(CARD_PROFILES.careDigits))).rejects.toMatchObject({
      code: "issuance/passcode_refused",
    });
  });

  test("a card that has more tries than its record says is not taken for locked", async () => {
    const card = blankOf({ ...CARD_PROFILES.care, passcodeTries: 15 });
    const profile = { ...orderFor(card).profile, passcodeTries: 3 };
    await expect(issue(card, { passcode: undefined, profile })).rejects.toMatchObject({
      code: "issuance/passcode_refused",
    });
  });

  test("no message has a passcode, a PUK or a key in it", async () => {
    const card = blankOf();
    const error = await issue(card, {}, { puk: secret("87654321") }).catch((caught) => caught);
    const text = `${error}${JSON.stringify(error)}`;
    for (const told of ["87654321", PASSCODE, FACTORY.puk, card.state.managementKey.value])
      expect(text).not.toContain(told);
  });
});
