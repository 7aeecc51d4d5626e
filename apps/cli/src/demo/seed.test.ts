import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asciiBytes, Secret } from "@lanyard/bytes";
import { type CardSecrets, cardStanding, type Smartcard, type Store } from "@lanyard/identity";
import { openPivSession, type PivSession } from "@lanyard/piv";
import {
  createMasterKeyFile,
  openDatabase,
  openKeyFile,
  openStore,
  openTrust,
} from "@lanyard/server";
import { createVirtualReader, FACTORY, openVirtualSession } from "@lanyard/virtual-card";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEMO_ORGANISATIONS, DEMO_PEOPLE, type DemoCard, type DemoPerson } from "./people.ts";
import { createDemoAuthority, DEMO_FILES, seedDemo } from "./seed.ts";
import { openShelf, type Shelf } from "./shelf.ts";

const NOW = new Date("2026-11-24T09:00:00Z");
const BUDGET_MS = 120_000;

/** One of each: ready, locked, RSA, expired, cancelled, issued locked, one try left, a PUK that cannot be changed. */
const FEW = [
  "Carter",
  "Okafor",
  "Whitfield",
  "Chen",
  "Tanaka",
  "Al-Sayed",
  "Oliveira",
  "Marchetti",
  "Nwosu",
  "Nguyen",
];
const PEOPLE = DEMO_PEOPLE.filter(({ familyName }) => FEW.includes(familyName));
const CARDS = PEOPLE.flatMap((person) =>
  person.cards.map((card): [string, DemoCard, DemoPerson] => [card.serial, card, person]),
);

let directory: string;
let store: Store;
let secrets: CardSecrets;
let shelf: Shelf;
let dispose: () => Promise<void>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "lanyard-seed-"));
  const fail = (error: Error): never => {
    throw error;
  };
  const events = { onDeath: fail, onIdleError: fail };
  store = openStore(await openDatabase({ dataDir: join(directory, "db") }, events));
  dispose = async () => {
    await store.close();
    await rm(directory, { recursive: true });
  };
  await createDemoAuthority(directory, NOW);
  await createMasterKeyFile(join(directory, "keys.json"));
  secrets = await openKeyFile(join(directory, "keys.json"));
  await seedDemo({ directory, store, secrets, now: NOW, people: PEOPLE });
  shelf = await openShelf(join(directory, DEMO_FILES.cards));
}, BUDGET_MS);
afterAll(() => dispose(), BUDGET_MS);

async function onCard<Result>(
  serial: string,
  work: (piv: PivSession) => Promise<Result>,
): Promise<Result> {
  const card = shelf.get(serial);
  if (card === undefined) throw new Error(`The card ${serial} is not on the shelf.`);
  const reader = createVirtualReader("test");
  reader.insert(card);
  const session = openVirtualSession(reader);
  try {
    return await work(await openPivSession(session));
  } finally {
    await session.close();
    reader.remove();
  }
}

async function recorded(serial: string): Promise<Smartcard> {
  const found = await store.transaction((records) => records.cards.find(serial));
  if (found === undefined) throw new Error(`The card ${serial} is not in the store.`);
  return found;
}

const secret = (text: string) => new Secret(asciiBytes(text));

test("covers every state there is", () => {
  expect(PEOPLE).toHaveLength(FEW.length);
  expect(new Set(CARDS.map(([, card]) => card.life)).size).toBe(3);
  expect(new Set(CARDS.map(([, card]) => card.passcodeTriesLeft))).toEqual(new Set([0, 1, 3]));
  expect(CARDS.some(([, card]) => !card.pukChangeable)).toBe(true);
  expect([...shelf.keys()].sort()).toEqual(CARDS.map(([serial]) => serial).sort());
});

describe.each(CARDS)("card %s", (serial, card, person) => {
  test("is in its state, as the chip itself says", async () => {
    const { passcodeTriesLeft: tries } = card;
    expect(await onCard(serial, (piv) => piv.verifyStatus())).toEqual(
      tries === 0 ? { state: "blocked" } : { state: "tries_left", tries },
    );
  });

  test("is in the store as its person's, in the standing of its story", async () => {
    const found = await recorded(serial);
    expect(found).toMatchObject({
      careId: person.careId,
      life: card.life,
      profile: { passcodeRule: card.passcodeRule, pukChangeable: card.pukChangeable },
      registers: { n: 0, hi: 0, exposed: false },
    });
    const expired = card.expiresInDays < 0;
    expect(cardStanding(found, NOW)).toBe(
      card.life === "cancelled"
        ? "cancelled"
        : expired
          ? "expired"
          : card.life === "issued_locked"
            ? "issued_locked"
            : "in_date",
    );
  });

  test("carries certificates that the demo's trust accepts and the store finds it by", async () => {
    const trust = openTrust(await readFile(join(directory, DEMO_FILES.trust), "utf8"));
    for (const { der, keyHash, slot } of (await recorded(serial)).certificates) {
      const name = ({ "9A": "9a", "9C": "9c", "9E": "9e" } as const)[slot];
      const read = await onCard(serial, (piv) => piv.readCertificate(name));
      expect(Buffer.from(read ?? []).equals(der)).toBe(true);
      expect(trust.verify(der)).toMatchObject({
        keyHash,
        careId: person.careId,
        cardSerial: serial,
      });
      const byKey = await store.transaction((records) => records.cards.findByKey(keyHash));
      expect(byKey?.serial).toBe(serial);
    }
  });
});

describe("what unlocks them", () => {
  test.each(CARDS.filter(([, card]) => card.passcodeTriesLeft > 0))(
    "card %s takes the passcode that the tray shows",
    async (serial, { passcode }) => {
      expect(await onCard(serial, (piv) => piv.verify(secret(passcode)))).toEqual({ ok: true });
    },
  );

  test.each(CARDS.filter(([, card]) => card.passcodeTriesLeft === 0))(
    "card %s is unlocked by the PUK derived from its record, and by nothing of its maker's",
    async (serial, { passcode }) => {
      const { careId, issuanceId, certificates } = await recorded(serial);
      const seed = await store.transaction((records) => records.cards.seedOf(serial));
      if (seed === undefined) throw new Error("no seed");
      const cardKeyHash = certificates.find(({ slot }) => slot === "9E")?.keyHash ?? "";
      const puk = await secrets.derivePuk({ ...seed, careId, issuanceId, cardKeyHash }, 0);
      const reset = (by: Secret) =>
        onCard(serial, (piv) => piv.resetRetryCounter(by, secret(passcode)));
      expect(await reset(secret(FACTORY.puk))).toMatchObject({ effect: "not_applied" });
      expect(await reset(puk)).toMatchObject({ effect: "applied" });
      expect(await onCard(serial, (piv) => piv.verify(secret(passcode)))).toEqual({ ok: true });
    },
  );
});

test("everybody is in the store, with roles, face and organisation", async () => {
  await store.transaction(async ({ people }) => {
    expect(await people.organisations()).toHaveLength(DEMO_ORGANISATIONS.length);
    for (const person of PEOPLE) {
      const [found] = await people.search({
        text: person.careId,
        organisationCodes: undefined,
        limit: 2,
      });
      expect(found).toMatchObject({ familyName: person.familyName, status: person.status });
      if (found === undefined) continue;
      const roles = await people.rolesOf(found.careId, NOW);
      expect(roles.map(({ role }) => role).sort()).toEqual([...person.roles].sort());
      expect((await people.photo(found.careId))?.mediaType).toBe("image/png");
    }
  });
});

test("the card with an RSA key has one in 9A and nowhere else", async () => {
  const algorithms = Object.entries(shelf.get("98210638")?.state.keys ?? {}).map(
    ([slot, key]) => [slot, key?.algorithm] as const,
  );
  expect(Object.fromEntries(algorithms)).toEqual({ "9a": "rsa2048", "9c": "p256", "9e": "p256" });
});

test.skipIf(process.platform === "win32")(
  "cards and authority are for their owner alone",
  async () => {
    const cards = join(directory, DEMO_FILES.cards);
    const names = await readdir(cards);
    expect(names.every((name) => name.endsWith(".json"))).toBe(true);
    for (const path of [
      join(directory, DEMO_FILES.authority),
      ...names.map((name) => join(cards, name)),
    ])
      expect((await stat(path)).mode & 0o077).toBe(0);
    expect((await stat(cards)).mode & 0o077).toBe(0);
  },
);
