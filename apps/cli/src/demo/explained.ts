import { AgentError } from "@lanyard/agent";
import { AssetsError } from "@lanyard/pages/node";
import { ConfigError, DatabaseError, SecretsError } from "@lanyard/server";
import { AuditError } from "@lanyard/server/audit";
import { CliError, type CliErrorCode } from "../errors.ts";

/** Gives what kept the demo from starting a sentence and an exit code, if it is anything a person can mend. */
export function explained(error: unknown): unknown {
  if (error instanceof DatabaseError && error.code === "database/in_use")
    return mend(error, `${error.message} Is a demo running there already? Else: --data FOLDER`);
  const told = codeFor(error);
  if (told !== undefined && error instanceof Error)
    return new CliError(told, error.message, { cause: error });
  const { code, port } = systemFault(error);
  if (code === "EADDRINUSE")
    return mend(error, `Port ${port} is in use. Is a demo running already? Else choose another.`);
  if (code === "EACCES" || code === "EROFS" || code === "ENOSPC")
    return mend(error, `The demo cannot write its data (${code}). Another place: --data FOLDER`);
  if (code === "ECONNREFUSED") return mend(error, "PostgreSQL does not answer at DATABASE_URL.");
  return error;
}

function codeFor(error: unknown): CliErrorCode | undefined {
  if (error instanceof ConfigError) return "cli/usage";
  if (error instanceof AgentError)
    return error.code === "config/wrong" ? "cli/usage" : "cli/environment";
  const isMendable =
    error instanceof DatabaseError ||
    error instanceof SecretsError ||
    error instanceof AuditError ||
    error instanceof AssetsError;
  return isMendable ? "cli/environment" : undefined;
}

function systemFault(error: unknown): { readonly code: unknown; readonly port: unknown } {
  if (!(error instanceof Error)) return { code: undefined, port: undefined };
  return {
    code: "code" in error ? error.code : undefined,
    port: "port" in error ? error.port : undefined,
  };
}

function mend(cause: unknown, message: string): CliError {
  return new CliError("cli/environment", message, { cause });
}
