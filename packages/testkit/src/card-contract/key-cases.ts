import { createHash, diffieHellman, generateKeyPairSync, verify } from "node:crypto";
import { asciiBytes } from "@lanyard/bytes";
import { type PivSession, rsaPkcs1Padding, type Slot } from "@lanyard/piv";
import { expect, it } from "vitest";
import { ALGORITHMS, type Desk, passcode } from "./desk.ts";

const MESSAGE = asciiBytes("what the card is asked to sign");
const SLOT_NAMES: readonly Slot[] = ["9a", "9c", "9d", "9e"];
const HASHES = {
  p256: { name: "sha256" },
  p384: { name: "sha384" },
  rsa2048: { name: "sha256" },
} as const;

export function keyCases(desk: Desk): void {
  it("[PIV-2 §3.2.4] every slot signs, and its public key verifies", async () => {
    const piv = await desk.piv();
    for (const slot of SLOT_NAMES) {
      await piv.verify(passcode());
      await expectSigned(desk, piv, slot);
    }
  });

  it("[PIV-1 Table 4] 9E signs without passcode; 9A, 9C and 9D ask for it", async () => {
    const piv = await desk.piv();
    await expectSigned(desk, piv, "9e");
    for (const slot of ["9a", "9c", "9d"] as const)
      await expect(sign(piv, slot)).rejects.toMatchObject({ code: "card/security_status" });
  });

  it("[PIV-1 Table 4] 9C wants VERIFY by the command just before, each time", async () => {
    const piv = await desk.piv();
    await piv.verify(passcode());
    await expectSigned(desk, piv, "9c");
    await expect(sign(piv, "9c")).rejects.toMatchObject({ code: "card/security_status" });
    await expectSigned(desk, piv, "9a");
    await piv.verify(passcode());
    await piv.readChuid();
    await expect(sign(piv, "9c")).rejects.toMatchObject({ code: "card/security_status" });
  });

  it("[PIV-2 §3.2.4] 9D agrees on the secret its other party has", async () => {
    const piv = await desk.piv();
    await piv.verify(passcode());
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { x = "", y = "" } = other.publicKey.export({ format: "jwk" });
    const point = Buffer.concat([
      Buffer.from([4]),
      Buffer.from(x, "base64url"),
      Buffer.from(y, "base64url"),
    ]);
    const publicKey = desk.issued().publicKeys["9d"];
    const expected = diffieHellman({ privateKey: other.privateKey, publicKey });
    expect(Buffer.from(await piv.agree("9d", "p256", new Uint8Array(point)))).toEqual(expected);
  });
}

async function expectSigned(desk: Desk, piv: PivSession, slot: Slot): Promise<void> {
  const signature = await sign(piv, slot);
  const { name } = HASHES[ALGORITHMS[slot]];
  expect(verify(name, MESSAGE, desk.issued().publicKeys[slot], signature)).toBe(true);
}

async function sign(piv: PivSession, slot: Slot): Promise<Uint8Array> {
  const algorithm = ALGORITHMS[slot];
  const digest = createHash(HASHES[algorithm].name).update(MESSAGE).digest();
  const input = algorithm === "rsa2048" ? rsaPkcs1Padding(digest) : digest;
  return piv.sign(slot, algorithm, new Uint8Array(input));
}
