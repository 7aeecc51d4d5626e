import { z } from "zod";

/** Standard base64 with padding, bounded. */
export const base64 = (maxBytes: number) =>
  z
    .string()
    .max((maxBytes * 4) / 3 + 4)
    .regex(/^[A-Za-z0-9+/]*={0,2}$/);

/** 128 random bits and more, base64url: visits, ceremonies, secrets in a path. */
export const token = z.string().regex(/^[A-Za-z0-9_-]{22,64}$/);

/** Padded base64 of 32 random bytes: 44 characters, as Web eID wants its nonces. */
export const nonce = z.string().regex(/^[A-Za-z0-9+/]{43}=$/);

/** SHA-256 as lower-case hex. */
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

export const careId = z.string().regex(/^[0-9]{12}$/);

/** The agent's name for one insertion of one card: random, never used again. */
export const insertion = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/);

export const readerName = z.string().min(1).max(256);

/** The signature algorithms cards use here, by their JOSE names; ECDSA values are raw r||s. */
export const signatureAlgorithm = z.enum(["ES256", "ES384", "RS256"]);

export type SignatureAlgorithm = z.infer<typeof signatureAlgorithm>;

/** A signature made by a card. `value`: base64; ECDSA as raw r||s, RSA as PKCS #1 v1.5. */
export const cardSignature = z.object({ algorithm: signatureAlgorithm, value: base64(512) });

export type CardSignature = z.infer<typeof cardSignature>;

export const certificate = base64(8192);

export const statusWord = z.number().int().min(0).max(0xffff);
