// The server

export { type Every, type RunningServer, type ServerParts, startServer } from "./app.ts";
export { type Config, ConfigError, readConfig } from "./config.ts";
export { DeskAdministration, type DeskPlace } from "./desks/desk-administration.ts";
export { deskNameFrom } from "./desks/desk-name.ts";
export { type Logger, openLog } from "./log.ts";
export { runServer, SERVER_EXIT, type ServerProcess } from "./main.ts";
// What it stands on

export { SecretsError, type SecretsErrorCode } from "./secrets/errors.ts";
export { createMasterKeyFile, openKeyFile } from "./secrets/key-file.ts";
export { type OpenDatabase, openDatabase } from "./sql/connection.ts";
export { takeDirectoryLock } from "./sql/embedded/directory-lock.ts";
export { DatabaseError, type DatabaseErrorCode } from "./sql/errors.ts";
export { openStore } from "./stores/index.ts";
// Whose cards are trusted

export { openTrust, type Trust } from "./certificates/trust.ts";
