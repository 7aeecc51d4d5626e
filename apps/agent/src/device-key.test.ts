import { createPublicKey, verify } from "node:crypto";
import { chmod, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asciiBytes } from "@lanyard/bytes";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDeviceKey } from "./device-key.ts";

describe("the desk's device key", () => {
  let directory: string;
  const file = () => join(directory, "device-key.pem");

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "lanyard-key-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  test("is made at first start, for this user only, and kept", async () => {
    const first = await openDeviceKey(directory);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(["device-key.pem"]);
    const second = await openDeviceKey(directory);
    expect(second.publicKey).toEqual(first.publicKey);
    const key = createPublicKey({ key: Buffer.from(first.publicKey), type: "spki", format: "der" });
    const statement = asciiBytes("statement");
    const signature = second.sign(statement);
    expect(signature).toHaveLength(64);
    expect(verify("sha256", statement, { key, dsaEncoding: "ieee-p1363" }, signature)).toBe(true);
  });

  test("two agents that start at once agree on one key", async () => {
    const keys = await Promise.all([openDeviceKey(directory), openDeviceKey(directory)]);
    expect(keys[0]?.publicKey).toEqual(keys[1]?.publicKey);
  });

  test.each([0o640, 0o604, 0o660])("is refused when others may read it (%o)", async (mode) => {
    await openDeviceKey(directory);
    await chmod(file(), mode);
    await expect(openDeviceKey(directory)).rejects.toMatchObject({
      code: "device_key/loose_permissions",
    });
  });

  test("is refused when it is a link to elsewhere", async () => {
    await openDeviceKey(directory);
    const other = await mkdtemp(join(tmpdir(), "lanyard-key-"));
    await symlink(file(), join(other, "device-key.pem"));
    await expect(openDeviceKey(other)).rejects.toMatchObject({
      code: "device_key/loose_permissions",
    });
    await rm(other, { recursive: true });
  });

  test("is refused when it is something else", async () => {
    await writeFile(file(), "nonsense", { mode: 0o600 });
    await expect(openDeviceKey(directory)).rejects.toMatchObject({
      code: "device_key/unreadable",
    });
  });
});
