import { z } from "zod";
import { WireError } from "./errors.ts";
import { LEASH_MAX_BYTES } from "./leash.ts";

/** The outer form of every leash message: a call, or the reply or refusal to one. `id` is the caller's own count. */
const envelope = z.union([
  z.object({ id: z.number().int().min(0), call: z.string().max(40), body: z.unknown() }),
  z.object({ replyTo: z.number().int().min(0), body: z.unknown() }),
  z.object({
    replyTo: z.number().int().min(0),
    refused: z.object({ code: z.string().max(60), message: z.string().max(400) }),
  }),
]);

export type Envelope = z.infer<typeof envelope>;

/**
 * Reads one leash message. The body is still unknown: the call's own schema parses it.
 *
 * @throws {WireError} `wire/not_a_message` | `wire/too_large`
 */
export function parseEnvelope(text: string): Envelope {
  if (text.length > LEASH_MAX_BYTES)
    throw new WireError("wire/too_large", "The message is too long.");
  const parsed = envelope.safeParse(parseJson(text));
  if (!parsed.success) throw new WireError("wire/not_a_message", "That is not a leash message.");
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WireError("wire/not_a_message", "That is not JSON.");
  }
}

export function formatEnvelope(message: Envelope): string {
  return JSON.stringify(message);
}
