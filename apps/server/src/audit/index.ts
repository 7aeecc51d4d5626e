// The key of the log

export { AuditError, type AuditErrorCode } from "./errors.ts";
export { createLogKeyFile, type LogKey, noteCrypto, openLogKeyFile, sha256 } from "./log-key.ts";
// Sealing

export { type Sealing, sealWaiting } from "./seal.ts";
