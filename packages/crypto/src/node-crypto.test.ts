import {
  constants,
  createECDH,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  publicEncrypt,
  verify,
} from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  agree,
  CryptoError,
  decryptBlock,
  encryptBlock,
  generateKey,
  nodeBlockCipher,
  randomBytes,
  rsaPrivate,
  sha256,
  signDigest,
} from "./index.ts";

// FIPS 197 appendix C (AES), and the "now is t" example of SP 800-67 (three-key TDEA).
// biome-ignore format: the columns are the documentation
const VECTORS = [
  ["aes128", "000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff", "69c4e0d86a7b0430d8cdb78070b4c55a"],
  ["aes192", "000102030405060708090a0b0c0d0e0f1011121314151617", "00112233445566778899aabbccddeeff", "dda97ca4864cdfe06eaf70a0ec0d7191"],
  ["aes256", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "00112233445566778899aabbccddeeff", "8ea2b7ca516745bfeafc49904b496089"],
  ["3des",   "0123456789abcdef23456789abcdef01456789abcdef0123", "5468652071756663", "a826fd8ce53b855f"],
] as const;

describe("block ciphers", () => {
  test.each(VECTORS)(
    "%s gives the published block, and takes it back",
    (name, key, plain, sealed) => {
      expect(hex(encryptBlock(name, bytes(key), bytes(plain)))).toBe(sealed);
      expect(hex(nodeBlockCipher.decryptBlock(name, bytes(key), bytes(sealed)))).toBe(plain);
    },
  );

  test("a key or block of another length is refused", () => {
    for (const [key, block] of [
      [15, 16],
      [16, 15],
      [16, 32],
    ] as const) {
      const lengths = [new Uint8Array(key), new Uint8Array(block)] as const;
      for (const work of [encryptBlock, decryptBlock])
        expect(() => work("aes128", ...lengths)).toThrowError(
          expect.objectContaining({ code: "crypto/bad_key" }),
        );
    }
  });
});

describe.each([
  ["p256", "sha256", "P-256"],
  ["p384", "sha384", "P-384"],
] as const)("%s", (algorithm, hash, namedCurve) => {
  test("a signature over the bare digest verifies over the message", async () => {
    const { privateKey, publicKey } = await generateKey(algorithm);
    const key = asKeyObject(publicKey);
    for (let round = 0; round < 20; round += 1) {
      const message = randomBytes(40);
      const digest = new Uint8Array(createHash(hash).update(message).digest());
      const signature = signDigest(algorithm, privateKey, digest);
      expect(verify(hash, message, key, signature)).toBe(true);
      expect(verify(hash, digest, key, signature)).toBe(false);
    }
  });

  test("s is left as it falls: about half of the signatures have a high one", async () => {
    const { privateKey } = await generateKey(algorithm);
    const order = algorithm === "p256" ? ORDER_P256 : ORDER_P384;
    let high = 0;
    for (let round = 0; round < 40; round += 1) {
      const signature = signDigest(algorithm, privateKey, randomBytes(32));
      if (sOf(signature) > order / 2n) high += 1;
    }
    expect(high).toBeGreaterThan(0);
    expect(high).toBeLessThan(40);
  });

  test("both sides of a key agreement come to the same secret", async () => {
    const { privateKey, publicKey } = await generateKey(algorithm);
    const other = generateKeyPairSync("ec", { namedCurve });
    const expected = diffieHellman({
      privateKey: other.privateKey,
      publicKey: asKeyObject(publicKey),
    });
    const { x = "", y = "" } = other.publicKey.export({ format: "jwk" });
    const point = new Uint8Array(
      Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]),
    );
    expect(hex(agree(algorithm, privateKey, point))).toBe(expected.toString("hex"));
  });

  test("a point off the curve, compressed or of another curve is refused", async () => {
    const { privateKey } = await generateKey(algorithm);
    const size = algorithm === "p256" ? 32 : 48;
    const off = new Uint8Array(1 + 2 * size).fill(1);
    off[0] = 4;
    const ecdh = createECDH(algorithm === "p256" ? "prime256v1" : "secp384r1");
    ecdh.generateKeys();
    const compressed = new Uint8Array(ecdh.getPublicKey(null, "compressed"));
    for (const point of [off, compressed, new Uint8Array(0), new Uint8Array([4])])
      expect(agree(algorithm, privateKey, point)).toBeUndefined();
  });

  test("a key of another kind is refused", async () => {
    const other = await generateKey(algorithm === "p256" ? "p384" : "p256");
    for (const key of [other.privateKey, new Uint8Array(10)])
      expect(() => signDigest(algorithm, key, new Uint8Array(32))).toThrowError(CryptoError);
  });
});

describe("rsa2048", () => {
  test("undoes what the public key did, on bare blocks; a block not below the modulus is refused", async () => {
    const { privateKey, publicKey } = await generateKey("rsa2048");
    const key = asKeyObject(publicKey);
    for (let round = 0; round < 5; round += 1) {
      const block = randomBytes(256);
      block[0] = round === 0 ? 0 : 0x3f;
      const sealed = publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, block);
      expect(hex(rsaPrivate(privateKey, new Uint8Array(sealed)))).toBe(hex(block));
    }
    expect(rsaPrivate(privateKey, new Uint8Array(256).fill(0xff))).toBeUndefined();
    expect(rsaPrivate(privateKey, new Uint8Array(255))).toBeUndefined();
  });

  test("an EC key is refused", async () => {
    const { privateKey } = await generateKey("p256");
    expect(() => rsaPrivate(privateKey, new Uint8Array(256))).toThrowError(CryptoError);
  });
});

test("sha256 gives the published digest of abc", () => {
  expect(hex(sha256(new TextEncoder().encode("abc")))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

test("random bytes are as many as asked for, and others each time", () => {
  expect(randomBytes(32)).toHaveLength(32);
  expect(hex(randomBytes(16))).not.toBe(hex(randomBytes(16)));
});

const ORDER_P256 = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const ORDER_P384 = BigInt(
  "0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
);

function sOf(der: Uint8Array): bigint {
  const rBytes = der[3] ?? 0;
  return BigInt(`0x${hex(der.subarray(4 + rBytes + 2))}`);
}

function asKeyObject(key: Awaited<ReturnType<typeof generateKey>>["publicKey"]) {
  const text = (part: Uint8Array) => Buffer.from(part).toString("base64url");
  if (key.algorithm === "rsa2048") {
    const jwk = { kty: "RSA", n: text(key.modulus), e: text(key.exponent) };
    return createPublicKey({ key: jwk, format: "jwk" });
  }
  const half = (key.point.length + 1) / 2;
  const crv = key.algorithm === "p256" ? "P-256" : "P-384";
  const [x, y] = [text(key.point.slice(1, half)), text(key.point.slice(half))];
  return createPublicKey({ key: { kty: "EC", crv, x, y }, format: "jwk" });
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "hex"));
}

function hex(value: Uint8Array | undefined): string {
  return Buffer.from(value ?? []).toString("hex");
}
