export { decryptBlock, encryptBlock } from "./block-cipher.ts";
export { agree, signDigest } from "./elliptic.ts";
export { enrolmentVerifier, isSignedWithCode, signWithCode } from "./enrolment-key.ts";
export { CryptoError, type CryptoErrorCode } from "./errors.ts";
export { generateKey } from "./generate-key.ts";
export { nodeBlockCipher, nodeCardCrypto, randomBytes, sha256 } from "./node-crypto.ts";
export { rsaPrivate } from "./rsa.ts";
