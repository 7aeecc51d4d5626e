import { enrolAgent } from "@lanyard/agent";
import { asciiText } from "@lanyard/bytes";
import { openSecrets } from "../card/secrets.ts";
import type { CommandRun } from "../command.ts";
import { note } from "../terminal.ts";

/** `agent enrol`: the code comes from the terminal or from standard input, and is wiped once it has been read. */
export function run(run: CommandRun): Promise<number> {
  const { terminal, env } = run;
  return enrolAgent({
    env,
    ask: async () => {
      const source = openSecrets({ ...run, options: { stdin: terminal.input.isTTY !== true } });
      const typed = await source.ask("Code");
      try {
        return asciiText(typed.reveal().filter((byte) => byte < 0x80));
      } finally {
        typed.wipe();
      }
    },
    tell: (text) => note(terminal, text),
  });
}
