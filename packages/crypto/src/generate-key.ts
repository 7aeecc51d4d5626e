import { generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import {
  ALGORITHMS,
  type EcAlgorithm,
  type PublicKey,
  type SignatureAlgorithm,
} from "@lanyard/piv";
import type { GeneratedKey } from "@lanyard/virtual-card";
import { CryptoError } from "./errors.ts";
import { CURVE_NAMES } from "./private-key.ts";

const generate = promisify(generateKeyPair);

/** A new key pair: the private half as PKCS#8 DER. RSA 2048 takes some hundred milliseconds, off the event loop. */
export async function generateKey(algorithm: SignatureAlgorithm): Promise<GeneratedKey> {
  if (algorithm === "rsa2048") {
    const pair = await generate("rsa", { modulusLength: ALGORITHMS.rsa2048.modulusBytes * 8 });
    return { privateKey: pkcs8(pair.privateKey), publicKey: rsaPublicKey(pair.publicKey) };
  }
  const namedCurve = CURVE_NAMES[algorithm].jwk;
  const pair = await generate("ec", { namedCurve });
  return {
    privateKey: pkcs8(pair.privateKey),
    publicKey: ecPublicKey(pair.publicKey, algorithm),
  };
}

function pkcs8(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ format: "der", type: "pkcs8" }));
}

function rsaPublicKey(key: KeyObject): PublicKey {
  const { n, e } = key.export({ format: "jwk" });
  return { algorithm: "rsa2048", modulus: number(n), exponent: number(e) };
}

function ecPublicKey(key: KeyObject, algorithm: EcAlgorithm): PublicKey {
  const { fieldBytes } = ALGORITHMS[algorithm];
  const { x, y } = key.export({ format: "jwk" });
  const point = new Uint8Array(1 + 2 * fieldBytes);
  point[0] = 0x04;
  const [xBytes, yBytes] = [number(x), number(y)];
  point.set(xBytes, 1 + fieldBytes - xBytes.length);
  point.set(yBytes, 1 + 2 * fieldBytes - yBytes.length);
  return { algorithm, point };
}

function number(base64Url: string | undefined): Uint8Array {
  if (base64Url === undefined)
    throw new CryptoError("crypto/bad_key", "The new key has no public half.");
  return new Uint8Array(Buffer.from(base64Url, "base64url"));
}
