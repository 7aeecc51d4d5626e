import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import type { PukRotation, Records, Smartcard, Store } from "@lanyard/identity";
import { decodeRelease, type RequestOf, releaseInfo, statements } from "@lanyard/wire";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openTrust } from "../certificates/trust.ts";
import { secretsOf } from "../secrets/card-identity.ts";
import { openDesk } from "../testing/scripted-desk.ts";
import { found } from "../testing/test-card.ts";
import { meetDesk, signIn, type TestDesk } from "../testing/test-desk.ts";
import { siteForTests, type TestSite } from "../testing/test-world.ts";
import { secretsElsewhere } from "./remote-sealer.ts";
import { createSealer, type ReleaseSealer } from "./sealer.ts";
import { serveReleases } from "./socket.ts";

const place = siteForTests();
const PATIENCE = { timeout: 15_000 } as const;
const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

interface Lies {
  rotation?(told: PukRotation): PukRotation;
  card?(told: Smartcard): Smartcard;
  hasNoEntry?: true;
}

function lying(store: Store, lies: Lies): Store {
  const over = (records: Records): Records => ({
    ...records,
    rotations: {
      ...records.rotations,
      find: async (id) => {
        const told = await records.rotations.find(id);
        return told && (lies.rotation?.(told) ?? told);
      },
    },
    cards: {
      ...records.cards,
      find: async (serial) => {
        const told = await records.cards.find(serial);
        return told && (lies.card?.(told) ?? told);
      },
    },
    audit: {
      ...records.audit,
      ofCeremony: async (id) => (lies.hasNoEntry ? [] : records.audit.ofCeremony(id)),
    },
  });
  return { ...store, transaction: (work) => store.transaction((records) => work(over(records))) };
}

function sealerOver(lies: Lies = {}): ReleaseSealer {
  const { world, site } = place();
  return createSealer({
    store: lying(world.store, lies),
    secrets: world.secrets,
    trust: openTrust(world.authority.trustPem),
    config: site.config,
    log: pino({ level: "silent" }),
    now: () => world.clock.now(),
    rate: undefined,
  });
}

/** A card that was unlocked elsewhere, about to be signed in with at a desk of this site. */
async function due(site: TestSite): Promise<TestDesk> {
  const { world } = place();
  const met = await meetDesk({ world, site });
  await openDesk(site);
  await world.store.transaction(async ({ desks, rotations }) => {
    const elsewhere = {
      id: `elsewhere-${met.card.record.serial}`,
      keyHash: met.card.record.serial,
    };
    await desks.add({
      ...elsewhere,
      ...{ name: "Ward", key: new Uint8Array([1]), enrolledAt: world.clock.now() },
      ...{ organisationCode: undefined, enrolledHow: "open", enrolledBy: undefined },
      ...{ lastSeenAt: undefined, revokedAt: undefined },
    });
    await rotations.setDue(met.card.record.serial, elsewhere.id);
  });
  return met;
}

/** The agent's part: the card signs for the change and this key; what it is given is opened; the card says 9000, or nothing. */
async function rotate(
  site: TestSite,
  met: TestDesk,
  { signedSlot = "9A", lost = false }: { signedSlot?: "9A" | "9E"; lost?: boolean } = {},
) {
  const { desk, card } = met;
  const pair = await suite.kem.generateKeyPair();
  const ephemeralKey = new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey));
  const rotated = vi.fn<(puks: readonly (string | undefined)[], rotation: string) => void>();
  desk.answers.puk_rotate = async ({ rotation, keyHash, nonce }) => {
    const { origin } = site.config;
    const message = statements.rotation({ origin, rotation, keyHash, ephemeralKey, nonce });
    const request: RequestOf<"rotation_release"> = {
      rotation,
      ephemeralKey: Buffer.from(ephemeralKey).toString("base64"),
      signature: card.sign(signedSlot, message),
    };
    const { release } = await desk.call("rotation_release", request);
    const plain = await suite.open(
      {
        recipientKey: pair.privateKey,
        enc: exactly(Buffer.from(release.enc, "base64")),
        info: exactly(releaseInfo({ ceremony: rotation, keyHash, step: release.step })),
      },
      exactly(Buffer.from(release.ciphertext, "base64")),
    );
    const { candidate, next } = decodeRelease(new Uint8Array(plain));
    rotated(
      [candidate, next].map((puk) => puk && Buffer.from(puk.reveal()).toString("latin1")),
      rotation,
    );
    return { status: 0x9000, lost };
  };
  await signIn(site, met);
  return rotated;
}

function exactly(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}

async function pukOf({ card }: TestDesk, index: number): Promise<string> {
  const { world } = place();
  const { record } = card;
  const seed = found(await world.store.transaction(({ cards }) => cards.seedOf(record.serial)));
  const puk = await world.secrets.derivePuk(secretsOf(record, seed), index);
  return Buffer.from(puk.reveal()).toString("latin1");
}

const registersOf = async ({ card }: TestDesk) => (await place().world.cardNow(card)).registers;

describe("a second touch is sealed by its own proofs", () => {
  let directory = "";
  let site: TestSite;
  let serving: { close(): Promise<void> };
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "lanyard-touch-"));
    const socket = join(directory, "secrets.sock");
    const { secrets } = place().world;
    const log = pino({ level: "silent" });
    serving = await serveReleases(socket, { sealer: sealerOver(), secrets, log });
    site = await place().world.start({}, secretsElsewhere(socket));
  });
  afterAll(async () => {
    await site.close();
    await serving.close();
    await rm(directory, { recursive: true });
  });

  test.each([["in this process"], ["in a process of its own, and the node holds no key"]])(
    "the keys %s: the PUK is changed once more",
    async (where) => {
      const node = where === "in this process" ? place().site : site;
      const met = await due(node);
      const rotated = await rotate(node, met);
      await vi.waitFor(
        async () => expect(await registersOf(met)).toMatchObject({ n: 1, hi: 1 }),
        PATIENCE,
      );
      expect(rotated.mock.calls[0]?.[0]).toEqual([await pukOf(met, 0), await pukOf(met, 1)]);
    },
  );

  test("signed with the key that asks for no passcode: nothing is released", async () => {
    const met = await due(place().site);
    const before = place().world.derived.length;
    const rotated = await rotate(place().site, met, { signedSlot: "9E" });
    await vi.waitFor(
      async () => expect((await place().world.record()).at(-1)?.action).toBe("card.rotation_ended"),
      PATIENCE,
    );
    expect(rotated).not.toHaveBeenCalled();
    expect(place().world.derived).toHaveLength(before);
    expect(await registersOf(met)).toMatchObject({ n: 0, hi: 0 });
  });

  test("whatever the database is made to say of it", async () => {
    const { site: node, world } = place();
    const met = await due(node);
    const rotated = await rotate(node, met, { lost: true });
    await vi.waitFor(
      async () =>
        expect((await world.record()).at(-1)).toMatchObject({
          action: "card.rotation_ended",
          cardSerial: met.card.record.serial,
        }),
      PATIENCE,
    );
    const id = found(rotated.mock.calls[0])[1];
    const over = (change: Partial<PukRotation>) => (rotation: PukRotation) => ({
      ...rotation,
      state: { ...rotation.state, phase: "released" as const },
      ...change,
    });
    const released = { rotation: over({}) };
    const raised = (card: Smartcard): Smartcard => ({
      ...card,
      registers: { ...card.registers, n: 1, hi: 2 },
    });
    const wantsMore = (rotation: PukRotation): PukRotation => ({
      ...rotation,
      state: { ...rotation.state, phase: "released", next: 9 },
    });
    const anHourAgo = new Date(world.clock.now().getTime() - 3_600_000);
    // biome-ignore format: one line per lie
    const lies: readonly (readonly [string, Lies])[] = [
      ["not_released",     {}],
      ["stale",            { rotation: over({ startedAt: anHourAgo }) }],
      ["not_on_record",    { ...released, hasNoEntry: true }],
      ["registers_differ", { ...released, card: raised }],
      ["registers_differ", { rotation: wantsMore }],
      ["card_not_in_use",  { ...released, card: (card) => ({ ...card, life: "cancelled" }) }],
      ["not_authorised",   { rotation: over({ nonce: `${"B".repeat(43)}=` }) }],
    ];
    for (const [reason, lie] of lies)
      expect(await sealerOver(lie).seal(id)).toEqual({ ok: false, reason });
    expect(await sealerOver(released).seal(id)).toMatchObject({ ok: true });
    await world.closeAccount(met.operator.careId);
    const closed = await sealerOver(released).seal(id);
    expect(closed).toEqual({ ok: false, reason: "operator_not_entitled" });
  });
});
