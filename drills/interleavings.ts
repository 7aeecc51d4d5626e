import {
  type Ceremony,
  isOfKind,
  standingOf,
  type UnlockCommand,
  type UnlockEvent,
  type UnlockTypes,
} from "@lanyard/identity";
import { commitStep, type StepCore } from "../apps/server/src/ceremonies/runner.ts";
import { UNLOCK } from "../apps/server/src/ceremonies/unlock-kind.ts";
import { type Drill, type DrillFigures, type DrillRun, must, randomFrom } from "./drill.ts";
import { Conflict, type MemoryRecords, openMemoryRecords } from "./world/memory-records.ts";
import { NO_SECRETS, NOW, newCard, newCeremony, PUK_TRIES, SERIAL } from "./world/paper-card.ts";
import { openTurns, type Turns } from "./world/turns.ts";

/** Two desks, two servers, one card, and every order of what they do. */
export const interleavings: Drill = {
  name: "interleavings",
  about:
    "two unlocks of one card at two desks, statement by statement in a random order, the card moved and reports lost on the way; a round is one order, then one unlock alone",
  passes:
    "the card's PUK stays between n and hi, which are one apart at most; one PUK try is lost at most; nothing that left is ever called undone; the next unlock succeeds",
  rounds: { long: 100_000, short: 1_500 },
  needs: "nothing",
  run: drillOrders,
  mutants: [
    {
      name: "row-unlocked",
      about: "a ceremony's row is read without a lock",
      file: "apps/server/src/ceremonies/runner.ts",
      find: "const ceremony = await records.ceremonies.lock(id);",
      replace: "const ceremony = await records.ceremonies.find(id);",
    },
    {
      name: "puk-per-session",
      about: "every unlock brings a new PUK of its own",
      file: "packages/identity/src/registers.ts",
      find: "pukChangeable && registers.hi === registers.n ? registers.n + 1 : undefined",
      replace: "pukChangeable ? registers.hi + 1 : undefined",
    },
  ],
};

/** The chip, as far as PUKs go: each is its index here. */
interface Chip {
  puk: number;
  triesLost: number;
  /** Whose passcode it has: the ceremony's that set it. */
  passcode: string;
  desk: number;
  /** Another one each time it is put in. */
  insertion: number;
}

interface Place {
  readonly chip: Chip;
  readonly records: MemoryRecords;
  readonly core: StepCore;
  readonly turns: Turns;
  readonly random: () => number;
  /** Reports that never arrive, cards that are moved. */
  readonly isDisturbed: boolean;
  disturbances: number;
  /** Ceremonies that PUKs were sent to. */
  readonly sent: Set<string>;
  begun: number;
}

async function drillOrders({ rounds, seed, say }: DrillRun): Promise<DrillFigures> {
  const counts = { unlocks: 0, disturbances: 0, tries: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const random = randomFrom(seed + round);
    await oneOrder(random, counts).catch((error: unknown) => {
      say(`round ${round}: --rounds 1 --seed ${seed + round}`);
      throw error;
    });
    if (round % 10_000 === 9_999) say(`${round + 1} orders`);
  }
  return {
    "unlocks begun": counts.unlocks,
    "cards moved and reports lost": counts.disturbances,
    "PUK tries lost": counts.tries,
    "cards lost": 0,
  };
}

async function oneOrder(
  random: () => number,
  counts: { unlocks: number; disturbances: number; tries: number },
): Promise<void> {
  const turns = openTurns(random);
  const chip: Chip = { puk: 0, triesLost: 0, passcode: "", desk: 0, insertion: 0 };
  const records = openMemoryRecords({
    ...{ card: newCard(), turn: turns.turn },
    isUnderWay: (ceremony) => isUnlock(ceremony) && isUnderWay(ceremony),
  });
  const core: StepCore = {
    // What a step asks of the whole store, it asks of its transaction.
    store: { transaction: (work) => records.transaction(work), close: async () => undefined },
    kinds: [UNLOCK],
    now: () => NOW,
    secrets: NO_SECRETS,
    config: { origin: "http://localhost:3000", serviceDesk: "the service desk" },
  };
  const place: Place = {
    ...{ chip, records, core, turns, random, isDisturbed: true },
    ...{ disturbances: 0, begun: 0, sent: new Set() },
  };
  await turns.run([unlockAt(place, 0), unlockAt(place, 1), moveCard(place), losePatience(place)]);
  expectSound(place);
  const { triesLost } = chip;
  must(triesLost <= 1, `${triesLost} PUK tries were lost`);
  must(triesLost <= place.disturbances, "no try is lost unless something was disturbed");

  for (const open of records.ceremonies) await turns.run([giveUp(place, open.id)]);
  const calm = { ...place, isDisturbed: false };
  chip.desk = 0;
  await turns.run([unlockAt(calm, 0)]);
  expectSound(calm);
  const last = records.ceremonies.at(-1);
  must(last?.state.phase === "verified", `the next unlock succeeds: ${last?.state.phase}`);
  must(chip.triesLost <= 1 + triesLost, "the next unlock loses one try at most");
  must(records.card.registers.hi === records.card.registers.n, "and leaves nothing unsure");
  counts.unlocks += calm.begun;
  counts.disturbances += place.disturbances;
  counts.tries += chip.triesLost;
}

function expectSound({ chip, records, sent }: Place): void {
  const { n, hi } = records.card.registers;
  must(n <= chip.puk && chip.puk <= hi, `the card holds PUK ${chip.puk}, known are ${n} to ${hi}`);
  must(hi - n <= 1, `n and hi are ${hi - n} apart`);
  for (const { id, state } of records.ceremonies) {
    const isUndone = state.phase === "aborted" && !CARD_SAID_NO.has(state.reason ?? "");
    must(!(sent.has(id) && isUndone), "an unlock that a PUK was sent to is never called undone");
  }
}

/** The card itself refused the PUK: then nothing was changed on it. */
const CARD_SAID_NO: ReadonlySet<string> = new Set(["puk_refused", "puk_blocked"]);

/** One unlock at one desk, as agent and server do it: the card goes on while reports are on their way. */
async function unlockAt(place: Place, desk: number): Promise<void> {
  const { chip, turns } = place;
  await turns.turn();
  if (chip.desk !== desk) return;
  const id = await begin(place);
  if (id === undefined) return;
  const { insertion } = chip;
  const isHere = () => chip.desk === desk && chip.insertion === insertion;
  const authorised = await commitStep(place.core, step(id, { type: "authorised" }));
  const released = releaseIn(authorised?.commands);
  if (released === undefined) return;
  place.sent.add(id);
  const { hi } = place.records.card.registers;
  must((released.next ?? 0) <= hi, "what leaves has been written down before");
  await burst(place, { id, isHere, ...released });
}

interface Burst {
  readonly id: string;
  readonly candidate: number | undefined;
  readonly next: number | undefined;
  isHere(): boolean;
}

async function burst(place: Place, { id, isHere, candidate, next }: Burst): Promise<void> {
  const { chip, turns } = place;
  if (candidate === undefined) return;
  await turns.turn();
  if (!isHere()) return lost(place, id);
  if (chip.puk !== candidate) {
    chip.triesLost += 1;
    const refused = {
      type: "puk_refused",
      index: candidate,
      triesLeft: PUK_TRIES - chip.triesLost,
    } as const;
    const again = releaseIn(await report(place, id, refused));
    return again && burst(place, { id, isHere, ...again });
  }
  chip.passcode = id;
  const accepted = report(place, id, { type: "puk_accepted", index: candidate });
  const to = next ?? releaseIn(await accepted)?.next;
  if (to === undefined) return void (await accepted);
  await turns.turn();
  const isChanged = isHere();
  if (isChanged) chip.puk = to;
  await accepted;
  if (!isChanged) return lost(place, id);
  await report(place, id, { type: "rotation_answered", applied: true });
  await turns.turn();
  if (!isHere() || chip.passcode !== id) return lost(place, id);
  await report(place, id, { type: "proof_valid" });
}

async function lost(place: Place, id: string): Promise<void> {
  await report(place, id, { type: "lost", reason: "holder_card_removed" });
}

/** Tells the server, unless the report never arrives. */
async function report(
  place: Place,
  id: string,
  event: UnlockEvent,
): Promise<readonly UnlockCommand[] | undefined> {
  await place.turns.turn();
  if (place.isDisturbed && place.random() < 0.15) {
    place.disturbances += 1;
    return undefined;
  }
  return (await commitStep(place.core, step(id, event)))?.commands;
}

/** As the server begins one: what is open elsewhere gives way, what has released does not. */
async function begin(place: Place): Promise<string | undefined> {
  const { core, records } = place;
  const open = await records.transaction(({ ceremonies }) => ceremonies.openOfCard(SERIAL));
  if (open !== undefined && isUnlock(open)) {
    if (standingOf(UNLOCK, open.state) === "released") return undefined;
    await commitStep(core, step(open.id, { type: "abort", reason: "replaced" }));
  }
  place.begun += 1;
  const id = `unlock ${place.begun}`;
  try {
    await records.transaction(({ ceremonies }) => ceremonies.add(newCeremony(id)));
    return id;
  } catch (error) {
    if (error instanceof Conflict) return undefined;
    throw error;
  }
}

/** A hand that takes the card to the other desk, now and then. */
async function moveCard(place: Place): Promise<void> {
  const { chip, turns, random } = place;
  for (let moves = Math.floor(random() * 4); moves > 0; moves -= 1) {
    for (let rest = random() * 30; rest > 0; rest -= 1) await turns.turn();
    place.disturbances += 1;
    chip.desk = 1 - chip.desk;
    chip.insertion += 1;
  }
}

/** The server's rounds, and an operator who pulls their card: any unlock may be ended at any time. */
async function losePatience(place: Place): Promise<void> {
  for (let rest = place.random() * 60; rest > 0; rest -= 1) await place.turns.turn();
  if (place.random() < 0.5) return;
  place.disturbances += 1;
  const open = place.records.ceremonies.at(-1);
  if (open !== undefined) await giveUp(place, open.id);
}

async function giveUp({ core }: Place, id: string): Promise<void> {
  await commitStep(core, step(id, { type: "abort", reason: "operator_card_removed" }));
  await commitStep(core, step(id, { type: "lost", reason: "agent_gone" }));
}

function step(id: string, event: UnlockEvent) {
  return { kind: UNLOCK, id, event, entry: { action: "unlock.released" } } as const;
}

function releaseIn(commands: readonly UnlockCommand[] | undefined) {
  return commands?.find((command) => command.type === "release");
}

function isUnlock(ceremony: Ceremony): ceremony is Ceremony<UnlockTypes> {
  return isOfKind(UNLOCK, ceremony);
}

function isUnderWay({ state }: Ceremony<UnlockTypes>): boolean {
  return ["open", "released"].includes(standingOf(UNLOCK, state));
}
