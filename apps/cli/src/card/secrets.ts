import { Secret } from "@lanyard/bytes";
import { type CommandRun, hasSwitch } from "../command.ts";
import { CliError } from "../errors.ts";
import { linesOf } from "../passcode/lines.ts";
import type { Terminal } from "../terminal.ts";

/** Longer than any card takes, so that what is cut off could not have been right. */
const LONGEST = 64;
const KEYS = { cancel: [0x03, 0x04], enter: [0x0a, 0x0d], erase: [0x08, 0x7f] } as const;
const SPACE = 0x20;

/** Where passcodes and PUKs come from: a person, or lines on standard input. The asker wipes what it got. */
export interface SecretSource {
  /** @throws {CliError} `cli/refused` when the person gives up | `cli/usage` when there are too few lines */
  ask(question: string): Promise<Secret>;
}

/**
 * Asks on the terminal without showing what is typed, or reads lines with `--stdin`.
 *
 * @throws {CliError} `cli/usage` when there is neither
 */
export function openSecrets({ options, terminal }: CommandRun): SecretSource {
  if (hasSwitch(options, "stdin")) return fromLines(terminal);
  if (terminal.input.isTTY) return { ask: (question) => askHidden(terminal, question) };
  throw new CliError(
    "cli/usage",
    "Passcodes are asked for on a terminal, and this is none. --stdin reads them from standard input.",
  );
}

function fromLines(terminal: Terminal): SecretSource {
  const lines = linesOf(terminal.input);
  return {
    async ask() {
      const { done, value } = await lines.next();
      if (done) throw new CliError("cli/usage", "Standard input has too few lines.");
      return new Secret(value);
    },
  };
}

async function askHidden(terminal: Terminal, question: string): Promise<Secret> {
  const { input, errors } = terminal;
  errors.write(`${question}: `);
  input.setRawMode?.(true);
  try {
    return await typedLine(input);
  } finally {
    input.setRawMode?.(false);
    errors.write("\n");
  }
}

/** Raw bytes up to Enter. What came after it, as when pasting, waits for the next question. */
function typedLine(input: Terminal["input"]): Promise<Secret> {
  return new Promise((resolve, reject) => {
    const typed = new Uint8Array(LONGEST);
    let length = 0;
    const finish = (end: () => void, rest?: Uint8Array) => {
      input.off("data", hear);
      input.off("end", giveUp);
      // A stream that flows would drop what is put back.
      input.pause();
      if (rest !== undefined && rest.length > 0) input.unshift(rest);
      end();
    };
    const giveUp = () => {
      typed.fill(0);
      finish(() => reject(new CliError("cli/refused", "Nothing was done.")));
    };
    const hear = (chunk: Uint8Array) => {
      for (const [index, byte] of chunk.entries()) {
        if (isOneOf(KEYS.cancel, byte)) return giveUp();
        if (isOneOf(KEYS.enter, byte)) {
          const whole = new Secret(typed.slice(0, length));
          typed.fill(0);
          return finish(() => resolve(whole), chunk.subarray(index + 1));
        }
        if (isOneOf(KEYS.erase, byte)) length = beforeLast(typed, length);
        else if (byte >= SPACE && length < LONGEST) {
          typed[length] = byte;
          length += 1;
        }
      }
    };
    input.on("data", hear);
    input.once("end", giveUp);
    input.resume();
  });
}

function isOneOf(keys: readonly number[], byte: number): boolean {
  return keys.includes(byte);
}

/** Where the last character begins: UTF-8 has several bytes for some. */
function beforeLast(typed: Uint8Array, length: number): number {
  let start = length - 1;
  while (start > 0 && ((typed[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  return start < 0 ? 0 : start;
}
