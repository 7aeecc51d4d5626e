import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from "node:crypto";
import { link, lstat, mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { AgentError } from "./errors.ts";

/** The desk's own P-256 key: who is at this end of the leash. Made at first start, kept for good. */
export interface DeviceKey {
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** ES256 over `statement`, raw r||s. */
  sign(statement: Uint8Array): Uint8Array;
}

const FILE = "device-key.pem";
const OTHERS = 0o077;

/**
 * Opens the key in `directory`, or makes it there first.
 *
 * @throws {AgentError} `device_key/loose_permissions` when others may read it | `device_key/unreadable`
 */
export async function openDeviceKey(directory: string): Promise<DeviceKey> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, FILE);
  if (!(await isThere(path))) await createKey(directory, path);
  await refuseLoose(path);
  const key = await readKey(path);
  return {
    publicKey: createPublicKey(key).export({ type: "spki", format: "der" }),
    sign: (statement) => sign("sha256", statement, { key, dsaEncoding: "ieee-p1363" }),
  };
}

/** A whole file or none: a crash half-way leaves no broken key behind, and two agents agree on one. */
async function createKey(directory: string, path: string): Promise<void> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const draft = join(directory, `.${FILE}.${randomUUID()}`);
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(privateKey.export({ type: "pkcs8", format: "pem" }));
    await file.sync();
    await link(draft, path).catch((error: unknown) => {
      if (!isCode(error, "EEXIST")) throw error;
    });
  } finally {
    await file.close();
    await rm(draft, { force: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => {
      if (isCode(error, "ENOENT")) return false;
      throw new AgentError("device_key/unreadable", `${path} cannot be read.`, { cause: error });
    },
  );
}

/** Windows has no such bits; there the user's own profile directory keeps others out. */
async function refuseLoose(path: string): Promise<void> {
  const { mode, uid } = await lstat(path);
  if (process.platform === "win32") return;
  const isOthers = uid !== process.getuid?.();
  if ((mode & OTHERS) === 0 && !isOthers) return;
  throw new AgentError(
    "device_key/loose_permissions",
    `Others may read or own the device key. Run: chmod 600 ${path}`,
  );
}

async function readKey(path: string): Promise<KeyObject> {
  try {
    const key = createPrivateKey(await readFile(path));
    if (key.asymmetricKeyDetails?.namedCurve === "prime256v1") return key;
  } catch (cause) {
    throw new AgentError("device_key/unreadable", `${path} is not a device key.`, { cause });
  }
  throw new AgentError("device_key/unreadable", `${path} is not a P-256 key.`);
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
