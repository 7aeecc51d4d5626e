import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const SAMPLES = join(ROOT, "docs/deploy");
const samples = readdirSync(SAMPLES);
const texts = [
  ...samples.map((name) => [name, readFileSync(join(SAMPLES, name), "utf8")] as const),
  ["deploy.md", readFileSync(join(ROOT, "docs/deploy.md"), "utf8")] as const,
];
const READERS_OF_SETTINGS = [
  "apps/server/src/config.ts",
  "apps/server/src/secrets/open.ts",
  "apps/agent/src/config.ts",
  "apps/cli/src/commands.ts",
];

function isInstalled(program: string): boolean {
  return spawnSync("which", [program]).status === 0;
}

describe("docs/deploy", () => {
  test.each(texts)("%s names only settings that there are", (_, text) => {
    const known = READERS_OF_SETTINGS.filter((file) => existsSync(join(ROOT, file)))
      .map((file) => readFileSync(join(ROOT, file), "utf8"))
      .join("\n");
    for (const [setting] of text.matchAll(/\bLANYARD_[A-Z0-9_]+\b/g))
      expect(known, setting).toMatch(new RegExp(`\\b${setting}\\b`));
  });

  test.each(texts)("%s names only files of ours that there are", (_, text) => {
    for (const [, path = ""] of text.matchAll(/\/opt\/lanyard\/([\w./-]+\w)/g))
      expect(existsSync(join(ROOT, path)), path).toBe(true);
  });

  const units = samples.filter((name) => name.endsWith(".service"));
  // Where the program is not on the machine there is nothing to ask, and no test that would be skipped.
  test.each(isInstalled("systemd-analyze") ? units : [])("systemd takes %s", (unit) => {
    // The paths of the sample need not be on this machine.
    const text = readFileSync(join(SAMPLES, unit), "utf8").replaceAll(
      "/usr/bin/node",
      process.execPath,
    );
    const directory = mkdtempSync(join(tmpdir(), "lanyard-units-"));
    try {
      writeFileSync(join(directory, unit), text);
      const { stderr } = spawnSync("systemd-analyze", ["verify", join(directory, unit)], {
        encoding: "utf8",
      });
      const ours = stderr.split("\n").filter((line) => line.includes(unit));
      expect(ours).toEqual([]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  const configurations = isInstalled("nginx") && isInstalled("openssl") ? ["nginx.conf"] : [];
  test.each(configurations)("nginx takes %s", (name) => {
    const directory = mkdtempSync(join(tmpdir(), "lanyard-nginx-"));
    try {
      const [key, certificate] = [join(directory, "key.pem"), join(directory, "cert.pem")];
      execFileSync(
        "openssl",
        [
          ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
          ...["-subj", "/CN=care.example", "-keyout", key, "-out", certificate],
        ],
        { stdio: "pipe" },
      );
      const site = readFileSync(join(SAMPLES, name), "utf8")
        .replaceAll("/etc/lanyard/tls/care.example.pem", certificate)
        .replaceAll("/etc/lanyard/tls/care.example.key", key);
      const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
      const folders = kinds.map((kind) => `${kind}_temp_path ${directory}/${kind};`).join(" ");
      const whole = `pid ${directory}/pid; events {} http { ${folders} ${site} }`;
      writeFileSync(join(directory, "nginx.conf"), whole);
      execFileSync("nginx", ["-t", "-p", directory, "-c", join(directory, "nginx.conf")], {
        stdio: "pipe",
      });
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
