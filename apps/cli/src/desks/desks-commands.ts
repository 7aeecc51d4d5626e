import type { Desk, Store } from "@lanyard/identity";
import {
  type Config,
  ConfigError,
  DatabaseError,
  DeskAdministration,
  deskNameFrom,
  openDatabase,
  openStore,
  readConfig,
} from "@lanyard/server";
import { deskFingerprint, ENROLMENT_CODE, formatEnrolmentCode } from "@lanyard/wire";
import { type CommandRun, textOption } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { note, say } from "../terminal.ts";

/** More desks than any one server knows. */
const ALL = 1_000_000;

/** `desks list`: one desk a line, then those that ask. */
export function listDesks(run: CommandRun): Promise<number> {
  return withBooks(run, async ({ store }) => {
    const { desks, requests } = await store.transaction(async (records) => ({
      desks: await records.desks.search({ text: "", organisationCodes: undefined, limit: ALL }),
      requests: await records.enrolments.requests(),
    }));
    for (const desk of desks) say(run.terminal, lineOf(desk));
    for (const { keyHash, name } of requests)
      say(run.terminal, `asks  ${deskFingerprint(keyHash)}  ${name}`);
    if (desks.length + requests.length === 0) note(run.terminal, "No desk is known.");
    return EXIT.ok.code;
  });
}

function lineOf({ id, name, organisationCode, revokedAt }: Desk): string {
  const state = revokedAt === undefined ? "known  " : "revoked";
  return `${id}  ${state}  ${organisationCode ?? "-"}  ${name}`;
}

/** `desks add`: the code alone on standard output, what to do with it beside. */
export function addDesk(run: CommandRun): Promise<number> {
  const { options, terminal } = run;
  const organisationCode = textOption(options, "organisation");
  if (organisationCode === undefined)
    throw new CliError("cli/usage", "--organisation CODE says who looks after the desk.");
  const given = textOption(options, "name");
  const name = given === undefined ? undefined : deskNameFrom(given);
  return withBooks(run, async ({ store, books }) => {
    const organisations = await store.transaction(({ people }) => people.organisations());
    if (!organisations.some(({ code }) => code === organisationCode))
      throw new CliError("cli/refused", "There is no organisation of that code.");
    const code = await books.makeCode({ organisationCode, name }, undefined);
    say(terminal, formatEnrolmentCode(code));
    const { minutes } = ENROLMENT_CODE;
    note(terminal, `Good for ${minutes} minutes and for one desk. On that PC: lanyard agent enrol`);
    return EXIT.ok.code;
  });
}

/** `desks revoke`: written down; every running node acts on it at its next round. */
export function revokeDesk(run: CommandRun): Promise<number> {
  const id = textOption(run.options, "desk");
  if (id === undefined)
    throw new CliError("cli/usage", "--desk ID says which; `lanyard desks list` has them.");
  return withBooks(run, async ({ store, books }) => {
    const desk = await store.transaction(({ desks }) => desks.find(id));
    if (desk === undefined) throw new CliError("cli/refused", "There is no desk of that id.");
    const isNew = await books.revoke(id, undefined);
    note(run.terminal, isNew ? "The desk is shut out." : "The desk had been shut out already.");
    return EXIT.ok.code;
  });
}

interface Books {
  readonly store: Store;
  readonly books: DeskAdministration;
}

/** The server's own database, by the server's own settings, closed again whatever happens. */
async function withBooks(
  { env }: CommandRun,
  work: (books: Books) => Promise<number>,
): Promise<number> {
  const config = settings(env);
  const store = openStore(await open(config));
  try {
    return await work({ store, books: new DeskAdministration({ store, config, now }) });
  } finally {
    await store.close();
  }
}

function now(): Date {
  return new Date();
}

function settings(env: CommandRun["env"]): Config {
  try {
    return readConfig(env);
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    throw new CliError("cli/usage", cause.message, { cause });
  }
}

async function open({ databaseUrl: url, dataDir }: Config) {
  const quiet = { onDeath: () => undefined, onIdleError: () => undefined };
  try {
    return await openDatabase(url === undefined ? { dataDir: `${dataDir}/db` } : { url }, quiet);
  } catch (cause) {
    if (!(cause instanceof DatabaseError)) throw cause;
    throw new CliError("cli/environment", cause.message, { cause });
  }
}
