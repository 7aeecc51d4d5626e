import { z } from "zod";
import type { SmtpSettings } from "./notices/smtp-post.ts";

/** Everything the server may be told, read once at start. Frozen; no other file reads the environment. */
export interface Config {
  /** What browsers and agents call this server: `https://host[:port]`, or `http://localhost:port`. No slash. */
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  /** Where the agent's own pages are, on every PC. */
  readonly agentOrigin: string;
  /** PostgreSQL; without it the embedded database in `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  /** PEM file with the certificate authorities whose cards are accepted. */
  readonly trustFile: string;
  /** The master keys PUKs are derived from; readable by the owner only. */
  readonly masterKeyFile: string;
  /** What the checkpoints of the audit log are signed with; readable by the owner only. */
  readonly auditKeyFile: string;
  /** Where the master keys are instead of in that file: a PKCS#11 token. */
  readonly token: TokenSettings | undefined;
  /** Unix socket of the process that holds the master keys; then this one needs none. */
  readonly secretsSocket: string | undefined;
  /** What the secrets process seals within an hour at most. */
  readonly releases: { readonly perOperator: number; readonly perSite: number };
  /** Where mails to holders go out; undefined: they wait. */
  readonly smtp: SmtpSettings | undefined;
  /** A file that holds the mail server's password, readable by the owner only. */
  readonly smtpPasswordFile: string | undefined;
  readonly mailFrom: string;
  readonly serviceDesk: string;
  readonly passcodePolicy: "care-4-8" | "care-6-8-digits";
  /** The how-to's day: off. Then Smartcard Administrators go by search. */
  readonly administratorsSeeManageTab: boolean;
  readonly unlockScope: "national" | "hierarchy" | "own-organisation";
  readonly authorise: "press" | "passcode";
  readonly removal: "end" | "ignore";
  /** New desks enrol themselves. For the demo only. */
  readonly openEnrolment: boolean;
  readonly logLevel: "fatal" | "error" | "warn" | "info" | "debug" | "silent";
}

/** A PKCS#11 token with the master keys in it. */
export interface TokenSettings {
  /** Path of the vendor's PKCS#11 module. */
  readonly module: string;
  /** The token's label. */
  readonly token: string;
  /** A file that holds the user PIN, readable by the owner only. */
  readonly pinFile: string;
}

/** `smtp://user@host:587` (STARTTLS) or `smtps://user@host`. A password in it would be in the process's environment. */
const smtpUrl = z.string().transform((text, context): SmtpSettings => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const secure = url?.protocol === "smtps:";
  const isSmtp = url !== undefined && url.hostname !== "" && (secure || url.protocol === "smtp:");
  if (!isSmtp) context.addIssue("must be smtp://host:port or smtps://host:port");
  if (url !== undefined && url.password !== "")
    context.addIssue("must not hold the password: LANYARD_SMTP_PASSWORD_FILE names a file with it");
  const user = decodeURIComponent(url?.username ?? "");
  return {
    host: url?.hostname.replace(/^\[(.*)\]$/, "$1") ?? "",
    port: Number(url?.port || (secure ? 465 : 587)),
    secure,
    user: user === "" ? undefined : user,
  };
});

const onOff = z.enum(["on", "off"]).transform((value) => value === "on");

const origin = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = url?.hostname === "localhost" || url?.hostname === "127.0.0.1";
  if (url === undefined || url.origin !== text)
    context.addIssue("must be an origin such as https://care.example, without a slash at the end");
  else if (url.protocol !== "https:" && !(url.protocol === "http:" && local))
    context.addIssue("must be https; plain http is for localhost only");
  return text;
});

const aFew = z.coerce.number().int().min(1);

const variables = z.object({
  LANYARD_ORIGIN: origin.default("http://localhost:3000"),
  LANYARD_HOST: z.string().default("127.0.0.1"),
  LANYARD_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  LANYARD_AGENT_ORIGIN: origin.default("http://127.0.0.1:24738"),
  DATABASE_URL: z.string().optional(),
  LANYARD_DATA: z.string().default(".lanyard"),
  LANYARD_TRUST_FILE: z.string().optional(),
  LANYARD_MASTER_KEY_FILE: z.string().optional(),
  LANYARD_AUDIT_KEY_FILE: z.string().optional(),
  LANYARD_PKCS11_MODULE: z.string().min(1).optional(),
  LANYARD_PKCS11_TOKEN: z.string().min(1).max(32).optional(),
  LANYARD_PKCS11_PIN_FILE: z.string().min(1).optional(),
  LANYARD_SECRETS_SOCKET: z.string().min(1).max(100).optional(),
  LANYARD_RELEASES_PER_OPERATOR: aFew.default(60),
  LANYARD_RELEASES_PER_SITE: aFew.default(600),
  LANYARD_SMTP_URL: smtpUrl.optional(),
  LANYARD_SMTP_PASSWORD_FILE: z.string().min(1).optional(),
  LANYARD_MAIL_FROM: z
    .string()
    .max(200)
    .regex(/^(?:[\p{L}\p{N} .'-]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u, {
      message: "must be an address such as lanyard@care.example, or Name <lanyard@care.example>",
    })
    .optional(),
  LANYARD_SERVICE_DESK: z
    .string()
    .max(300)
    .default("the service desk (its contact is not set: LANYARD_SERVICE_DESK)"),
  LANYARD_PASSCODE_POLICY: z.enum(["care-4-8", "care-6-8-digits"]).default("care-4-8"),
  LANYARD_ADMINISTRATOR_TAB: onOff.default(true),
  LANYARD_UNLOCK_SCOPE: z.enum(["national", "hierarchy", "own-organisation"]).default("national"),
  LANYARD_AUTHORISE: z.enum(["press", "passcode"]).default("press"),
  LANYARD_REMOVAL: z.enum(["end", "ignore"]).default("end"),
  LANYARD_OPEN_ENROLMENT: onOff.default(false),
  LANYARD_LOG: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
});

const environment = variables.superRefine((values, context) => {
  const names = [
    "LANYARD_PKCS11_MODULE",
    "LANYARD_PKCS11_TOKEN",
    "LANYARD_PKCS11_PIN_FILE",
  ] as const;
  const missing = names.filter((name) => values[name] === undefined);
  if (missing.length === 0 || missing.length === names.length) return;
  for (const name of missing)
    context.addIssue({ code: "custom", path: [name], message: "must be set with the other two" });
});

/** The settings are wrong: every mistake at once, each with the name of its variable. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`The settings are wrong:\n${mistakes.map((mistake) => `  ${mistake}`).join("\n")}`);
    this.mistakes = mistakes;
  }
}

/**
 * Reads the environment. Values that were read wrong are not repeated in the message.
 *
 * @throws {ConfigError}
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success)
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`),
    );
  const values = parsed.data;
  return Object.freeze({
    origin: values.LANYARD_ORIGIN,
    host: values.LANYARD_HOST,
    port: values.LANYARD_PORT,
    agentOrigin: values.LANYARD_AGENT_ORIGIN,
    databaseUrl: values.DATABASE_URL,
    dataDir: values.LANYARD_DATA,
    trustFile: values.LANYARD_TRUST_FILE ?? `${values.LANYARD_DATA}/trust.pem`,
    masterKeyFile: values.LANYARD_MASTER_KEY_FILE ?? `${values.LANYARD_DATA}/master-keys.json`,
    auditKeyFile: values.LANYARD_AUDIT_KEY_FILE ?? `${values.LANYARD_DATA}/audit-key`,
    token: tokenIn(values),
    secretsSocket: values.LANYARD_SECRETS_SOCKET,
    releases: {
      perOperator: values.LANYARD_RELEASES_PER_OPERATOR,
      perSite: values.LANYARD_RELEASES_PER_SITE,
    },
    smtp: values.LANYARD_SMTP_URL,
    smtpPasswordFile: values.LANYARD_SMTP_PASSWORD_FILE,
    mailFrom: values.LANYARD_MAIL_FROM ?? "lanyard@localhost",
    serviceDesk: values.LANYARD_SERVICE_DESK,
    passcodePolicy: values.LANYARD_PASSCODE_POLICY,
    administratorsSeeManageTab: values.LANYARD_ADMINISTRATOR_TAB,
    unlockScope: values.LANYARD_UNLOCK_SCOPE,
    authorise: values.LANYARD_AUTHORISE,
    removal: values.LANYARD_REMOVAL,
    openEnrolment: values.LANYARD_OPEN_ENROLMENT,
    logLevel: values.LANYARD_LOG,
  });
}

function tokenIn(values: z.infer<typeof variables>): TokenSettings | undefined {
  const {
    LANYARD_PKCS11_MODULE: module,
    LANYARD_PKCS11_TOKEN: token,
    LANYARD_PKCS11_PIN_FILE: pinFile,
  } = values;
  const isWhole = module !== undefined && token !== undefined && pinFile !== undefined;
  return isWhole ? { module, token, pinFile } : undefined;
}
