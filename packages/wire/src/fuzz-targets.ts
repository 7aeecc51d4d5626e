import { BytesError, utf8Bytes, utf8Text } from "@lanyard/bytes";
import type { FuzzTargets } from "@lanyard/bytes/fuzz";
import { formatEnvelope, parseEnvelope } from "./envelope.ts";
import { WireError } from "./errors.ts";
import { decodeJournalLine, encodeJournalLine } from "./journal.ts";
import { LEASH_CALLS } from "./leash.ts";
import { decodeRelease } from "./release.ts";

const TOKEN = "A".repeat(22);
const NONCE = `${"A".repeat(43)}=`;
const SIGNATURE = { algorithm: "ES256", value: "AAAA" } as const;

/** One valid message of each form that carries more than an id. */
const MESSAGES = [
  { id: 1, call: "hello", body: { protocol: 1, nonce: NONCE } },
  { id: 2, call: "claim", body: { visit: TOKEN } },
  {
    id: 3,
    call: "desk_view",
    body: {
      service: "up",
      readers: [{ name: "Reader", state: "card", insertion: "insertion", certificate: "MAA=" }],
    },
  },
  {
    id: 4,
    call: "unlock_report",
    body: { visit: TOKEN, step: "reset", attempt: 1, status: 36864, lost: false },
  },
  { id: 5, call: "unlock_prove", body: { visit: TOKEN, signature: SIGNATURE } },
  {
    id: 8,
    call: "change_report",
    body: { visit: TOKEN, attempt: TOKEN, status: 36864, lost: false },
  },
  { replyTo: 6, body: { signature: SIGNATURE } },
  { replyTo: 7, refused: { code: "visit_taken", message: "No." } },
] as const;

/** Every decoder of this package. */
export const fuzzTargets: FuzzTargets = {
  leash: {
    samples: MESSAGES.map((message) => utf8Bytes(formatEnvelope(message))),
    run: (bytes) => quiet(() => readMessage(utf8Text(bytes))),
  },
  journal: {
    samples: [
      encodeJournalLine({
        ceremony: TOKEN,
        call: "unlock_report",
        body: { visit: TOKEN, step: "reset", attempt: 1, status: 36864, lost: false },
      }),
      encodeJournalLine({
        ceremony: TOKEN,
        call: "unlock_prove",
        body: { visit: TOKEN, signature: SIGNATURE },
      }),
      encodeJournalLine({
        ceremony: TOKEN,
        isWill: true,
        call: "unlock_lost",
        body: { visit: TOKEN, reason: "agent_gone" },
      }),
    ].map(utf8Bytes),
    run: (bytes) => quiet(() => decodeJournalLine(utf8Text(bytes))),
  },
  release: {
    samples: [
      new Uint8Array([1, ...Array.from({ length: 8 }, () => 65)]),
      new Uint8Array([3, ...Array.from({ length: 16 }, () => 65)]),
    ],
    run: (bytes) => quiet(() => decodeRelease(bytes)),
  },
};

/** The envelope, then its body under every schema it could be read by. */
function readMessage(text: string): void {
  const message = parseEnvelope(text);
  if ("refused" in message) return;
  for (const { request, reply } of Object.values(LEASH_CALLS)) {
    request.safeParse(message.body);
    reply.safeParse(message.body);
  }
}

function quiet(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    if (!(error instanceof WireError) && !(error instanceof BytesError)) throw error;
  }
}
