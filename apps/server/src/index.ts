// The server

export { type Every, type RunningServer, type ServerParts, startServer } from "./app.ts";
export { type Config, ConfigError, readConfig } from "./config.ts";
export { DeskAdministration, type DeskPlace } from "./desks/desk-administration.ts";
export { deskNameFrom } from "./desks/desk-name.ts";
export { type Logger, openLog } from "./log.ts";
export { runSecrets, runServer, SERVER_EXIT, type ServerProcess } from "./main.ts";

// What it stands on

export { openPost } from "./notices/open-post.ts";
export { type BreakGlassSlip, breakGlass } from "./secrets/break-glass.ts";
export { cardSecrets } from "./secrets/card-secrets.ts";
export { SecretsError, type SecretsErrorCode } from "./secrets/errors.ts";
export {
  addMasterKey,
  type KeyStatus,
  masterKeyStatus,
  splitMasterKey,
} from "./secrets/key-ceremony.ts";
export { createMasterKeyFile, openKeyFile } from "./secrets/key-file.ts";
export { keysInMemory, type MasterKeys } from "./secrets/master-keys.ts";
export { combineShares, SHARES } from "./secrets/shares.ts";
export { type OpenDatabase, openDatabase } from "./sql/connection.ts";
export { takeDirectoryLock } from "./sql/embedded/directory-lock.ts";
export { DatabaseError, type DatabaseErrorCode } from "./sql/errors.ts";
export { openStore } from "./stores/index.ts";
// Whose cards are trusted

export { openTrust, type Trust } from "./certificates/trust.ts";
