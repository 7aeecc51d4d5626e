import { LeashLost, Refusal } from "@lanyard/wire";
import { type Drill, type DrillFigures, type DrillRun, must } from "./drill.ts";
import { authorisation, type Liar, openLiar, provenSignIn, visitOf } from "./world/liar.ts";
import { openWorld, type World } from "./world/world.ts";

/** What is over stays over, whatever the clock says next. */
export const clock: Drill = {
  name: "clock",
  about:
    "the server's clock ten years ahead, ten years back and back again in the middle of things; a round is one thing that had expired or was used, tried once more",
  passes:
    "no visit, bind secret, return code, session, unlock or certificate is accepted that has expired or was used",
  rounds: { long: 1_000, short: 9 },
  needs: "nothing",
  run: drillClock,
  mutants: [
    {
      name: "never-late",
      about: "a visit is never too late",
      file: "apps/server/src/visits/visit.service.ts",
      find: "return visit.deadline < this.#core.now();",
      replace: "return visit.deadline < new Date(0);",
    },
  ],
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const TEN_YEARS_MS = 3653 * 24 * HOUR_MS;

/** Each tries something that is over; gives whether it was accepted. Leaves the clock where it is. */
const TRIES: Readonly<Record<string, (liar: Liar) => Promise<boolean>>> = {
  "a visit nobody claimed in five minutes": async ({ world, desk, browser }) => {
    const visit = visitOf(await browser.post("/sign-in"));
    world.advance(6 * MINUTE_MS);
    return isAccepted(desk.call("claim", { visit }));
  },
  "a bind secret after five minutes": async ({ world, desk, browser }) => {
    const visit = visitOf(await browser.post("/sign-in"));
    const { bindSecret } = await desk.call("claim", { visit });
    world.advance(6 * MINUTE_MS);
    await browser.get(`/bind/${visit}/${bindSecret}`);
    return isAccepted(desk.call("visit_status", { visit }));
  },
  "a return code after a quarter of an hour": async (liar) => {
    await signOut(liar);
    const address = await provenSignIn(liar);
    liar.world.advance(16 * MINUTE_MS);
    await liar.browser.get(address);
    return liar.isSignedIn();
  },
  "a used return code, ten years earlier": async (liar) => {
    const address = await provenSignIn(liar);
    await liar.browser.get(address);
    await signOut(liar);
    liar.world.advance(-TEN_YEARS_MS);
    await liar.browser.get(address);
    return liar.isSignedIn();
  },
  "a session left alone for a quarter of an hour": (liar) => {
    liar.world.advance(16 * MINUTE_MS);
    return liar.isSignedIn();
  },
  "a session that had ended, ten years earlier": async (liar) => {
    liar.world.advance(13 * HOUR_MS);
    await liar.isSignedIn();
    liar.world.advance(-TEN_YEARS_MS);
    return liar.isSignedIn();
  },
  "a signature for an unlock that waited too long": async (liar) => {
    const chosen = await liar.chosen(await liar.colleague());
    const kept = authorisation(liar, chosen);
    liar.world.advance(16 * MINUTE_MS);
    return isAccepted(liar.desk.call("unlock_authorise", kept));
  },
  "the same once the clock was put back": async (liar) => {
    const chosen = await liar.chosen(await liar.colleague());
    const kept = authorisation(liar, chosen);
    liar.world.advance(16 * MINUTE_MS);
    await liar.world.round();
    liar.world.advance(-16 * MINUTE_MS);
    return isAccepted(liar.desk.call("unlock_authorise", kept));
  },
  "a card whose certificates expired years ago": async (liar) => {
    await signOut(liar);
    liar.world.advance(TEN_YEARS_MS);
    return isAccepted(provenSignIn(liar));
  },
};

async function drillClock({ rounds }: DrillRun): Promise<DrillFigures> {
  const world = await openWorld();
  const tries = Object.entries(TRIES);
  try {
    for (let round = 0; round < rounds; round += 1) {
      const [name, attempt] = tries[round % tries.length] ?? [];
      if (name !== undefined && attempt !== undefined) await tryOne(world, name, attempt);
    }
    return { "different things": Math.min(rounds, tries.length), "accepted too late or twice": 0 };
  } finally {
    await world.close();
  }
}

async function tryOne(
  world: World,
  name: string,
  attempt: (liar: Liar) => Promise<boolean>,
): Promise<void> {
  const before = world.now().getTime();
  const liar = await openLiar(world);
  must(!(await attempt(liar)), `${name}: is refused`);
  await liar.desk.cut();
  world.advance(before - world.now().getTime());
}

async function signOut({ browser }: Liar): Promise<void> {
  await browser.post("/sign-out");
}

async function isAccepted(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    if (error instanceof Refusal || error instanceof LeashLost) return false;
    throw error;
  }
}
