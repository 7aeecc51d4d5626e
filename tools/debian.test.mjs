import { expect, test } from "vitest";
import { DEBIAN_PACKAGES, describeMissing, isCi, mayInstall, missingPackages } from "./debian.mjs";

const ROOT_ON_DEBIAN = { isRoot: true, hasAptGet: true, isCi: false, isDisposable: false, env: {} };

test("a package is missing when none of its probes is there", () => {
  expect(missingPackages(DEBIAN_PACKAGES, () => true)).toEqual([]);
  const missing = missingPackages(DEBIAN_PACKAGES, (probe) => !probe.includes("chromium"));
  expect(missing.map((row) => row.package)).toEqual(["chromium"]);
});

test.each([
  ["root in CI", { isCi: true }, true],
  ["root in a container", { isDisposable: true }, true],
  ["root on a workstation", {}, false],
  ["root on a workstation who asks for it", { env: { LANYARD_INSTALL: "1" } }, true],
  ["root in CI who forbids it", { isCi: true, env: { LANYARD_NO_INSTALL: "1" } }, false],
  ["not root", { isCi: true, isRoot: false }, false],
  ["not Debian", { isCi: true, hasAptGet: false }, false],
])("%s: may install is %o", (_, machine, expected) => {
  expect(mayInstall({ ...ROOT_ON_DEBIAN, ...machine })).toBe(expected);
});

test("what is missing is said with the command that mends it", () => {
  const text = describeMissing(
    missingPackages(DEBIAN_PACKAGES, (probe) => !probe.includes("vpcd")),
  );
  expect(text).toContain("apt-get install --no-install-recommends vsmartcard-vpcd");
  expect(text).toContain("two virtual readers");
});

test.each([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
  ["", false],
  [undefined, false],
])("CI=%s means %s", (CI, expected) => {
  expect(isCi({ CI })).toBe(expected);
});
