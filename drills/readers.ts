import { drillReaders } from "../e2e/harness/reader-drill.ts";
import { type Drill, DrillFailure, must } from "./drill.ts";

/** The agent's readers over real PC/SC, under hands that never rest. */
export const readers: Drill = {
  name: "readers",
  about:
    "cards in and out of two PC/SC readers at random, the service restarted and killed; a round is one event",
  passes: "only typed errors; the readers come to show the truth; a normal exchange afterwards",
  rounds: { long: 1000, short: 50 },
  needs: "pcsc",
  run: async ({ rounds, seed, say }) => {
    const report = await drillReaders({ events: rounds, seed, say }).catch((cause: unknown) => {
      throw new DrillFailure(String(cause), { cause });
    });
    const { endings, ...figures } = report;
    must(figures.restarts === 2, "the service is restarted and killed once each");
    must(figures.connections > rounds / 10, "cards are used while they come and go");
    return { ...figures, "kinds of ending": Object.keys(endings).length };
  },
  mutants: [
    {
      name: "gives-up",
      about: "a driver that does not come back after the service was gone",
      file: "apps/agent/src/readers/pcsc-readers.ts",
      find: `this.#accept({ kind: "service_lost" });
        await pauseUnless`,
      replace: `this.#accept({ kind: "service_lost" });
        return;
        await pauseUnless`,
    },
  ],
};
