import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openDatabase, openStore } from "@lanyard/server";
import { sql } from "kysely";
import { createLogKeyFile } from "../apps/server/src/audit/index.ts";
import { freePort } from "../e2e/harness/deployed.ts";
import { startPostgres } from "../e2e/harness/postgres.ts";
import { type Drill, type DrillFigures, type DrillRun, must, randomFrom } from "./drill.ts";
import { type Acknowledged, watchAcknowledged } from "./world/acknowledged.ts";
import type { Happening } from "./world/boundaries.ts";
import { PASSCODES } from "./world/cards.ts";
import { type DyingServer, dyingServer } from "./world/dying-server.ts";
import type { Death } from "./world/failpoint.ts";
import { pick } from "./world/pick.ts";
import { reading, rewinding } from "./world/records.ts";
import { areOver, openScene, type Scene } from "./world/scene.ts";

/** The server as a process of its own on PostgreSQL, killed where it hurts. */
export const kill: Drill = {
  name: "kill",
  about:
    "`lanyard server`, a process on PostgreSQL, killed with `kill -9` before or after a commit or a message to the desk in the middle of an unlock, and started again, every second time with the desk's PC gone too; a round is one unlock with a kill, then one without",
  passes:
    "no PUK reached the desk without its committed entry; every answered step is in the record; at most 90 s after the restart the server itself has ended every unlock whose PUK was released; the card's PUK stays known; the next unlock succeeds",
  rounds: { long: 300, short: 6 },
  needs: "postgres",
  run: drillKills,
  mutants: [
    {
      name: "released-before-committed",
      about: "the PUK is sealed inside the transaction of its release, and sent before the commit",
      file: "apps/server/src/ceremonies/unlock-at-desk.ts",
      find: `  const event = { type: "authorised" } as const;
  const step = await commitStep(core, { kind: UNLOCK, id: scene.ceremony.id, event, entry });
  if (step === undefined) throw new Refusal("not_released");
  return carryOut(core, rooms, { scene, step });`,
      replace: `  const event = { type: "authorised" } as const;
  const { stepIn } = await import("./runner.ts");
  const { createSealer } = await import("../releases/sealer.ts");
  return new Promise((resolve, reject) => {
    core.store
      .transaction(async (records) => {
        await stepIn(core, records, { kind: UNLOCK, id: scene.ceremony.id, event, entry });
        const store = { ...core.store, transaction: (work) => work(records) };
        const answer = await createSealer({ ...core, store, rate: undefined }).seal(scene.ceremony.id);
        if (!answer.ok) throw new Refusal("not_released");
        resolve({ next: "open", release: answer.release });
        await new Promise((sent) => setImmediate(sent));
      })
      .catch(reject);
  });`,
    },
    {
      name: "recorded-later",
      about: "the desk's report is answered first and written into the record afterwards",
      file: "apps/server/src/ceremonies/unlock-at-desk.ts",
      find: `        const { event, entry } = readReport(scene.ceremony, request);
        return commit(scene, event, entry);`,
      replace: `        const { event, entry } = readReport(scene.ceremony, request);
        setImmediate(() => void commit(scene, event, entry).catch(() => undefined));
        return { next: "go_on" };`,
    },
  ],
};

interface Counts {
  kills: number;
  verified: number;
  aborted: number;
  uncertain: number;
  "left open": number;
  "not begun": number;
  releases: number;
  acknowledged: number;
}

interface Drilling {
  readonly scene: Scene;
  readonly server: DyingServer;
  readonly told: Acknowledged;
  readonly counts: Counts;
  /** The actions that the record has of the unlocks since it was asked to {@link Drilling.mark}. */
  recorded(): Promise<ReadonlySet<string>>;
  mark(): Promise<void>;
  /** Puts every deadline so much earlier, as if that much time had gone by. */
  age(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

async function drillKills({ rounds, seed, say }: DrillRun): Promise<DrillFigures> {
  const drilling = await openDrill();
  const { counts } = drilling;
  try {
    const cuts = cutsFor(await cleanUnlock(drilling));
    for (let round = 0; round < rounds; round += 1) {
      const cut = cuts[round] ?? pick(randomFrom(seed + round), cuts);
      // Every second time the desk is gone as well; the next time round, the others.
      const losesPc = (round + Math.floor(round / cuts.length)) % 2 === 1;
      await oneRound(drilling, cut, losesPc).catch((error: unknown) => {
        say(`round ${round}: killed ${cut.when} ${cut.place} ${cut.ordinal} (${cut.label})`);
        throw error;
      });
      if (round % 25 === 24) say(`${round + 1} rounds: ${JSON.stringify(counts)}`);
    }
    must(counts.releases > 0 && counts.kills > 0, "there was something to lose");
    return {
      "places to kill at": cuts.length,
      "kills there": counts.kills,
      "ended verified": counts.verified,
      "ended aborted": counts.aborted,
      "ended uncertain": counts.uncertain,
      "left open for the operator": counts["left open"],
      "killed before they began": counts["not begun"],
      "releases that reached the desk": counts.releases,
      "of them without an entry": 0,
      "answered steps": counts.acknowledged,
      "of them lost": 0,
      "cards lost": 0,
    };
  } finally {
    await drilling.close();
  }
}

const QUIET = { onDeath: () => undefined, onIdleError: () => undefined };

async function openDrill(): Promise<Drilling> {
  const cluster = await startPostgres();
  const url = cluster.url("postgres");
  const database = await openDatabase({ url }, QUIET);
  const close = async (): Promise<void> => {
    await database.close();
    await cluster.stop();
  };
  let server: DyingServer | undefined;
  const scene = await openScene({
    records: {
      store: openStore(database),
      rewind: rewinding(database),
      everyRow: reading(database),
      close,
    },
    serve: async (env) => {
      const port = await freePort();
      await createLogKeyFile(join(env["LANYARD_DATA"] ?? "", "audit-key"), "drills.example/audit");
      server = await dyingServer({ ...env, LANYARD_PORT: String(port), DATABASE_URL: url });
      await server.start();
      return port;
    },
  });
  if (server === undefined) throw new Error("The server was not started.");
  const counts: Counts = {
    ...{ kills: 0, releases: 0, acknowledged: 0 },
    ...{ verified: 0, aborted: 0, uncertain: 0, "left open": 0, "not begun": 0 },
  };
  const dying = server;
  return {
    ...{ scene, server: dying, counts, told: watchAcknowledged(scene.world) },
    ...readRecord(scene),
    age: async (milliseconds) => {
      const earlier = sql`deadline - ${milliseconds}::int * interval '1 millisecond'`;
      await sql`update ceremony set deadline = ${earlier}`.execute(database.db);
    },
    close: async () => {
      await dying.close();
      await scene.close();
    },
  };
}

function readRecord({ world }: Scene): Pick<Drilling, "mark" | "recorded"> {
  let from = 0;
  const entries = () =>
    world.store.transaction(({ audit }) => audit.read(from, Number.MAX_SAFE_INTEGER));
  return {
    mark: async () => {
      from = ((await entries()).at(-1)?.position ?? from - 1) + 1;
    },
    recorded: async () => {
      const facts: readonly { readonly action: string }[] = (await entries()).map(({ leaf }) =>
        JSON.parse(Buffer.from(leaf).toString("utf8")),
      );
      return new Set(facts.map(({ action }) => action));
    },
  };
}

async function cleanUnlock({ scene, server }: Drilling): Promise<readonly Happening[]> {
  scene.lockHolder();
  await scene.ready();
  await server.arm(undefined);
  const { isSuccess } = await scene.unlock(PASSCODES.chosen[0]);
  must(isSuccess, "an unlock that nobody disturbs succeeds");
  return server.disarm();
}

/** Every place, those about the release first, then what is written of the unlock, then messages, then the rest. */
function cutsFor(happened: readonly Happening[]): readonly Death[] {
  const kinds: readonly ((one: Happening) => boolean)[] = [
    ({ label }) => label.includes("unlock.released"),
    ({ label }) => label.includes("unlock.pin_set"),
    ({ label }) => label === "release",
    ({ label }) => label.includes("unlock."),
    ({ place }) => place === "message",
    () => true,
  ];
  const rank = (one: Happening) => kinds.findIndex((isOf) => isOf(one));
  const inOrder = happened.toSorted((a, b) => rank(a) - rank(b));
  return inOrder.flatMap((at) => [
    { ...at, when: "before" as const },
    { ...at, when: "after" as const },
  ]);
}

async function oneRound(drilling: Drilling, cut: Death, losesPc: boolean): Promise<void> {
  const { scene, server, told, counts } = drilling;
  const { holder } = scene;
  const [typed, typedNext] = PASSCODES.chosen;
  scene.lockHolder();
  await scene.ready();
  const before = (await scene.phases()).length;
  await drilling.mark();
  told.forget();
  await server.arm(cut);
  const broken = told.broken();
  const attempt = scene.unlock(typed).catch(() => ({ isSuccess: false }));
  const isKilled = await Promise.race([server.death().then(() => true), attempt.then(() => false)]);
  await server.kill();
  await broken;
  if (isKilled) counts.kills += 1;
  // Before anything can be repeated, and so be made good.
  await checkRecord(drilling);

  if (losesPc) scene.world.losePcs("power");
  await server.start();
  // Without its PC nobody tells the server how it went on; with it, its agent does.
  if (!losesPc) await attempt.then(() => scene.desk.connected());
  const phase = await ends(drilling, before);
  await scene.ready();
  const { isSuccess } = await attempt;
  must(!isSuccess || holder.takesPasscode(typed), "success is shown only when it is one");
  must(phase !== "verified" || holder.takesPasscode(typed), "verified only with the new passcode");
  await checkRecord(drilling);
  counts.releases += told.releases;
  counts.acknowledged += told.actions.length;
  must(await holder.holdsKnownPuk(), "the card holds a PUK between n and hi");

  const next = await scene.unlock(typedNext);
  must(next.isSuccess && holder.takesPasscode(typedNext), "the next unlock succeeds");
}

/** What was released is over when 90 s have gone by, what was not when the operator's time is up: by the server alone. */
async function ends({ scene, counts, age }: Drilling, before: number): Promise<string | undefined> {
  const phases = async () => (await scene.phases()).slice(before);
  await age(NINETY_SECONDS_MS);
  await until(`nothing released is under way`, async () => !(await phases()).some(isUnderWay));
  if (!areOver(await phases())) {
    counts["left open"] += 1;
    await age(OPERATORS_TIME_MS);
    await until("every unlock has an end", async () => areOver(await phases()));
  }
  const phase = (await phases()).at(-1);
  if (phase === "verified" || phase === "aborted" || phase === "uncertain") counts[phase] += 1;
  else must(phase === undefined, `an unlock ends verified, aborted or uncertain: ${phase}`);
  if (phase === undefined) counts["not begun"] += 1;
  return phase;
}

const NINETY_SECONDS_MS = 90_000;
const OPERATORS_TIME_MS = 16 * 60_000;

/** The PUK is out: silence must end it soon. */
function isUnderWay(phase: string): boolean {
  return phase === "released" || phase === "pin_set";
}

const PATIENCE_MS = 20_000;

async function until(promise: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const start = performance.now(); !(await isSo()); await delay(20))
    must(performance.now() - start < PATIENCE_MS, promise);
}

/** What the desk was told is there, unless the unlock was over by then: its end is recorded, not what came after. */
async function checkRecord({ told, recorded }: Drilling): Promise<void> {
  const actions = await recorded();
  must(
    told.releases === 0 || actions.has("unlock.released"),
    "no PUK reaches the desk without its committed entry",
  );
  const lost = told.actions.filter((action) => !actions.has(action));
  must(
    lost.length === 0 || actions.has("unlock.uncertain"),
    `answered, and not in the record: ${lost.join(", ")}`,
  );
}
