import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findPostgresBinaries, startPostgres } from "../../../../e2e/harness/postgres.ts";
import { createAuthority, openAuthority } from "../certificates/authority.ts";
import { runSecrets } from "../main.ts";
import { createMasterKeyFile } from "../secrets/key-file.ts";
import { secretsElsewhere } from "./remote-sealer.ts";

let folder = "";
let socket = "";
let env: Readonly<Record<string, string>> = {};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lanyard-role-"));
  const validity = { notBefore: new Date("2020-01-01"), notAfter: new Date("2040-01-01") };
  const authority = await openAuthority(await createAuthority("Tests", validity));
  await writeFile(join(folder, "trust.pem"), authority.trustPem);
  await createMasterKeyFile(join(folder, "master-keys.json"));
  socket = join(folder, "secrets.sock");
  env = { LANYARD_DATA: folder, LANYARD_SECRETS_SOCKET: socket, LANYARD_LOG: "silent" };
});
afterAll(() => rm(folder, { recursive: true }));

async function run(settings: Readonly<Record<string, string>>, during?: () => Promise<void>) {
  const stop = new AbortController();
  const told: string[] = [];
  let tellStarted: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    tellStarted = resolve;
  });
  const tell = (text: string) => {
    told.push(text);
    tellStarted();
  };
  const ended = runSecrets({ env: settings, stop: stop.signal, tell });
  await started;
  await during?.();
  stop.abort();
  return { code: await ended, told: told.join("\n") };
}

test("without PostgreSQL, without a socket, with half the settings of a token: it says so and ends", async () => {
  expect(await run(env)).toMatchObject({ code: 3, told: expect.stringContaining("DATABASE_URL") });
  const bare = await run({ LANYARD_DATA: folder, DATABASE_URL: "postgresql://nowhere" });
  expect(bare).toMatchObject({ code: 3, told: expect.stringContaining("LANYARD_SECRETS_SOCKET") });
  const half = await run({ ...env, LANYARD_PKCS11_MODULE: "/a.so", LANYARD_PKCS11_TOKEN: "t" });
  expect(half).toMatchObject({ code: 2, told: expect.stringContaining("LANYARD_PKCS11_PIN_FILE") });
});

const NAME =
  "the secrets role answers on its socket, from its own connection to PostgreSQL, and ends clean";
if (findPostgresBinaries() !== undefined)
  test(NAME, async () => {
    const cluster = await startPostgres();
    try {
      const settings = { ...env, DATABASE_URL: cluster.url("postgres") };
      const { code, told } = await run(settings, async () => {
        const { releases, secrets } = secretsElsewhere(socket);
        const unknown = "A".repeat(22);
        await releases.ready(unknown);
        expect(secrets.keyVersion).toBe(1);
        expect(await releases.seal(unknown)).toEqual({ ok: false, reason: "ceremony_unknown" });
      });
      expect([code, told]).toEqual([0, `Releases are sealed at ${socket}`]);
      expect(existsSync(socket)).toBe(false);
    } finally {
      await cluster.stop();
    }
  }, 60_000);
else if (process.env["CI"] === undefined || process.env["CI"] === "")
  test.skip(`${NAME} (skipped: PostgreSQL is not installed)`, () => {});
else test(NAME, () => expect.unreachable("PostgreSQL must be installed in CI."));
