import type { CommandApdu } from "../apdu/command-apdu.ts";
import type { CardCrypto } from "../card-crypto.ts";
import type { CardState } from "../card-state.ts";
import type { SecurityStatus } from "../security-status.ts";

/** The card as a command finds it. */
export interface CardView {
  readonly state: CardState;
  readonly status: SecurityStatus;
  readonly crypto: CardCrypto;
}

/** What a command does: the answer, and what is different afterwards. What is not named stays as it was. */
export interface Outcome {
  readonly statusWord: number;
  readonly data?: Uint8Array;
  readonly state?: CardState;
  readonly status?: SecurityStatus;
}

/** One command, whole: chained parts are already put together. It decides; the card then stores and answers. */
export type Command = (apdu: CommandApdu, card: CardView) => Outcome | Promise<Outcome>;

/** One line of a command's pre-conditions: what must hold, and the word the card answers when it does not. */
export interface Precondition {
  readonly must: string;
  readonly else: number;
  holds(apdu: CommandApdu, card: CardView): boolean;
}

/** The refusal of the first pre-condition that does not hold, in the order written; `undefined` when all do. */
export function refusal(
  preconditions: readonly Precondition[],
  apdu: CommandApdu,
  card: CardView,
): Outcome | undefined {
  const unmet = preconditions.find((precondition) => !precondition.holds(apdu, card));
  return unmet === undefined ? undefined : { statusWord: unmet.else };
}
