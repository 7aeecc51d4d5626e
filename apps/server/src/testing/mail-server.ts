import type { AddressInfo } from "node:net";
import type { Mail } from "@lanyard/identity";
import { SMTPServer } from "smtp-server";

export interface Arrived extends Pick<Mail, "messageId" | "to" | "subject" | "text"> {
  readonly raw: string;
  readonly recipients: readonly string[];
}

/** A real SMTP server on loopback, with the faults of one in the test's hand. */
export interface MailServer {
  readonly port: number;
  readonly arrived: Arrived[];
  /** What the next recipients are answered with, 250 when undefined. */
  refuse: number | undefined;
  /** Take the message whole, and cut the line instead of saying so. */
  cutAfterData: boolean;
  close(): Promise<void>;
}

export async function openMailServer(port = 0): Promise<MailServer> {
  const state = { refuse: undefined as number | undefined, cutAfterData: false };
  const arrived: Arrived[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    logger: false,
    onRcptTo: (_address, _session, callback) => {
      if (state.refuse === undefined) return callback();
      callback(Object.assign(new Error("No such mailbox"), { responseCode: state.refuse }));
    },
    onData: (stream, session, callback) => {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => void parts.push(part));
      stream.on("end", () => {
        const raw = Buffer.concat(parts).toString("utf8");
        arrived.push(
          parse(
            raw,
            session.envelope.rcptTo.map(({ address }) => address),
          ),
        );
        if (!state.cutAfterData) return callback();
        state.cutAfterData = false;
        // The library has the socket; the client must not hear that the mail was taken.
        for (const connection of server.connections) Reflect.get(connection, "_socket").destroy();
      });
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", () => done()));
  const address: AddressInfo = server.server.address() as AddressInfo;
  return Object.assign(state, {
    port: address.port,
    arrived,
    close: () => new Promise<void>((done) => server.close(() => done())),
  });
}

function parse(raw: string, recipients: readonly string[]): Arrived {
  const end = raw.indexOf("\r\n\r\n");
  const head = raw.slice(0, end).replaceAll(/\r\n[ \t]+/g, " ");
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1] ?? "";
  return {
    raw,
    recipients,
    messageId: field("Message-ID").replaceAll(/[<>]/g, ""),
    to: field("To"),
    subject: field("Subject"),
    text: decode(raw.slice(end + 4), field("Content-Transfer-Encoding")),
  };
}

function decode(body: string, encoding: string): string {
  const text =
    encoding === "base64"
      ? Buffer.from(body, "base64").toString("utf8")
      : encoding === "quoted-printable"
        ? Buffer.from(
            body
              .replaceAll(/=\r\n/g, "")
              .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
                String.fromCharCode(Number(`0x${hex}`)),
              ),
            "latin1",
          ).toString("utf8")
        : body;
  return text.replaceAll("\r\n", "\n");
}
