import type { Secret } from "@lanyard/bytes";
import {
  type CardSecrets,
  candidates,
  certificateIn,
  type PukOf,
  type Records,
  type Smartcard,
  type Store,
} from "@lanyard/identity";
import { record } from "../audit/record.ts";

export interface BreakGlassOrder {
  readonly serial: string;
  /** Why, in the officers' words; kept as personal data beside the record. */
  readonly reason: string;
  readonly at: Date;
}

/** What goes on the sealed slip. */
export interface BreakGlassSlip {
  readonly card: Smartcard;
  /** In the order to try them. The caller wipes the PUKs. */
  readonly puks: readonly { readonly index: number; readonly puk: Secret }[];
}

/**
 * Computes the PUKs that one card may hold, outside every ceremony: for the day the token is lost. The entry, and the
 * mark that the card's PUK is known to somebody, are committed before anything is told. `undefined`: no such card.
 *
 * `secrets` is made of the shares. Rejects as `CardSecrets` does when it lacks a version that the card needs, with
 * nothing written.
 */
export async function breakGlass(
  store: Store,
  secrets: CardSecrets,
  order: BreakGlassOrder,
): Promise<BreakGlassSlip | undefined> {
  const slip = await store.transaction(async (records) => {
    const card = await records.cards.lock(order.serial);
    const seed = card && (await records.cards.seedOf(card.serial));
    if (card === undefined || seed === undefined) return undefined;
    const cardKeyHash = certificateIn(card, "9E")?.keyHash ?? "";
    const of = { ...seed, careId: card.careId, issuanceId: card.issuanceId, cardKeyHash };
    const puks = await derive(secrets, of, toTry(card));
    await writeDown(records, { card, order });
    return { card, puks };
  });
  return slip;
}

/** What the card is known to refuse comes last. */
function toTry({ registers }: Smartcard): readonly number[] {
  const isRefused = (index: number) => Number(index === registers.refused);
  return candidates(registers).toSorted((one, other) => isRefused(one) - isRefused(other));
}

async function derive(secrets: CardSecrets, of: PukOf, indices: readonly number[]) {
  const puks = [];
  for (const index of indices) puks.push({ index, puk: await secrets.derivePuk(of, index) });
  return puks;
}

async function writeDown(
  records: Records,
  { card, order }: { readonly card: Smartcard; readonly order: BreakGlassOrder },
): Promise<void> {
  const { n, hi } = card.registers;
  // No index is released that was not before, so that no key version comes into it.
  await records.cards.saveRegisters(card.serial, { ...card.registers, exposed: true }, 0);
  await record(records, {
    action: "secrets.break_glass",
    at: order.at,
    holder: card.careId,
    cardSerial: card.serial,
    details: { n, hi },
    personal: { reason: order.reason },
  });
}
