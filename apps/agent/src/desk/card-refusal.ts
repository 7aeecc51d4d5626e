import { CardError } from "@lanyard/piv";
import { Refusal } from "@lanyard/wire";
import { ReaderError } from "../readers/readers.ts";

/** What the server, or the person, is told when a card or a reader did not do its part. Anything else is not ours. */
export function cardRefusal(error: unknown): unknown {
  if (error instanceof ReaderError)
    return new Refusal(error.code === "reader/card_in_use" ? "card_busy" : "card_not_ready");
  if (error instanceof CardError)
    return new Refusal(
      error.code === "card/security_status" ? "security_status" : "card_not_ready",
    );
  return error;
}
