import { createReadStream } from "node:fs";
import { open, readFile, rename } from "node:fs/promises";
import {
  type Checkpoint,
  LogError,
  openCheckpoint,
  parseVerifierKey,
  type VerifierKey,
} from "@lanyard/log";
import {
  FILE_KINDS,
  type Line,
  NotOurs,
  noteCrypto,
  openTrust,
  sha256,
  splitLines,
  type Verdict,
  verifyExport,
  verifyProof,
} from "@lanyard/server/audit";
import { type CommandRun, type OptionValues, textOption } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { say, type Terminal } from "../terminal.ts";

/** `audit verify`: opens no database, asks no server. */
export async function run({ options, terminal }: CommandRun): Promise<number> {
  const path = textOption(options, "file") ?? "";
  const key = readKey(options);
  return (await isExport(path))
    ? verifyRecord(path, { key, options, terminal })
    : verifySmall(path, key, terminal);
}

function readKey(options: OptionValues): VerifierKey {
  try {
    return parseVerifierKey(sha256, textOption(options, "key") ?? "");
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    throw new CliError("cli/usage", "--key takes the log's verifier key: name+id+key.");
  }
}

interface Checking {
  readonly key: VerifierKey;
  readonly options: OptionValues;
  readonly terminal: Terminal;
}

async function verifyRecord(path: string, { key, options, terminal }: Checking): Promise<number> {
  const trustFile = textOption(options, "trust");
  const witnessFile = textOption(options, "witness");
  const witness = witnessFile === undefined ? undefined : await readWitness(witnessFile, key);
  const verdict = await verifyExport(reading(path), {
    key,
    ...(trustFile === undefined ? {} : { trust: openTrust(await text(trustFile)) }),
    ...(witness === undefined ? {} : { witness }),
  });
  if (!verdict.ok) {
    say(terminal, `NOT VERIFIED, line ${verdict.line}: ${verdict.why}`);
    return EXIT.refused.code;
  }
  for (const sentence of tell(verdict)) say(terminal, sentence);
  if (witnessFile === undefined)
    say(terminal, "Not checked against a witness: a log rolled back whole would not show.");
  else {
    await keepWitness(witnessFile, verdict.last.note);
    say(
      terminal,
      witness === undefined
        ? `A witness is begun: ${witnessFile}. Keep it where the server cannot write.`
        : `Goes on from the ${witness.size} entries that the witness had seen.`,
    );
  }
  return EXIT.ok.code;
}

function tell(verdict: Extract<Verdict, { ok: true }>): readonly string[] {
  const { from, leaves, checkpoints, signatures, unchecked, last } = verdict;
  const { origin, size } = last.checkpoint;
  return [
    `VERIFIED: ${leaves} entries of ${origin}, ${from === 0 ? "from the first on" : `from number ${from} on`}, up to ${size}.`,
    `Every entry is as the log signed for it: none changed, dropped, added or moved. Checkpoints: ${checkpoints}.`,
    unchecked > 0
      ? `Signatures of cards NOT checked: ${unchecked}. Give --trust to check them.`
      : `Signatures of operators' and holders' cards, all valid: ${signatures}.`,
  ];
}

async function verifySmall(path: string, key: VerifierKey, terminal: Terminal): Promise<number> {
  const verdict = verifyProof(await allLines(path), key);
  say(
    terminal,
    verdict.ok ? `VERIFIED: ${verdict.says}` : `NOT VERIFIED, line ${verdict.line}: ${verdict.why}`,
  );
  return verdict.ok ? EXIT.ok.code : EXIT.refused.code;
}

async function allLines(path: string): Promise<readonly Line[]> {
  const lines: Line[] = [];
  try {
    for await (const line of splitLines(reading(path))) lines.push(line);
    return lines;
  } catch (error) {
    if (error instanceof NotOurs)
      throw new CliError("cli/refused", `NOT VERIFIED: ${error.message}`);
    throw error;
  }
}

async function isExport(path: string): Promise<boolean> {
  const start = Buffer.from(`${FILE_KINDS.export}\n`);
  for await (const chunk of reading(path)) return chunk.subarray(0, start.length).equals(start);
  return false;
}

async function* reading(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) yield chunk;
  } catch (cause) {
    throw new CliError("cli/environment", `${path} cannot be read.`, { cause });
  }
}

async function text(path: string): Promise<string> {
  return readFile(path, "utf8").catch((cause: unknown) => {
    throw new CliError("cli/environment", `${path} cannot be read.`, { cause });
  });
}

/** A file that is not there yet is a witness that has seen nothing. */
async function readWitness(path: string, key: VerifierKey): Promise<Checkpoint | undefined> {
  const note = await readFile(path, "utf8").catch((cause: unknown) => {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new CliError("cli/environment", `${path} cannot be read.`, { cause });
  });
  if (note === undefined) return undefined;
  try {
    return openCheckpoint(noteCrypto, note, key);
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    throw new CliError("cli/refused", `NOT VERIFIED: ${path} is no witness of this log.`);
  }
}

/** On the disk when it resolves, and the old one until then. */
async function keepWitness(path: string, note: string): Promise<void> {
  const draft = `${path}.new`;
  const file = await open(draft, "w", 0o600);
  try {
    await file.writeFile(note);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
