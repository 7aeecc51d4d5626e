import { createHash, randomBytes, verify, X509Certificate } from "node:crypto";
import { asciiBytes, fromHex, Secret, toHex } from "@lanyard/bytes";
import { nodeBlockCipher, nodeCardCrypto } from "@lanyard/crypto";
import { type CardSecrets, parseCareId } from "@lanyard/identity";
import { openPivSession, type PivSession, rsaPkcs1Padding, type Slot } from "@lanyard/piv";
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
import { beforeAll, describe, expect, test } from "vitest";
import {
  type CertificateAuthority,
  createAuthority,
  openAuthority,
} from "../certificates/authority.ts";
import { keyHashOf, openTrust } from "../certificates/trust.ts";
import { derivePuk } from "../secrets/puk.ts";
import { type IssuedCard, type IssueOrder, issueCard } from "./issue-card.ts";

const MASTER = new Uint8Array(32).fill(7);
const SECRETS: CardSecrets = {
  keyVersion: 1,
  derivePuk: async (of, index) => derivePuk(MASTER, of, index),
};
const CARE_ID = parseCareId("555083916274");
const SERIAL = "98260417";
const PASSCODE = "q4vz8m";
const NOT_BEFORE = new Date("2026-01-01T00:00:00Z");
const NOT_AFTER = new Date("2029-01-01T00:00:00Z");
const KEY = { algorithm: "aes256", value: "5a".repeat(32) } as const;

let authority: CertificateAuthority;

beforeAll(async () => {
  authority = await newAuthority();
});

describe("issuing a card", () => {
  test("each slot's certificate is on the card, in the records, and for the key the card signs with", async () => {
    const { card, issued } = await issue();
    expect(issued.card.certificates.map(({ slot }) => slot)).toEqual(["9A", "9C", "9E"]);
    await withPiv(card, async (piv) => {
      for (const { slot, der, keyHash } of issued.card.certificates) {
        const reference = { "9A": "9a", "9C": "9c", "9E": "9e" } as const;
        expect(await piv.readCertificate(reference[slot])).toEqual(der);
        const { publicKey } = new X509Certificate(der);
        expect(keyHashOf(publicKey)).toBe(keyHash);
        // VERIFY just before each: 9C wants it so [PIV-1 §3.2].
        await piv.verify(secret(PASSCODE));
        expect(verify("sha256", MESSAGE, publicKey, await signed(piv, reference[slot]))).toBe(true);
      }
    });
  });

  test("the certificates say whose card it is and how long it lasts, and chain to us", async () => {
    const { issued } = await issue();
    const trust = openTrust(authority.trustPem);
    for (const { der, keyHash } of issued.card.certificates)
      expect(trust.verify(der)).toMatchObject({
        keyHash,
        careId: CARE_ID,
        cardSerial: SERIAL,
        notBefore: NOT_BEFORE,
        notAfter: NOT_AFTER,
      });
  });

  test("a card of another authority of the same name is not trusted", async () => {
    const { issued } = await issue({ authority: await newAuthority() });
    const trust = openTrust(authority.trustPem);
    for (const { der } of issued.card.certificates) expect(trust.verify(der)).toBeUndefined();
  });

  test("the card may sign its holder in by RSA", async () => {
    const { card, issued } = await issue({ order: { algorithms: { "9A": "rsa2048" } } });
    const der = issued.card.certificates[0]?.der ?? new Uint8Array(0);
    const { publicKey } = new X509Certificate(der);
    expect(publicKey.asymmetricKeyType).toBe("rsa");
    expect(openTrust(authority.trustPem).verify(der)).toBeDefined();
    const signature = await withPiv(card, async (piv) => {
      await piv.verify(secret(PASSCODE));
      return piv.sign("9a", "rsa2048", rsaPkcs1Padding(DIGEST));
    });
    expect(verify("sha256", MESSAGE, publicKey, signature)).toBe(true);
  });

  test("its record starts at PUK 0, with a seed and an issuance of its own", async () => {
    const [first, second] = [await issue(), await issue()];
    expect(first.issued.card.registers).toMatchObject({ n: 0, hi: 0, triesLeft: 15 });
    expect(first.issued.seed).toMatchObject({ keyVersion: 1 });
    expect(first.issued.seed.seed).toHaveLength(32);
    expect(toHex(first.issued.seed.seed)).not.toBe(toHex(second.issued.seed.seed));
    expect(first.issued.card.issuanceId).not.toBe(second.issued.card.issuanceId);
  });

  test("the holder's passcode works, the maker's does not", async () => {
    const { card, issued } = await issue();
    expect(issued.card.life).toBe("active");
    await withPiv(card, async (piv) => {
      expect(await piv.verify(secret(FACTORY.passcode))).toMatchObject({ ok: false, triesLeft: 2 });
      expect(await piv.verify(secret(PASSCODE))).toEqual({ ok: true });
    });
  });
});

describe("the PUK of an issued card", () => {
  test("is the derived one; the maker's works no longer", async () => {
    const { card, issued } = await issue();
    await withPiv(card, async (piv) => {
      const refused = await piv.resetRetryCounter(secret(FACTORY.puk), secret("h7tw2k"));
      expect(refused).toMatchObject({ effect: "not_applied", triesLeft: 14 });
      const accepted = await piv.resetRetryCounter(await puk0(issued), secret("h7tw2k"));
      expect(accepted.effect).toBe("applied");
      expect(await piv.verify(secret("h7tw2k"))).toEqual({ ok: true });
    });
  });

  test("of a kind that no command changes is set the maker's own way", async () => {
    const made = blank(FIXED_PUK);
    let installed = "";
    const installPuk = async (puk: Secret): Promise<void> => {
      installed = toHex(puk.reveal());
    };
    const { issued } = await issue({ made, order: orderedFor(FIXED_PUK), installPuk });
    expect(installed).toBe(toHex((await puk0(issued)).reveal()));
  });

  test("of a kind that nobody can change keeps the card from being issued", async () => {
    const work = issue({ made: blank(FIXED_PUK), order: orderedFor(FIXED_PUK) });
    await expect(work).rejects.toMatchObject({ code: "issuance/puk_refused" });
  });

  test("that is not the one its maker named keeps the card from being issued", async () => {
    const work = issue({ made: blank(CARD_PROFILES.care, { puk: "87654321" }) });
    await expect(work).rejects.toMatchObject({ code: "issuance/puk_refused" });
  });
});

describe("a card issued without a passcode", () => {
  test("is locked, and its PUK opens it", async () => {
    const { card, issued } = await issue({ order: { passcode: undefined } });
    expect(issued.card.life).toBe("issued_locked");
    await withPiv(card, async (piv) => {
      expect(await piv.verifyStatus()).toEqual({ state: "blocked" });
      expect(await piv.verify(secret(FACTORY.passcode))).toEqual({ ok: false, reason: "blocked" });
      const opened = await piv.resetRetryCounter(await puk0(issued), secret(PASSCODE));
      expect(opened.effect).toBe("applied");
    });
  });
});

describe("a card that does not do its part is not issued", () => {
  test("another management key than its maker's list says", async () => {
    const made = blank(CARD_PROFILES.care, {
      managementKey: { algorithm: "aes256", value: "00".repeat(32) },
    });
    await expect(issue({ made })).rejects.toMatchObject({
      code: "issuance/management_key_refused",
    });
  });

  test("a first passcode that the chip does not take", async () => {
    const made = blank(CARD_PROFILES.careDigits);
    await expect(issue({ made })).rejects.toMatchObject({ code: "issuance/passcode_refused" });
  });
});

const FIXED_PUK: CardProfile = { ...CARD_PROFILES.care, name: "fixed", pukChangeable: false };
const MESSAGE = Buffer.from("a card that signs this has the key");
const DIGEST = new Uint8Array(createHash("sha256").update(MESSAGE).digest());

function newAuthority(): Promise<CertificateAuthority> {
  const validity = { notBefore: NOT_BEFORE, notAfter: new Date("2036-01-01T00:00:00Z") };
  return createAuthority("Test (not a real authority)", validity).then(openAuthority);
}

function blank(profile: CardProfile, differences: Partial<BlankDifferences> = {}): VirtualCard {
  const state = blankCardState(profile, {
    serial: SERIAL,
    guid: randomBytes(16),
    expires: "2028-12-31",
    managementKey: KEY,
    ...differences,
  });
  return createVirtualCard({ state, crypto: nodeCardCrypto, save: async () => undefined });
}

type BlankDifferences = {
  readonly puk: string;
  readonly managementKey: CardState["managementKey"];
};

function orderedFor(profile: CardProfile): Pick<IssueOrder, "profile"> {
  const { name, passcodeRule, passcodeTries, pukTries, pukChangeable } = profile;
  const pukTriesComeBack = profile.resetsPukCounterOnSuccess;
  return {
    profile: { name, passcodeRule, passcodeTries, pukTries, pukChangeable, pukTriesComeBack },
  };
}

interface Wish {
  readonly authority?: CertificateAuthority;
  readonly made?: VirtualCard;
  readonly order?: Partial<IssueOrder>;
  installPuk?(puk: Secret): Promise<void>;
}

async function issue(wish: Wish = {}): Promise<{ card: VirtualCard; issued: IssuedCard }> {
  const { made: card = blank(CARD_PROFILES.care), order = {}, installPuk } = wish;
  if (CARE_ID === undefined) throw new Error("not a care id");
  const whole: IssueOrder = {
    careId: CARE_ID,
    serial: SERIAL,
    ...orderedFor(CARD_PROFILES.care),
    notBefore: NOT_BEFORE,
    notAfter: NOT_AFTER,
    issuedAt: NOT_BEFORE,
    passcode: secret(PASSCODE),
    ...order,
  };
  const keys = {
    management: {
      algorithm: KEY.algorithm,
      key: new Secret(fromHex(KEY.value)),
      cipher: nodeBlockCipher,
    },
    passcode: secret(FACTORY.passcode),
    puk: secret(FACTORY.puk),
    ...(installPuk === undefined ? {} : { installPuk }),
  };
  const parts = { authority: wish.authority ?? authority, secrets: SECRETS, blank: keys };
  const issued = await withCard(card, (session) => issueCard(session, whole, parts));
  return { card, issued };
}

async function puk0({ card, seed }: IssuedCard): Promise<Secret> {
  const cardKeyHash = card.certificates.find(({ slot }) => slot === "9E")?.keyHash ?? "";
  const { careId, issuanceId } = card;
  return SECRETS.derivePuk({ ...seed, careId, issuanceId, cardKeyHash }, 0);
}

function signed(piv: PivSession, slot: Slot): Promise<Uint8Array> {
  return piv.sign(slot, "p256", DIGEST);
}

function secret(text: string): Secret {
  return new Secret(asciiBytes(text));
}

function withPiv<Result>(card: VirtualCard, work: (piv: PivSession) => Promise<Result>) {
  return withCard(card, async (session) => work(await openPivSession(session)));
}

async function withCard<Result>(
  card: VirtualCard,
  work: (session: ReturnType<typeof openVirtualSession>) => Promise<Result>,
): Promise<Result> {
  const reader = createVirtualReader("bench");
  reader.insert(card);
  const session = openVirtualSession(reader);
  try {
    return await work(session);
  } finally {
    await session.close();
    reader.remove();
  }
}
