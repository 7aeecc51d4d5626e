import { createHash, randomBytes } from "node:crypto";

/** 128 random bits as base64url: 22 characters, for ids and one-time codes in a path. */
export function newToken(): string {
  return randomBytes(16).toString("base64url");
}

/** 256 random bits as base64url: 43 characters, for cookies. */
export function newCookieValue(): string {
  return randomBytes(32).toString("base64url");
}

/** 256 random bits as padded base64: 44 characters, as Web eID wants its nonces. */
export function newNonce(): string {
  return randomBytes(32).toString("base64");
}

/** What is stored of a secret that only has to be recognised: its SHA-256, hex. */
export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
