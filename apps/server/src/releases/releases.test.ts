import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditRecord, Ceremony, Records, Smartcard, Store } from "@lanyard/identity";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UNLOCK, type UnlockCeremony } from "../ceremonies/unlock-kind.ts";
import { openTrust } from "../certificates/trust.ts";
import { found } from "../testing/test-card.ts";
import { siteForTests, type TestSite } from "../testing/test-world.ts";
import {
  atAgent,
  authorise,
  ceremonyNow,
  holderDesk,
  openRelease,
  prove,
  pukOf,
  report,
  sealingKeys,
  type Unlocking,
} from "../testing/unlock-desk.ts";
import { ReleaseRate } from "./rate.ts";
import { secretsElsewhere } from "./remote-sealer.ts";
import { createSealer, type ReleaseSealer, type SealerParts } from "./sealer.ts";
import { serveReleases } from "./socket.ts";

const place = siteForTests();
const silent = pino({ level: "silent" });

/** What a compromised web node makes of the database: it may write anything but signatures. */
interface Lies {
  ceremony?(told: UnlockCeremony): UnlockCeremony;
  card?(told: Smartcard): Smartcard;
  entries?(told: readonly AuditRecord[]): readonly AuditRecord[];
}

function lying(store: Store, lies: Lies): Store {
  const isUnlock = (told: Ceremony): told is UnlockCeremony => told.kind === UNLOCK.kind;
  const over = (records: Records): Records => ({
    ...records,
    ceremonies: {
      ...records.ceremonies,
      find: async (id) => {
        const told = await records.ceremonies.find(id);
        return told && isUnlock(told) && lies.ceremony ? lies.ceremony(told) : told;
      },
    },
    cards: {
      ...records.cards,
      find: async (serial) => {
        const told = await records.cards.find(serial);
        return told && lies.card ? lies.card(told) : told;
      },
    },
    audit: {
      ...records.audit,
      ofCeremony: async (id) => {
        const told = await records.audit.ofCeremony(id);
        return lies.entries ? lies.entries(told) : told;
      },
    },
  });
  return {
    ...store,
    transaction: (work) => store.transaction((records) => work(over(records))),
  };
}

function sealerOver(lies: Lies = {}, change: Partial<SealerParts> = {}): ReleaseSealer {
  const { world, site } = place();
  return createSealer({
    store: lying(world.store, lies),
    secrets: world.secrets,
    trust: openTrust(world.authority.trustPem),
    config: site.config,
    log: silent,
    now: () => world.clock.now(),
    rate: undefined,
    ...change,
  });
}

const begin = async () => atAgent(await holderDesk(place()));

async function released(): Promise<Unlocking> {
  const unlocking = await begin();
  await authorise(unlocking);
  return unlocking;
}

/** The entry of this action, with its details changed; the others as they are. */
function altered(action: string, change: Readonly<Record<string, unknown>>) {
  return (entries: readonly AuditRecord[]): readonly AuditRecord[] =>
    entries.map(({ position, leaf }) => {
      const fact = JSON.parse(Buffer.from(leaf).toString("utf8"));
      if (fact.action !== action) return { position, leaf };
      const made = { ...fact, details: { ...fact.details, ...change } };
      return { position, leaf: Buffer.from(JSON.stringify(made)) };
    });
}

function without(action: string) {
  return (entries: readonly AuditRecord[]): readonly AuditRecord[] =>
    entries.filter(({ leaf }) => !Buffer.from(leaf).includes(`"action":"${action}"`));
}

const inState = (change: Partial<UnlockCeremony["state"]>) => (told: UnlockCeremony) => ({
  ...told,
  state: { ...told.state, ...change },
});
const noting = (change: Partial<UnlockCeremony["notes"]>) => (told: UnlockCeremony) => ({
  ...told,
  notes: { ...told.notes, ...change },
});
const registered = (change: Partial<Smartcard["registers"]>) => (told: Smartcard) => ({
  ...told,
  registers: { ...told.registers, ...change },
});

describe("[DESIGN 5] a release is sealed only when every proof holds, whatever the database is made to say", () => {
  let victim: Unlocking;
  let other: Unlocking;
  beforeAll(async () => {
    victim = await released();
    other = await released();
  });

  const FORGED = `${"A".repeat(86)}==`;
  // biome-ignore format: one line per lie
  const LIES: readonly (readonly [string, string, (victim: Unlocking, other: Unlocking) => Lies | Promise<Lies>])[] = [
    ["a phase before the release",               "not_released",     () => ({ ceremony: inState({ phase: "chosen" }) })],
    ["a ceremony that is over",                  "not_released",     () => ({ ceremony: inState({ phase: "verified" }) })],
    ["a ceremony in doubt",                      "not_released",     () => ({ ceremony: inState({ phase: "uncertain" }) })],
    ["nothing to release",                       "not_released",     () => ({ ceremony: inState({ candidate: undefined, next: undefined }) })],
    ["a deadline pushed far out",                "stale",            () => ({ ceremony: (told) => ({ ...told, deadline: new Date(told.deadline.getTime() + 86_400_000) }) })],
    ["an old ceremony with a new deadline",      "stale",            () => ({ ceremony: (told) => ({ ...told, startedAt: new Date(told.startedAt.getTime() - 3_600_000) }) })],
    ["no entry of the release",                  "not_on_record",    () => ({ entries: without("unlock.released") })],
    ["no entry of the card's proof",             "not_on_record",    () => ({ entries: without("card.proven") })],
    ["two entries of the release",               "not_on_record",    () => ({ entries: (told) => [...told, ...told] })],
    ["another operator than on record",          "not_on_record",    (_, { holder }) => ({ ceremony: (told) => ({ ...told, operator: holder.careId }) })],
    ["an index below what the card may hold",    "registers_differ", () => ({ card: registered({ n: 1 }) })],
    ["an index never released",                  "registers_differ", () => ({ ceremony: inState({ next: 7 }) })],
    ["registers raised without a record",        "registers_differ", () => ({ card: registered({ n: 1, hi: 2 }), ceremony: inState({ candidate: 1, next: 2 }) })],
    ["a forged proof of the card",               "card_not_proven",  () => ({ entries: altered("card.proven", { signature: FORGED }) })],
    ["another card's proof",                     "card_not_proven",  async (_, { task }) => ({ entries: altered("card.proven", await detailsOf(task.ceremony, "card.proven")) })],
    ["a proof over another nonce",               "card_not_proven",  () => ({ ceremony: noting({ proofNonce: `${"B".repeat(43)}=` }) })],
    ["another person as the holder",             "card_not_proven",  (_, { holder }) => ({ ceremony: (told) => ({ ...told, holder: holder.careId }) })],
    ["another card under this serial",           "card_not_proven",  (_, { holderCard }) => ({ card: (told) => told.careId === victim.holder.careId ? { ...told, certificates: holderCard.record.certificates } : told })],
    ["a cancelled card",                         "card_not_in_use",  () => ({ card: (told) => told.careId === victim.holder.careId ? { ...told, life: "cancelled" } : told })],
    ["an operator's card that is cancelled",     "operator_not_entitled", () => ({ card: (told) => told.careId === victim.operator.careId ? { ...told, life: "cancelled" } : told })],
    ["the holder's own card as the operator's",  "operator_not_entitled", ({ holderCard }) => ({ entries: altered("unlock.released", { operatorCard: holderCard.record.serial }) })],
    ["a forged authorisation",                   "not_authorised",   () => ({ entries: altered("unlock.released", { signature: FORGED }) })],
    ["an authorisation of another unlock",       "not_authorised",   async (_, { task }) => ({ entries: altered("unlock.released", { ...(await detailsOf(task.ceremony, "unlock.released")), operatorCard: victim.card.record.serial }) })],
    ["another key of an agent",                  "not_authorised",   async () => ({ ceremony: noting({ ephemeralKey: Buffer.from((await sealingKeys()).publicKey).toString("base64") }) })],
    ["other evidence",                           "not_authorised",   () => ({ ceremony: inState({ evidence: "passport" }) })],
    ["another nonce for the operator",           "not_authorised",   () => ({ ceremony: noting({ authoriseNonce: `${"B".repeat(43)}=` }) })],
  ];

  test.each(LIES)("%s: refused (%s), on record, and no PUK is derived", async (_, reason, lie) => {
    const { world } = place();
    const before = { derived: world.derived.length, refusals: (await refusals()).length };
    const answer = await sealerOver(await lie(victim, other)).seal(victim.task.ceremony);
    expect(answer).toEqual({ ok: false, reason });
    expect(world.derived).toHaveLength(before.derived);
    const after = await refusals();
    expect(after).toHaveLength(before.refusals + 1);
    expect(after.at(-1)).toMatchObject({ details: { reason } });
  });

  test("told the truth, it seals the released PUKs to the key the operator signed for, again and again", async () => {
    for (const _ of [1, 2]) {
      const answer = await sealerOver().seal(victim.task.ceremony);
      if (!answer.ok) throw new Error(answer.reason);
      expect(await victim.keys.open(victim.task, answer.release)).toEqual([
        await pukOf(victim, 0),
        await pukOf(victim, 1),
      ]);
    }
  });

  test("a certificate of an authority that this process does not trust", async () => {
    const sealer = sealerOver({}, { trust: openTrust("") });
    expect(await sealer.seal(victim.task.ceremony)).toEqual({
      ok: false,
      reason: "card_not_proven",
    });
  });

  test("another server's origin, and another rule for the operator's signature", async () => {
    const { config } = place().site;
    const elsewhere = sealerOver({}, { config: { ...config, origin: "https://other.example" } });
    expect(await elsewhere.seal(victim.task.ceremony)).toMatchObject({ reason: "card_not_proven" });
    const stricter = sealerOver({}, { config: { ...config, authorise: "passcode" } });
    expect(await stricter.seal(victim.task.ceremony)).toMatchObject({ reason: "not_authorised" });
  });

  test("an operator who may unlock no longer", async () => {
    const unlocking = await released();
    await unlocking.world.closeAccount(unlocking.operator.careId);
    expect(await sealerOver().seal(unlocking.task.ceremony)).toMatchObject({
      reason: "operator_not_entitled",
    });
  });

  test("no such ceremony", async () => {
    expect(await sealerOver().seal("A".repeat(22))).toMatchObject({ reason: "ceremony_unknown" });
  });

  test("more than an hour's share of one operator, and of one site; the same ceremony counts once", async () => {
    const rate = new ReleaseRate({ perOperator: 1, perSite: 2 });
    const sealer = sealerOver({}, { rate });
    const third = await released();
    for (const [unlocking, ok] of [
      [victim, true],
      [victim, true],
      [other, true],
      [third, false],
    ] as const)
      expect(await sealer.seal(unlocking.task.ceremony)).toMatchObject({ ok });
    const at = place().world.clock.now();
    const asked = { ceremony: "new", operator: victim.operator.careId, site: "elsewhere", at };
    expect(rate.allows(asked)).toBe(false);
    expect(rate.allows({ ...asked, at: new Date(at.getTime() + 3_600_001) })).toBe(true);
  });

  test("a flood of refusals does not become a flood of entries", async () => {
    const sealer = sealerOver();
    const before = (await refusals()).length;
    for (let asked = 0; asked < 80; asked += 1) await sealer.seal("A".repeat(22));
    expect((await refusals()).length - before).toBe(60);
  });
});

async function detailsOf(ceremony: string, action: string): Promise<Record<string, unknown>> {
  const all = await place().world.record();
  const entry = all.find((one) => one["ceremonyId"] === ceremony && one.action === action);
  const details = found(entry)["details"];
  return typeof details === "object" && details !== null ? { ...details } : {};
}

async function refusals() {
  return (await place().world.record()).filter(({ action }) => action === "unlock.seal_refused");
}

describe("a secrets process on a Unix socket", () => {
  let directory = "";
  let socket = "";
  let site: TestSite;
  let serving: { close(): Promise<void> };
  const serve = () => {
    const { secrets } = place().world;
    return serveReleases(socket, { sealer: sealerOver(), secrets, log: silent });
  };
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "lanyard-socket-"));
    socket = join(directory, "secrets.sock");
    serving = await serve();
    site = await place().world.start({}, secretsElsewhere(socket));
  });
  afterAll(async () => {
    await site.close();
    await serving.close();
    await rm(directory, { recursive: true });
  });

  const atNode = async () =>
    atAgent(await holderDesk({ world: place().world, site }, { profile: { hint: true } }));

  test("a web node without any key unlocks through it, from the release to the proof, and writes no hint", async () => {
    const unlocking = await atNode();
    expect(await openRelease(unlocking, await authorise(unlocking))).toEqual([
      await pukOf(unlocking, 0),
      await pukOf(unlocking, 1),
    ]);
    await report(unlocking, "reset", 0x9000);
    const { visit } = unlocking;
    const hint = unlocking.desk.call("unlock_hint", { visit, challenge: "A".repeat(22) + "==" });
    await expect(hint).rejects.toMatchObject({ code: "not_released" });
    await report(unlocking, "rotate", 0x9000);
    expect(await prove(unlocking)).toMatchObject({ next: "return" });
    expect((await ceremonyNow(unlocking)).state.phase).toBe("verified");
  });

  test("the web node's own secrets derive nothing", async () => {
    const { secrets } = secretsElsewhere(socket);
    const { careId, issuanceId } = (await atNode()).holderCard.record;
    const of = { keyVersion: 1, keyVersionChanges: [], careId, issuanceId, cardKeyHash: "ab" };
    for (const ask of [
      () => secrets.derivePuk({ ...of, seed: new Uint8Array(32) }, 0),
      () => secrets.deriveManagementKey({ ...of, seed: new Uint8Array(32) }),
      () => secrets.hintMac({ ...of, seed: new Uint8Array(32) }, 0),
    ])
      await expect(ask()).rejects.toMatchObject({ code: "secrets/held_elsewhere" });
  });

  test("a compromised web node that asks what it likes gets no PUK", async () => {
    const unlocking = await atNode();
    const { ceremony } = unlocking.task;
    const before = place().world.derived.length;
    const answers = await Promise.all(
      [
        ["POST", "/seal", { ceremony }],
        ["POST", "/seal", { ceremony, index: 0, ephemeralKey: "AAAA", phase: "released" }],
        ["POST", "/seal", { ceremony: "../../etc/passwd" }],
        ["POST", "/seal", "x".repeat(100_000)],
        ["POST", "/derivePuk", { ceremony }],
        ["GET", "/seal", { ceremony }],
        ["GET", "/", {}],
      ].map(([method, path, body]) => send(socket, String(method), String(path), body)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 400, 400, 400, 400, 400]);
    expect(JSON.parse(found(answers[0]).body)).toEqual({ ok: false, reason: "not_on_record" });
    expect(place().world.derived).toHaveLength(before);
  });

  test("others on the machine cannot open the socket", async () => {
    expect((await stat(socket)).mode & 0o007).toBe(0);
  });

  test("with the process away nothing is released; once it is back, the same request works", async () => {
    const unlocking = await atNode();
    await serving.close();
    await expect(authorise(unlocking)).rejects.toMatchObject({ code: "not_released" });
    expect((await ceremonyNow(unlocking)).state.phase).toBe("chosen");
    await writeFile(socket, "left by a process that was killed");
    serving = await serve();
    expect((await authorise(unlocking)).next).toBe("open");
  });

  test("two processes do not serve one socket", async () => {
    await expect(serve()).rejects.toMatchObject({ code: "secrets/unavailable" });
  });
});

function send(socketPath: string, method: string, path: string, body: unknown) {
  return new Promise<{ readonly status: number | undefined; readonly body: string }>(
    (resolve, reject) => {
      const asking = request({ socketPath, method, path, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString("utf8") }),
        );
      });
      asking.on("error", reject);
      asking.end(typeof body === "string" ? body : JSON.stringify(body));
    },
  );
}
