import { fromBase64 } from "@lanyard/bytes";
import { HINT_OBJECT_TAG } from "@lanyard/identity";
import { CardError, isCardLost, type PivSession, type ReferenceDataOutcome } from "@lanyard/piv";
import type { HintOrder } from "@lanyard/wire";

/** Of every card's own management key. */
export const MANAGEMENT_ALGORITHM = "aes256";

/**
 * Answers the card's challenge with what the server gave, and writes the hint.
 *
 * @throws {CardError} `card/removed` | `card/reset` | `card/transport`: no answer came
 */
export async function writeHint(
  piv: PivSession,
  { response, object }: HintOrder,
): Promise<Pick<ReferenceDataOutcome, "statusWord" | "effect">> {
  try {
    const proven = await piv.answerManagementChallenge(MANAGEMENT_ALGORITHM, fromBase64(response));
    if (!proven.ok) return { statusWord: REFUSED, effect: "not_applied" };
    await piv.writeObject(HINT_OBJECT_TAG, fromBase64(object));
    return { statusWord: OK, effect: "applied" };
  } catch (error) {
    const statusWord = error instanceof CardError ? error.statusWord : undefined;
    if (!(error instanceof CardError) || isCardLost(error)) throw error;
    return { statusWord: statusWord ?? REFUSED, effect: "not_applied" };
  }
}

/** The hint object as it is; `undefined` when the card has none or will not say. Costs one APDU. */
export async function readHint(piv: PivSession): Promise<Uint8Array | undefined> {
  try {
    const bytes = await piv.readObject(HINT_OBJECT_TAG);
    return bytes === undefined || bytes.length > HINT_BYTES_MAX ? undefined : bytes;
  } catch (error) {
    if (error instanceof CardError && !isCardLost(error)) return undefined;
    throw error;
  }
}

const OK = 0x9000;
const REFUSED = 0x6982;
/** What fits into the message to the server; ours is shorter. */
const HINT_BYTES_MAX = 64;
