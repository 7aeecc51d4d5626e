import { z } from "zod";
import { NodesError } from "./errors.ts";

const id = z.string().min(1).max(100);

/** What nodes tell each other: that something happened, and to what. The facts are in tables, for whoever looks. */
const nodeMessage = z.discriminatedUnion("type", [
  /** This desk's leash began, ended, or its readers changed. `leash`: the newest known, "0" when none. */
  z.object({ type: z.literal("desk"), desk: id, leash: z.string().regex(/^[0-9]{1,19}$/) }),
  /** The desk may not be used any more: hang up, whoever holds its leash. */
  z.object({ type: z.literal("drop"), desk: id }),
  z.object({ type: z.literal("session_ended"), session: id }),
  /** A call to a desk waits for node `to`. */
  z.object({ type: z.literal("call"), to: id }),
  /** Its reply is there. */
  z.object({ type: z.literal("reply"), to: id, call: id }),
  /** Something may have gone untold: read again whatever matters. */
  z.object({ type: z.literal("missed") }),
]);

export type NodeMessage = z.infer<typeof nodeMessage>;

const envelope = z.object({ from: id, message: nodeMessage });

export type NodeEnvelope = z.infer<typeof envelope>;

/**
 * As it goes over the line: well below the 8000 bytes that PostgreSQL's NOTIFY takes.
 *
 * @throws {NodesError} `nodes/message_invalid`
 */
export function formatMessage(from: string, message: NodeMessage): string {
  const parsed = envelope.safeParse({ from, message });
  if (!parsed.success)
    throw new NodesError("nodes/message_invalid", "That is no message between nodes.");
  return JSON.stringify(parsed.data);
}

/** Anybody who may use the database may notify: what is no message of ours is nothing. */
export function parseMessage(text: string): NodeEnvelope | undefined {
  try {
    const parsed = envelope.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
