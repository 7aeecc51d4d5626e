import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TokenSettings } from "../../config.ts";

const MODULES = [
  "/usr/lib/softhsm/libsofthsm2.so",
  "/usr/local/lib/softhsm/libsofthsm2.so",
  "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];

/** Tokens in software, in a directory of the test's own. */
export interface TestTokens {
  /** A token that no test has used yet, and what opens it. */
  token(): TokenSettings;
  pinFile(label: string, pin: string): string;
  /** Pulls all tokens out, or puts them back. */
  pull(gone: boolean): void;
}

/** As many as the tests of one file use up. */
const TOKENS = 20;

export const TOKEN_PIN = "token-pin-4711";

/** Describes tests that need SoftHSM2. Where it is missing they are skipped by name; in CI they fail. */
export function describeWithTokens(name: string, body: (tokens: () => TestTokens) => void): void {
  const module = MODULES.find((path) => existsSync(path));
  const { CI } = process.env;
  if (module !== undefined) return void describe(name, () => body(tokensForTests(module)));
  if (CI === undefined || CI === "")
    test.skip(`${name} (skipped: SoftHSM2 is not installed)`, () => {});
  else test(name, () => expect.unreachable("SoftHSM2 must be installed in CI."));
}

function tokensForTests(module: string): () => TestTokens {
  let directory = "";
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "lanyard-token-"));
    mkdirSync(join(directory, "tokens"));
    const settings = [
      `directories.tokendir = ${join(directory, "tokens")}`,
      "objectstore.backend = file",
      "log.level = ERROR",
    ];
    writeFileSync(join(directory, "softhsm2.conf"), `${settings.join("\n")}\n`);
    process.env["SOFTHSM2_CONF"] = join(directory, "softhsm2.conf");
    // All before the module is loaded: it does not see what comes later.
    for (let made = 0; made < TOKENS; made += 1) makeToken(`token-${made}`);
  });
  afterAll(() => {
    delete process.env["SOFTHSM2_CONF"];
    rmSync(directory, { recursive: true, force: true });
  });
  const use = { next: 0 };
  return () => tokensIn(directory, module, use);
}

function makeToken(label: string): void {
  const pins = ["--so-pin", "officer-pin-0815", "--pin", TOKEN_PIN];
  const words = ["--init-token", "--free", "--label", label, ...pins];
  execFileSync("softhsm2-util", words, { stdio: "pipe" });
}

function tokensIn(directory: string, module: string, use: { next: number }): TestTokens {
  const pinFile = (label: string, pin: string) => {
    const path = join(directory, `${label}.pin`);
    writeFileSync(path, `${pin}\n`, { mode: 0o600 });
    return path;
  };
  return {
    pinFile,
    token: () => {
      const label = `token-${use.next}`;
      use.next += 1;
      return { module, token: label, pinFile: pinFile(label, TOKEN_PIN) };
    },
    pull: (gone) => {
      const [here, away] = [join(directory, "tokens"), join(directory, "away")];
      renameSync(gone ? here : away, gone ? away : here);
    },
  };
}
