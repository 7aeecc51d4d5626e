import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { z } from "zod";
import { type Finding, ok, problem } from "./finding.ts";

const OLDEST_NODE = { major: 20, minor: 19 } as const;
const TIMEOUT_MS = 2_000;

/** Which versions are at work here. */
export async function versionFindings(): Promise<readonly Finding[]> {
  const service = await pcscVersion();
  return [
    nodeFinding(process.versions.node),
    ok(`lanyard ${await lanyardVersion()}`),
    ...(service === undefined ? [] : [ok(`pcsc-lite ${service}`)]),
  ];
}

export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const { major: oldMajor, minor: oldMinor } = OLDEST_NODE;
  if (major > oldMajor || (major === oldMajor && minor >= oldMinor)) return ok(`Node ${version}`);
  return problem(
    `Node ${version} is too old.`,
    `Install Node ${oldMajor}.${oldMinor} or later: https://nodejs.org`,
  );
}

async function lanyardVersion(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

/** What pcscd says of itself; `undefined` where there is none to ask. */
async function pcscVersion(): Promise<string | undefined> {
  try {
    const path = `${process.env["PATH"] ?? ""}:/usr/sbin:/usr/local/sbin`;
    const asked = promisify(execFile)("pcscd", ["--version"], {
      timeout: TIMEOUT_MS,
      env: { ...process.env, PATH: path },
    });
    return /version ([0-9.]*[0-9])/.exec((await asked).stdout)?.[1];
  } catch {
    return undefined;
  }
}
