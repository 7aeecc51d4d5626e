import type { Delivery, Mail, Post } from "@lanyard/identity";
import { createTransport } from "nodemailer";

/** Where mails go out. Encrypted everywhere but on this machine. */
export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS, which is then demanded. */
  readonly secure: boolean;
  readonly user: string | undefined;
}

export interface SmtpOptions {
  readonly smtp: SmtpSettings;
  readonly from: string;
  readonly password: string | undefined;
}

/** A mail server that does not answer costs an attempt no more than this. */
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };

/** Mails over SMTP: one connection a mail, so that what one of them meets is no other's. */
export function smtpPost({ smtp, from, password }: SmtpOptions): Post {
  const { host, port, secure, user } = smtp;
  const transport = createTransport({
    ...{ host, port, secure },
    requireTLS: !secure && !isHere(host),
    ...(user !== undefined && { auth: { user, pass: password ?? "" } }),
    ...TIMEOUTS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    deliver: async (mail) => {
      try {
        await transport.sendMail(messageOf(mail, from));
        return { outcome: "accepted" };
      } catch (error) {
        return deliveryOf(error);
      }
    },
    close: async () => transport.close(),
  };
}

function messageOf({ messageId, to, subject, text, writtenAt }: Mail, from: string) {
  return {
    ...{ from, to, subject, text },
    envelope: { from: addressIn(from), to: [to] },
    messageId: `<${messageId}>`,
    date: writtenAt,
    // No out-of-office reply, and no reply to one [RFC3834 §5].
    headers: { "Auto-Submitted": "auto-generated" },
  };
}

/** `Lanyard <lanyard@care.example>` or the address alone. */
function addressIn(from: string): string {
  return /<([^<>]+)>$/.exec(from)?.[1] ?? from;
}

export function isHere(host: string): boolean {
  return host === "localhost" || host === "127.0.0.1" || host === "::1";
}

/** What is about this recipient or this message: refused for good. Anything else may be put right meanwhile. */
const ABOUT_THE_MAIL: ReadonlySet<unknown> = new Set(["RCPT TO", "DATA"]);

/** [RFC5321 §4.2.1]: 4xx may pass, 5xx will not. The server's own text is left out: it may repeat the address. */
function deliveryOf(error: unknown): Delivery {
  const { code, responseCode, command } = factsOf(error);
  const reason = [command, responseCode, code].filter((fact) => fact !== undefined).join(" ");
  const isFinal = typeof responseCode === "number" && responseCode >= 500;
  return isFinal && ABOUT_THE_MAIL.has(command)
    ? { outcome: "refused", reason }
    : { outcome: "not_now", reason: reason === "" ? "no connection" : reason };
}

interface SmtpFacts {
  readonly code: string | undefined;
  readonly responseCode: number | undefined;
  readonly command: string | undefined;
}

function factsOf(error: unknown): SmtpFacts {
  const fact = (name: string): unknown =>
    error instanceof Error ? Reflect.get(error, name) : undefined;
  const [code, responseCode, command] = [fact("code"), fact("responseCode"), fact("command")];
  return {
    code: typeof code === "string" ? code : undefined,
    responseCode: typeof responseCode === "number" ? responseCode : undefined,
    command: typeof command === "string" ? command : undefined,
  };
}
