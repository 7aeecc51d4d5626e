// The key of the log

export { AuditError, type AuditErrorCode } from "./errors.ts";
export { createLogKeyFile, type LogKey, noteCrypto, openLogKeyFile, sha256 } from "./log-key.ts";
// Sealing and reading

export { type ExportOptions, exportLog } from "./export.ts";
export { proveConsistency, proveInclusion } from "./proof-files.ts";
export { type Sealing, sealWaiting } from "./seal.ts";
// Checking, with no server at all

export { openTrust, type Trust } from "../certificates/trust.ts";
export { FILE_KINDS, type Line, NotOurs, splitLines } from "./lines.ts";
export { type ProofVerdict, verifyProof } from "./proof-files.ts";
export { type Checker, type Verdict, verifyExport } from "./verify-export.ts";
