import { LeashLost, Refusal } from "@lanyard/wire";
import { type Drill, type DrillFigures, type DrillRun, must, randomFrom } from "./drill.ts";
import { closeWith, LIES, type Lie, type Other } from "./list-of-lies.ts";
import {
  authorisation,
  authorise,
  type Chosen,
  closing,
  type Liar,
  openLiar,
} from "./world/liar.ts";
import { openWorld } from "./world/world.ts";

/** The agent is trusted to do its work, never to say how it went. */
export const lies: Drill = {
  name: "lies",
  about:
    "an agent in the wrong hands, with real keys, tells the server every lie of a list; a round is one lie, about a card of its own",
  passes:
    "success only by the card's own 9A signature over this unlock's nonce; no PUK leaves but for a signature of the operator's card over this unlock and this key",
  rounds: { long: 5_000, short: 24 },
  needs: "nothing",
  run: drillLies,
  mutants: [
    {
      name: "status-word-is-success",
      about: "what the agent says the card answered is success",
      file: "apps/server/src/ceremonies/unlock-at-desk.ts",
      find: `event: { type: "rotation_answered", applied: effect === "applied" },`,
      replace: `event: { type: "proof_valid" },`,
    },
    {
      name: "nonce-skipped",
      about: "the closing signature need not be over this unlock's nonce",
      file: "packages/wire/src/statements.ts",
      find: `"lanyard/unlock-done/1",
      utf8Bytes(fields.origin),
      asciiBytes(fields.ceremony),
      asciiBytes(fields.careId),
      asciiBytes(fields.nonce),`,
      replace: `"lanyard/unlock-done/1",
      utf8Bytes(fields.origin),
      asciiBytes(fields.ceremony),
      asciiBytes(fields.careId),`,
    },
    {
      name: "key-unsigned",
      about: "the key that PUKs are sealed to need not be the one the operator's card signed for",
      file: "packages/wire/src/statements.ts",
      find: `      fields.ephemeralKey,
      asciiBytes(fields.evidence),
      asciiBytes(fields.nonce),
    ),

  /** The holder's card, 9A, over N3`,
      replace: `      asciiBytes(fields.evidence),
      asciiBytes(fields.nonce),
    ),

  /** The holder's card, 9A, over N3`,
    },
  ],
};

async function drillLies({ rounds, seed }: DrillRun): Promise<DrillFigures> {
  const world = await openWorld();
  const random = randomFrom(seed);
  try {
    const liar = await openLiar(world);
    const accomplice = await openLiar(world);
    let successes = 0;
    for (let round = 0; round < rounds; round += 1) {
      const lie = LIES[round < LIES.length ? round : Math.floor(random() * LIES.length)];
      if (lie === undefined) break;
      if (!(await liar.isSignedIn())) await liar.signIn();
      if (await tellOne(liar, accomplice, lie)) successes += 1;
    }
    await Promise.all([liar.desk.cut(), accomplice.desk.cut()]);
    return {
      "different lies": LIES.filter(({ isProven }) => isProven !== true).length,
      "lies believed": 0,
      "successes, all by a true closing signature": successes,
    };
  } finally {
    await world.close();
  }
}

/** Whether it ended in success, as only the truth may. */
async function tellOne(liar: Liar, accomplice: Liar, lie: Lie): Promise<boolean> {
  const holder = await liar.colleague();
  const before = await liar.chosen(holder);
  const other: Other = {
    ...{ chosen: before, accomplice },
    authorisation: authorisation(liar, before),
    closing: closing(liar, before),
  };
  await liar.desk.call("unlock_authorise", other.authorisation);
  await closeWith(liar, before, other.closing);
  const chosen = await liar.chosen(holder);
  const released = await releasesOf(liar, chosen);
  must(released === 0, "nothing is released before anybody signed");
  if (lie.isReleased) await authorise(liar, chosen);
  await lie.tell(liar, chosen, other).catch(expectRefusal);
  const { phase } = (await ceremonyOf(liar, chosen)).state;
  const isSuccess = phase === "verified";
  must(isSuccess === (lie.isProven === true), `${lie.name}: ${phase}`);
  must(
    (await releasesOf(liar, chosen)) === (lie.isReleased ? 1 : 0),
    `${lie.name}: a PUK was released`,
  );
  await liar.desk.remove(1);
  const ended = { visit: chosen.visit, reason: "holder_card_removed" } as const;
  await liar.desk.call("unlock_lost", ended).catch(expectRefusal);
  return isSuccess;
}

function expectRefusal(error: unknown): void {
  if (!(error instanceof Refusal || error instanceof LeashLost)) throw error;
}

async function ceremonyOf({ world }: Liar, { task }: Chosen) {
  const found = await world.store.transaction(({ ceremonies }) => ceremonies.find(task.ceremony));
  if (found === undefined) throw new Error("The ceremony is gone.");
  return found;
}

/** By the ceremony itself: an index that left the server is written down before it leaves. */
async function releasesOf(liar: Liar, chosen: Chosen): Promise<number> {
  const { state } = await ceremonyOf(liar, chosen);
  return "candidate" in state && state.candidate !== undefined ? 1 : 0;
}
