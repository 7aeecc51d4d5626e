import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  appendLeaf,
  type Checkpoint,
  EMPTY,
  type Frontier,
  formatCheckpoint,
  leafHash,
  rootOf,
} from "@lanyard/log";
import {
  createLogKeyFile,
  exportLog,
  type LogKey,
  openLogKeyFile,
  openTrust,
  sealWaiting,
  sha256,
  type Trust,
  verifyExport,
} from "@lanyard/server/audit";
import { type Drill, type DrillFigures, type DrillRun, must, randomFrom } from "./drill.ts";
import { PASSCODES } from "./world/cards.ts";
import { openScene, type Scene } from "./world/scene.ts";

/** What the record says stands, or shows that it was touched. */
export const tampering: Drill = {
  name: "tampering",
  about:
    "an export of real unlocks is flipped, cut, reordered, rolled back or forked at random; a round is one tampering",
  passes: "every tampering is found, and the untouched export verifies",
  rounds: { long: 10_000, short: 600 },
  needs: "nothing",
  run: drillTampering,
  mutants: [
    {
      name: "root-unchecked",
      about: "a checkpoint is believed without holding its root against the entries",
      file: "apps/server/src/audit/verify-export.ts",
      find: "if (!bytesEqual(checkpoint.root, rootOf(sha256, this.#frontier)))",
      replace: "if (checkpoint.root.length !== 32)",
    },
    {
      name: "witness-unchecked",
      about: "the witness's root is not held against the history shown",
      file: "apps/server/src/audit/verify-export.ts",
      find: "if (!bytesEqual(witness.root, rootOf(sha256, this.#frontier)))",
      replace: "if (witness.root.length !== 32)",
    },
    {
      name: "roll-back-unchecked",
      about: "a log smaller than the witness has seen is let through",
      file: "apps/server/src/audit/verify-export.ts",
      find: "if (witness !== undefined && size < witness.size)",
      replace: "if (witness !== undefined && size < 0)",
    },
  ],
};

interface Evidence {
  readonly key: LogKey;
  readonly trust: Trust;
  readonly witness: Checkpoint;
  /** The export's lines, without their ends. */
  readonly lines: readonly string[];
}

type Random = () => number;

async function drillTampering({ rounds, seed, say }: DrillRun): Promise<DrillFigures> {
  const evidence = await gather();
  const { lines } = evidence;
  const untouched = await isFound(evidence, bytesOf(lines));
  must(!untouched, "the untouched export verifies");
  const random = randomFrom(seed);
  const counts: Record<string, number> = {};
  for (let round = 0; round < rounds; round += 1) {
    const [name, tamper] = TAMPERINGS[round % TAMPERINGS.length] ?? TAMPERINGS[0];
    let changed = tamper(evidence, random);
    while (changed.equals(bytesOf(lines))) changed = tamper(evidence, random);
    const found = await isFound(evidence, changed, NEEDS_WITNESS.has(name));
    if (!found) say(`round ${round}: ${name}`);
    must(found, `tampering of the kind "${name}" is found (round ${round}, --seed ${seed})`);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return { "entries and certificates in the export": lines.length, ...counts, missed: 0 };
}

/** Real unlocks at a real server, sealed after each. */
async function gather(): Promise<Evidence> {
  const scene = await openScene();
  const path = join(tmpdir(), `lanyard-tampering-${process.pid}`);
  try {
    await createLogKeyFile(path, "drills.example/audit");
    const key = await openLogKeyFile(path);
    for (const passcode of PASSCODES.chosen.slice(0, 2)) {
      scene.lockHolder();
      await scene.ready();
      must((await scene.unlock(passcode)).isSuccess, "an unlock that nobody disturbs succeeds");
      await seal(scene, key);
    }
    const lines = await exported(scene);
    const trust = openTrust(scene.world.authority.trustPem);
    const verdict = await verifyExport(pieces(bytesOf(lines)), { key: key.verifier, trust });
    if (!verdict.ok) throw new Error(`The export does not verify: ${verdict.why}`);
    return { key, trust, lines, witness: verdict.last.checkpoint };
  } finally {
    await scene.close();
    await rm(path, { force: true });
  }
}

async function seal({ world }: Scene, key: LogKey): Promise<void> {
  await sealWaiting({ store: world.store, key, now: () => world.now() });
}

async function exported({ world }: Scene): Promise<readonly string[]> {
  const parts: Uint8Array[] = [];
  for await (const part of exportLog(world.store)) parts.push(part);
  return Buffer.concat(parts).toString("utf8").trimEnd().split("\n");
}

/** The witness is asked only where nothing else can tell: it would find the others too, and hide a defect. */
async function isFound(evidence: Evidence, bytes: Buffer, isWitnessed = true): Promise<boolean> {
  const { key, trust, witness } = evidence;
  const checker = { key: key.verifier, trust, ...(isWitnessed ? { witness } : {}) };
  return !(await verifyExport(pieces(bytes), checker)).ok;
}

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function bytesOf(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join("\n")}\n`);
}

/** Below `limit`, even chances. */
function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}

/** A line that is part of what the record says; a checkpoint in between may be left out without changing that. */
function anyLine({ lines }: Evidence, random: Random): number {
  for (;;) {
    const at = below(lines.length, random);
    if (at === lines.length - 1 || !lines[at]?.startsWith("checkpoint ")) return at;
  }
}

/** What is whole and signed, only not what was seen before. */
const NEEDS_WITNESS: ReadonlySet<string> = new Set([
  "cut off",
  "rolled back to a checkpoint",
  "forked, and signed again with the log's own key",
]);

type Tampering = (evidence: Evidence, random: Random) => Buffer;

const TAMPERINGS: readonly [readonly [string, Tampering], ...(readonly [string, Tampering])[]] = [
  [
    "a byte flipped",
    ({ lines }, random) => {
      const bytes = bytesOf(lines);
      const at = below(bytes.length, random);
      bytes[at] = (bytes[at] ?? 0) ^ (1 + below(255, random));
      return bytes;
    },
  ],
  [
    "a line dropped",
    (evidence, random) => bytesOf(evidence.lines.toSpliced(anyLine(evidence, random), 1)),
  ],
  [
    "two lines swapped",
    ({ lines }, random) => {
      const [one, two] = [below(lines.length, random), below(lines.length, random)];
      return bytesOf(lines.with(one, lines[two] ?? "").with(two, lines[one] ?? ""));
    },
  ],
  [
    "a line twice",
    ({ lines }, random) => {
      const at = below(lines.length, random);
      return bytesOf(lines.toSpliced(at, 0, lines[at] ?? ""));
    },
  ],
  [
    "cut off",
    ({ lines }, random) => {
      const bytes = bytesOf(lines);
      return bytes.subarray(0, below(bytes.length, random));
    },
  ],
  [
    "a line cut off",
    ({ lines }, random) => {
      const at = below(lines.length, random);
      const line = lines[at] ?? "";
      return bytesOf(lines.with(at, line.slice(0, below(line.length, random))));
    },
  ],
  ["rolled back to a checkpoint", ({ lines }, random) => rolledBack(lines, random)],
  ["an entry changed where its bytes are text", (evidence, random) => reworded(evidence, random)],
  [
    "forked, and signed again with the log's own key",
    (evidence, random) => forked(evidence, random),
  ],
];

function rolledBack(lines: readonly string[], random: Random): Buffer {
  const earlier = lines
    .slice(0, -1)
    .flatMap((line, at) => (line.startsWith("checkpoint ") ? [at] : []));
  return bytesOf(lines.slice(0, (earlier[below(earlier.length, random)] ?? 0) + 1));
}

/** A digit somewhere in an entry is another digit: the entry is as well formed as before. */
function reworded({ lines }: Evidence, random: Random): Buffer {
  return bytesOf(withOtherDigit(lines, below(lines.length, random), random));
}

function withOtherDigit(lines: readonly string[], from: number, random: Random): readonly string[] {
  const at = lines.findIndex((line, index) => index >= from && line.startsWith("leaf "));
  const line = lines[at];
  if (line === undefined) return lines;
  const digits = [...line.matchAll(/[0-9]/g)].map(({ index }) => index);
  const place = digits[below(digits.length, random)] ?? 0;
  const digit = (Number(line[place]) + 1 + below(9, random)) % 10;
  return lines.with(at, `${line.slice(0, place)}${digit}${line.slice(place + 1)}`);
}

/**
 * Whoever has the log's key signs another history. Cards cannot be made to sign again; entries without a card's
 * signature are changed, so that only the witness can tell.
 */
function forked({ lines, key }: Evidence, random: Random): Buffer {
  const unsigned = lines.flatMap((line, at) =>
    /^leaf .*"action":"(session|unlock\.(chosen|confirmed|pin_set))/.test(line) ? [at] : [],
  );
  const at = unsigned[below(unsigned.length, random)] ?? 0;
  return bytesOf(resign(withOtherTime(lines, at, random), key));
}

/** An hour that is another hour. */
function withOtherTime(lines: readonly string[], at: number, random: Random): readonly string[] {
  const minute = String(below(60, random)).padStart(2, "0");
  return lines.with(at, (lines[at] ?? "").replace(/("at":"[^T]*T..:)../, `$1${minute}`));
}

/** Every checkpoint anew, over the entries as they are now. */
function resign(lines: readonly string[], key: LogKey): readonly string[] {
  let frontier: Frontier = EMPTY;
  return lines.map((line) => {
    if (line.startsWith("leaf ")) {
      const leaf = leafHash(sha256, Buffer.from(line.slice("leaf ".length)));
      ({ frontier } = appendLeaf(sha256, frontier, leaf));
    }
    if (!line.startsWith("checkpoint ")) return line;
    const { size } = frontier;
    const root = rootOf(sha256, frontier);
    const text = formatCheckpoint({ origin: key.verifier.name, size, root });
    return `checkpoint ${JSON.stringify(key.sign(text))}`;
  });
}
