import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";

/**
 * What the tests use that npm cannot bring. `probes` are files of which one must be there; a `*` stands for one
 * folder's name. `for` is said to whoever has to install it by hand.
 */
// biome-ignore format: the columns are the documentation
export const DEBIAN_PACKAGES = [
  { package: "pcscd",            probes: ["/usr/sbin/pcscd"],                                for: "e2e over PC/SC: the reader service" },
  { package: "libpcsclite1",     probes: ["/usr/lib/*/libpcsclite.so.1", "/lib/*/libpcsclite.so.1"], for: "e2e over PC/SC: the library the agent opens" },
  { package: "vsmartcard-vpcd",  probes: ["/usr/lib/pcsc/drivers/serial/libifdvpcd.so"],     for: "e2e over PC/SC: two virtual readers" },
  { package: "opensc",           probes: ["/usr/bin/pkcs11-tool"],                           for: "e2e over PC/SC: a client we did not write" },
  { package: "softhsm2",         probes: ["/usr/bin/softhsm2-util"],                         for: "unit: master keys in a PKCS#11 token" },
  { package: "yubico-piv-tool",  probes: ["/usr/bin/yubico-piv-tool"],                       for: "e2e over PC/SC and the bench: a second such client" },
  { package: "iproute2",         probes: ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"],        for: "e2e over PC/SC: the private network" },
  { package: "chromium",         probes: ["/usr/bin/chromium"],                              for: "every e2e: the browser" },
  { package: "fonts-liberation", probes: ["/usr/share/fonts/truetype/liberation", "/usr/share/fonts/truetype/liberation2"], for: "every e2e: text of a known width" },
  { package: "postgresql",       probes: ["/usr/lib/postgresql/*/bin/initdb"],               for: "the store contract suite on PostgreSQL" },
];

/** The rows whose probe finds nothing. */
export function missingPackages(rows = DEBIAN_PACKAGES, exists = fileExists) {
  return rows.filter((row) => !row.probes.some((probe) => exists(probe)));
}

/**
 * Whether we may run apt-get: root, on a Debian, and on a machine that is plainly not somebody's workstation. That is
 * CI, a container, or a machine without systemd. `LANYARD_INSTALL=1` says yes for root anywhere, `LANYARD_NO_INSTALL=1` no.
 */
export function mayInstall(machine = thisMachine()) {
  if (machine.env.LANYARD_NO_INSTALL === "1") return false;
  if (!machine.isRoot || !machine.hasAptGet) return false;
  return machine.env.LANYARD_INSTALL === "1" || machine.isCi || machine.isDisposable;
}

/** One paragraph a person can act on. */
export function describeMissing(missing) {
  const width = Math.max(...missing.map((row) => row.package.length));
  const rows = missing.map((row) => `  ${row.package.padEnd(width)}  ${row.for}`);
  return [
    "Not installed here, so the tests that need it will be skipped:",
    ...rows,
    "On Debian, install it with:",
    `  sudo apt-get install --no-install-recommends ${missing.map((row) => row.package).join(" ")}`,
    "or, as root, let this command do it: LANYARD_INSTALL=1 npm test",
  ].join("\n");
}

/** Installs the given rows and starts no service. Says whether apt-get succeeded; its output goes to the terminal. */
export function installPackages(missing) {
  const liftPolicy = forbidServiceStarts();
  try {
    const names = missing.map((row) => row.package);
    return (
      aptGet("update") && aptGet("install", "--yes", "--no-install-recommends", "--", ...names)
    );
  } finally {
    liftPolicy();
  }
}

function aptGet(...words) {
  const options = ["-o", "DPkg::Lock::Timeout=600", "-o", "Acquire::Retries=3", "-qq"];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const { status } = spawnSync("apt-get", [...options, ...words], { stdio: "inherit", env });
  return status === 0;
}

const POLICY = "/usr/sbin/policy-rc.d";

/** Debian asks this file before a package starts its service; 101 is "no". One that is already there is left alone. */
function forbidServiceStarts() {
  if (existsSync(POLICY)) return () => {};
  writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  return () => rmSync(POLICY, { force: true });
}

function thisMachine() {
  return {
    env: process.env,
    isRoot: process.getuid?.() === 0,
    hasAptGet: existsSync("/usr/bin/apt-get") && existsSync("/etc/debian_version"),
    isCi: isCi(),
    isDisposable:
      existsSync("/.dockerenv") ||
      existsSync("/run/.containerenv") ||
      process.env.container !== undefined ||
      !existsSync("/run/systemd/system"),
  };
}

/** CI services set `CI=true`; an empty value, `0` and `false` mean no. */
export function isCi(env = process.env) {
  return !["", "0", "false"].includes(env.CI ?? "");
}

function fileExists(probe) {
  const [before, after] = probe.split("*");
  if (after === undefined) return existsSync(probe);
  if (!existsSync(before)) return false;
  return readdirSync(before).some((name) => existsSync(`${before}${name}${after}`));
}
