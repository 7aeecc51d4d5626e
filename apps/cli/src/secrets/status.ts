import { type KeyStatus, masterKeyStatus } from "@lanyard/server";
import type { CommandRun } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { say } from "../terminal.ts";
import { inKeyRoom } from "./settings.ts";

/** `secrets status`: the versions there are, and the share of cards that still need each. */
export function run(run: CommandRun): Promise<number> {
  return inKeyRoom(run, async ({ config, store }) => {
    const rows = await masterKeyStatus(config, store);
    const all = rows.reduce((sum, { cards }) => sum + cards, 0);
    for (const row of rows) say(run.terminal, lineOf(row, all));
    return rows.some(({ check }) => check === undefined) ? EXIT.refused.code : EXIT.ok.code;
  });
}

function lineOf({ version, check, cards, isNewest }: KeyStatus, all: number): string {
  const share = all === 0 ? 0 : Math.round((cards / all) * 1000) / 10;
  const what = check === undefined ? "MISSING: restore it" : `check ${check}`;
  const newest = isNewest ? "  newest: new cards, and each card's next PUK" : "";
  return `version ${version}  ${what}  cards ${cards} (${share} %)${newest}`;
}
