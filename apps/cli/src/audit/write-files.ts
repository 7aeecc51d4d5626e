import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { finished } from "node:stream/promises";
import type { Store } from "@lanyard/identity";
import { ConfigError, DatabaseError, openDatabase, openStore, readConfig } from "@lanyard/server";
import { AuditError, exportLog, proveConsistency, proveInclusion } from "@lanyard/server/audit";
import { type CommandRun, hasSwitch, textOption } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { say } from "../terminal.ts";

/** `audit export` */
export function runExport(run: CommandRun): Promise<number> {
  const from = numberOption(run, "from") ?? 0;
  const openings = hasSwitch(run.options, "openings");
  return write(run, (store) => exportLog(store, { from, openings }));
}

/** `audit prove` */
export function runProve(run: CommandRun): Promise<number> {
  const entry = needed(numberOption(run, "entry"), "--entry N");
  return write(run, (store) => only(() => proveInclusion(store, entry)));
}

/** `audit consistency` */
export function runConsistency(run: CommandRun): Promise<number> {
  const size = needed(numberOption(run, "size"), "--size N");
  return write(run, (store) => only(() => proveConsistency(store, size)));
}

async function* only(make: () => Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield await make();
}

function numberOption({ options }: CommandRun, name: string): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw new CliError("cli/usage", `--${name} takes a number.`);
}

function needed<Value>(value: Value | undefined, option: string): Value {
  if (value === undefined) throw new CliError("cli/usage", `Something is missing: ${option}`);
  return value;
}

async function write(
  run: CommandRun,
  read: (store: Store) => AsyncIterable<Uint8Array>,
): Promise<number> {
  const path = needed(textOption(run.options, "out"), "--out FILE");
  const store = await openRecords(run.env);
  try {
    await writeWhole(path, read(store));
    say(run.terminal, `Written: ${path}`);
    return EXIT.ok.code;
  } catch (error) {
    if (error instanceof AuditError) throw new CliError("cli/refused", error.message);
    throw error;
  } finally {
    await store.close();
  }
}

async function openRecords(env: NodeJS.ProcessEnv): Promise<Store> {
  try {
    const { databaseUrl: url, dataDir } = readConfig(env);
    const database = await openDatabase(
      url === undefined ? { dataDir: `${dataDir}/db` } : { url },
      {
        onDeath: (error) => {
          throw error;
        },
        onIdleError: () => undefined,
      },
    );
    return openStore(database);
  } catch (error) {
    if (error instanceof ConfigError) throw new CliError("cli/usage", error.message);
    if (error instanceof DatabaseError)
      throw new CliError("cli/environment", error.message, { cause: error });
    throw error;
  }
}

/** Under its name only once it is whole. */
async function writeWhole(path: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
  const draft = `${path}.new`;
  const file = createWriteStream(draft, { mode: 0o600, flush: true });
  for await (const part of parts) if (!file.write(part)) await once(file, "drain");
  file.end();
  await finished(file);
  await rename(draft, path);
}
