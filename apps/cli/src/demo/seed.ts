import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { asciiBytes, fromHex, Secret } from "@lanyard/bytes";
import { nodeBlockCipher } from "@lanyard/crypto";
import {
  type CardProfile,
  type CardSecrets,
  type CareId,
  parseCareId,
  type Records,
  type Store,
} from "@lanyard/identity";
import { openPivSession } from "@lanyard/piv";
import {
  type CertificateAuthority,
  createAuthority,
  type IssuedCard,
  issueCard,
  type KeptAuthority,
  openAuthority,
} from "@lanyard/server/issuance";
import {
  blankCardState,
  CARD_PROFILES,
  type CardState,
  createVirtualReader,
  FACTORY,
  openVirtualSession,
  type VirtualCard,
} from "@lanyard/virtual-card";
import { z } from "zod";
import { DEMO_ORGANISATIONS, DEMO_PEOPLE, type DemoCard, type DemoPerson } from "./people.ts";
import { drawPortrait } from "./portrait.ts";
import { shelveCard } from "./shelf.ts";

const DAY_MS = 86_400_000;

/** Where the demo keeps what, below its data directory. */
export const DEMO_FILES = {
  authority: "authority.json",
  trust: "trust.pem",
  masterKeys: "master-keys.json",
  auditKey: "audit-key",
  cards: "cards",
  database: "db",
  agent: "agent",
} as const;

/** The card with an RSA key for sign-in: everything else is P-256. */
const RSA_CARD = "98210638";

export interface Seeding {
  readonly directory: string;
  readonly store: Store;
  readonly secrets: CardSecrets;
  readonly now: Date;
  /** The demo's own people, unless given. */
  readonly people?: readonly DemoPerson[];
}

/** Makes the demo's own certificate authority, once; the files are for their owner only. */
export async function createDemoAuthority(directory: string, now: Date): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const kept = await createAuthority("Lanyard Demo (not a real authority)", {
    notBefore: new Date(now.getTime() - 3650 * DAY_MS),
    notAfter: new Date(now.getTime() + 3650 * DAY_MS),
  });
  const path = join(directory, DEMO_FILES.authority);
  await writeFile(path, JSON.stringify(kept), { mode: 0o600 });
  await writeFile(join(directory, DEMO_FILES.trust), `${kept.rootPem}\n${kept.issuerPem}\n`);
}

/** Issues every card for real, brings it into its state, and writes all records in one transaction. */
export async function seedDemo(seeding: Seeding): Promise<void> {
  const authority = await openAuthority(await readAuthority(seeding.directory));
  const people = seeding.people ?? DEMO_PEOPLE;
  const issued: IssuedCard[] = [];
  for (const person of people)
    for (const card of person.cards)
      issued.push(await makeCard(seeding, authority, { person, card }));
  const photos = people.map((person) => drawPortrait(person.look, person.careId));
  await seeding.store.transaction(async (records) => {
    for (const organisation of DEMO_ORGANISATIONS)
      await records.people.addOrganisation({ parentCode: undefined, ...organisation });
    for (const [index, person] of people.entries())
      await addPerson(records, person, { photo: photos[index], now: seeding.now });
    for (const { card, seed } of issued) await records.cards.add(card, seed);
  });
}

async function readAuthority(directory: string): Promise<KeptAuthority> {
  const text = await readFile(join(directory, DEMO_FILES.authority), "utf8");
  return keptAuthority.parse(JSON.parse(text));
}

const keptAuthority = z.object({
  rootPem: z.string(),
  issuerPem: z.string(),
  issuerKeyPem: z.string(),
});

async function addPerson(
  records: Records,
  person: DemoPerson,
  { photo, now }: { readonly photo: Uint8Array | undefined; readonly now: Date },
): Promise<void> {
  const { cards: _, look: __, roles, title, ...rest } = person;
  const careId = careIdOf(person);
  await records.people.add({ ...rest, title, careId });
  if (photo !== undefined)
    await records.people.setPhoto(careId, { bytes: photo, mediaType: "image/png" });
  for (const role of roles)
    await records.people.assignRole({
      careId,
      role,
      organisationCode: person.organisationCode,
      from: new Date(now.getTime() - 365 * DAY_MS),
      until: undefined,
    });
}

interface ToMake {
  readonly person: DemoPerson;
  readonly card: DemoCard;
}

async function makeCard(
  { directory, secrets, now }: Seeding,
  authority: CertificateAuthority,
  { person, card }: ToMake,
): Promise<IssuedCard> {
  const cards = join(directory, DEMO_FILES.cards);
  const blank = newBlank(card, now);
  const made = await shelveCard(cards, blank);
  let fixedPuk: string | undefined;
  const installPuk = async (puk: Secret): Promise<void> => {
    fixedPuk = Buffer.from(puk.reveal()).toString("hex");
  };
  const issued = await withCard(made, async (session) =>
    issueCard(
      session,
      {
        careId: careIdOf(person),
        serial: card.serial,
        profile: recordedProfile(blank),
        notBefore: daysFrom(now, -card.issuedDaysAgo),
        notAfter: daysFrom(now, card.expiresInDays),
        issuedAt: daysFrom(now, -card.issuedDaysAgo),
        passcode: card.life === "issued_locked" ? undefined : new Secret(asciiBytes(card.passcode)),
        algorithms: card.serial === RSA_CARD ? { "9A": "rsa2048" } : {},
      },
      { authority, secrets, blank: { ...blankKeys(blank), installPuk } },
    ),
  );
  // No command changes such a card's PUK, so its maker writes it: here, into the card's file.
  const finished =
    fixedPuk === undefined
      ? made
      : await shelveCard(cards, {
          ...made.state,
          puk: { ...made.state.puk, value: fixedPuk },
        });
  await spendTries(finished, card);
  return { ...issued, card: { ...issued.card, life: card.life } };
}

/** As its maker delivers it: PIN and PUK of the trade, a management key of its own. */
function newBlank(card: DemoCard, now: Date): CardState {
  const base = card.passcodeRule === "digits-6-8" ? CARD_PROFILES.careDigits : CARD_PROFILES.care;
  const profile = card.pukChangeable
    ? base
    : { ...base, name: `${base.name}-fixed-puk`, pukChangeable: false };
  return blankCardState(profile, {
    serial: card.serial,
    guid: randomBytes(16),
    expires: daysFrom(now, card.expiresInDays).toISOString().slice(0, 10),
    managementKey: { algorithm: "aes256", value: randomBytes(32).toString("hex") },
  });
}

function blankKeys({ managementKey }: CardState) {
  return {
    management: {
      algorithm: managementKey.algorithm,
      key: new Secret(fromHex(managementKey.value)),
      cipher: nodeBlockCipher,
    },
    passcode: new Secret(asciiBytes(FACTORY.passcode)),
    puk: new Secret(asciiBytes(FACTORY.puk)),
  };
}

function recordedProfile({ profile }: CardState): CardProfile {
  return {
    name: profile.name,
    passcodeRule: profile.passcodeRule,
    passcodeTries: profile.passcodeTries,
    pukTries: profile.pukTries,
    pukChangeable: profile.pukChangeable,
    pukTriesComeBack: profile.resetsPukCounterOnSuccess,
    hint: profile.hasHintObject,
  };
}

/** Types wrong passcodes until as many tries are left as the story wants. */
async function spendTries(card: VirtualCard, { passcodeTriesLeft }: DemoCard): Promise<void> {
  await withCard(card, async (session) => {
    const piv = await openPivSession(session);
    for (let left = card.state.passcode.triesLeft; left > passcodeTriesLeft; left -= 1)
      await piv.verify(new Secret(asciiBytes("00000000")));
  });
}

async function withCard<Result>(
  card: VirtualCard,
  work: (session: ReturnType<typeof openVirtualSession>) => Promise<Result>,
): Promise<Result> {
  const reader = createVirtualReader("The demo's workbench");
  reader.insert(card);
  const session = openVirtualSession(reader);
  try {
    return await work(session);
  } finally {
    await session.close();
    reader.remove();
  }
}

function careIdOf({ careId: text }: DemoPerson): CareId {
  const careId = parseCareId(text);
  if (careId === undefined) throw new Error(`${text} is not a care identity number.`);
  return careId;
}

function daysFrom(now: Date, days: number): Date {
  return new Date(now.getTime() + days * DAY_MS);
}
