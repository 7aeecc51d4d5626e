/**
 * `npm run fuzz`: random and mutated bytes into every decoder there is.
 *
 *     npm run fuzz -- --runs 1000000 --only piv.chuid --seed 7
 *
 * Fails when a decoder throws what its package does not own, takes too long over one input, hangs, or keeps memory.
 * The same seed and the same number of runs give the same inputs.
 */
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import type { FuzzTarget, FuzzTargets } from "@lanyard/bytes/fuzz";

/** Packages with a `./fuzz` export. Add a line to have yours run. */
const SOURCES: Readonly<Record<string, () => Promise<{ readonly fuzzTargets: FuzzTargets }>>> = {
  bytes: () => import("@lanyard/bytes/fuzz"),
  identity: () => import("@lanyard/identity/fuzz"),
  log: () => import("@lanyard/log/fuzz"),
  piv: () => import("@lanyard/piv/fuzz"),
  "virtual-card": () => import("@lanyard/virtual-card/fuzz"),
  wire: () => import("@lanyard/wire/fuzz"),
};

const RUNS_DEFAULT = 1_000_000;
const CALL_MS_MAX = 1_000;
const HANG_MS = 20_000;
const HEAP_GROWTH_BYTES_MAX = 16 * 1024 * 1024;
const INPUT_BYTES_MAX = 2_048;
/** Bytes that formats give a meaning to: length forms, tag endings, padding, status words. */
const INTERESTING = [
  0x00, 0x01, 0x1f, 0x30, 0x53, 0x5f, 0x61, 0x6c, 0x7f, 0x80, 0x81, 0x82, 0x83, 0x84, 0x90, 0xfe,
  0xff,
];

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

type Random = () => number;

interface Options {
  readonly runs: number;
  readonly only: string | undefined;
  readonly seed: number;
}

interface Watch {
  tick(name: string): void;
  stop(): Promise<number>;
}

async function main(): Promise<number> {
  const options = readOptions();
  const targets = (await allTargets()).filter(
    ([name]) => !options.only || name.startsWith(options.only),
  );
  if (targets.length === 0) throw new Error(`No decoder is called ${options.only}.`);
  console.log(`seed ${options.seed}, ${options.runs} runs for each of ${targets.length} decoders`);
  const watch = startWatch();
  let failures = 0;
  for (const [name, target] of targets)
    failures += (await fuzz(name, target, { options, watch })) ? 0 : 1;
  await watch.stop();
  console.log(failures === 0 ? "all ended in a value or a typed error" : `${failures} failed`);
  return failures === 0 ? 0 : 1;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: { runs: { type: "string" }, only: { type: "string" }, seed: { type: "string" } },
  });
  const runs = Number(values.runs ?? RUNS_DEFAULT);
  const seed = Number(values.seed ?? Date.now() % 0xffff_ffff);
  if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed))
    throw new Error("--runs and --seed are whole numbers.");
  return { runs, only: values.only, seed };
}

async function allTargets(): Promise<readonly (readonly [string, FuzzTarget])[]> {
  const found: (readonly [string, FuzzTarget])[] = [];
  for (const [source, load] of Object.entries(SOURCES)) {
    const { fuzzTargets } = await load();
    for (const [name, target] of Object.entries(fuzzTargets))
      found.push([`${source}.${name}`, target]);
  }
  return found;
}

/** Runs one decoder; true when it stood. Prints one line. */
async function fuzz(
  name: string,
  target: FuzzTarget,
  { options, watch }: { readonly options: Options; readonly watch: Watch },
): Promise<boolean> {
  const random = randomFrom(options.seed, name);
  const warmUp = Math.ceil(options.runs / 10);
  const begun = performance.now();
  let heapBefore = 0;
  let slowestMs = 0;
  for (let run = 0; run < options.runs; run += 1) {
    if (run % 256 === 0) watch.tick(name);
    if (run === warmUp) heapBefore = heapBytes();
    const bytes = hostileBytes(target.samples, random);
    const start = performance.now();
    try {
      const pending = target.run(bytes);
      if (pending instanceof Promise) await pending;
    } catch (error) {
      return failed(name, { run, bytes, why: error });
    }
    const tookMs = performance.now() - start;
    slowestMs = Math.max(slowestMs, tookMs);
    if (tookMs > CALL_MS_MAX)
      return failed(name, { run, bytes, why: `took ${Math.round(tookMs)} ms` });
  }
  const grown = options.runs > warmUp ? heapBytes() - heapBefore : 0;
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const figures = `${seconds} s, slowest ${slowestMs.toFixed(1)} ms, heap ${grown >= 0 ? "+" : ""}${Math.round(grown / 1024)} KiB`;
  if (grown > HEAP_GROWTH_BYTES_MAX) return failed(name, { why: `memory is not flat: ${figures}` });
  console.log(`ok    ${name.padEnd(34)} ${options.runs} runs, ${figures}`);
  return true;
}

function failed(
  name: string,
  {
    run,
    bytes,
    why,
  }: { readonly run?: number; readonly bytes?: Uint8Array; readonly why: unknown },
): false {
  console.log(`FAIL  ${name}${run === undefined ? "" : ` at run ${run}`}:`, why);
  if (bytes) console.log(`      input ${Buffer.from(bytes).toString("hex")}`);
  return false;
}

/** One in four is noise; the rest are valid samples with one to eight changes. */
function hostileBytes(samples: readonly Uint8Array[], random: Random): Uint8Array {
  const sample = samples[below(samples.length, random)];
  if (sample === undefined || below(4, random) === 0) return noise(random);
  let bytes: Uint8Array = sample.slice();
  const changes = 1 + below(8, random);
  for (let change = 0; change < changes; change += 1) bytes = mutate(bytes, samples, random);
  return bytes.length > INPUT_BYTES_MAX ? bytes.subarray(0, INPUT_BYTES_MAX) : bytes;
}

function noise(random: Random): Uint8Array {
  const isLong = below(16, random) === 0;
  const bytes = new Uint8Array(below(isLong ? INPUT_BYTES_MAX : 48, random));
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = anyByte(random);
  return bytes;
}

function mutate(bytes: Uint8Array, samples: readonly Uint8Array[], random: Random): Uint8Array {
  const at = below(bytes.length + 1, random);
  const count = below(Math.min(32, bytes.length - at + 1), random);
  switch (below(6, random)) {
    case 0: // another bit
      if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8, random));
      return bytes;
    case 1: // another byte
      if (at < bytes.length) bytes[at] = anyByte(random);
      return bytes;
    case 2: // some missing
      return joined(bytes.subarray(0, at), bytes.subarray(at + count));
    case 3: // some twice
      return joined(bytes.subarray(0, at + count), bytes.subarray(at));
    case 4: // one more
      return joined(bytes.subarray(0, at), new Uint8Array([anyByte(random)]), bytes.subarray(at));
    default: {
      // the end of another sample
      const other = samples[below(samples.length, random)] ?? bytes;
      return joined(bytes.subarray(0, at), other.subarray(below(other.length + 1, random)));
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function anyByte(random: Random): number {
  const interesting =
    below(3, random) === 0 ? INTERESTING[below(INTERESTING.length, random)] : undefined;
  return interesting ?? below(256, random);
}

function below(limit: number, random: Random): number {
  return random() % limit;
}

/** xorshift32, started from the seed and the decoder's name: decoders can be run alone and get the same inputs. */
function randomFrom(seed: number, name: string): Random {
  let state = seed >>> 0;
  for (const letter of name) state = (Math.imul(state, 31) + letter.charCodeAt(0)) >>> 0;
  if (state === 0) state = 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

function heapBytes(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** A second thread that ends the process when a decoder stops coming back: a loop cannot report on itself. */
function startWatch(): Watch {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    `const { workerData, parentPort } = require("node:worker_threads");
     const { writeSync } = require("node:fs");
     let name = "", last = -1, since = Date.now();
     parentPort.on("message", (next) => { name = next; });
     setInterval(() => {
       const now = Atomics.load(workerData.beats, 0);
       if (now !== last) { last = now; since = Date.now(); return; }
       if (Date.now() - since < workerData.hangMs) return;
       writeSync(2, "FAIL  " + name + " does not come back\\n");
       process.kill(process.pid, "SIGKILL");
     }, 500);`,
    { eval: true, workerData: { beats, hangMs: HANG_MS } },
  );
  worker.unref();
  let current = "";
  return {
    tick(name) {
      Atomics.add(beats, 0, 1);
      if (name === current) return;
      current = name;
      worker.postMessage(name);
    },
    stop: () => worker.terminate(),
  };
}

process.exitCode = await main();
