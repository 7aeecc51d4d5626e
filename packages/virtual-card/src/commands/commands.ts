import { INSTRUCTIONS } from "@lanyard/piv";
import type { CommandApdu } from "../apdu/command-apdu.ts";
import type { SecurityStatus } from "../security-status.ts";
import { changeReferenceData } from "./change-reference-data.ts";
import type { CardView, Command, Outcome } from "./command.ts";
import { generalAuthenticate } from "./general-authenticate.ts";
import { generateAsymmetricKeyPair } from "./generate-asymmetric-key-pair.ts";
import { getData } from "./get-data.ts";
import { putData } from "./put-data.ts";
import { resetRetryCounter } from "./reset-retry-counter.ts";
import { select } from "./select.ts";
import { setManagementKey } from "./set-management-key.ts";
import { verify } from "./verify.ts";

/** Every command of the card's edge [PIV-2 §3]; GET RESPONSE is the channel's. */
const COMMANDS: ReadonlyMap<number, Command> = new Map<number, Command>([
  [INSTRUCTIONS.select, select],
  [INSTRUCTIONS.getData, getData],
  [INSTRUCTIONS.verify, verify],
  [INSTRUCTIONS.changeReferenceData, changeReferenceData],
  [INSTRUCTIONS.resetRetryCounter, resetRetryCounter],
  [INSTRUCTIONS.generalAuthenticate, generalAuthenticate],
  [INSTRUCTIONS.putData, putData],
  [INSTRUCTIONS.generateAsymmetricKeyPair, generateAsymmetricKeyPair],
  [INSTRUCTIONS.setManagementKey, setManagementKey],
]);

/**
 * Runs one whole command. 6d00 for an instruction nobody here knows, and for everything but SELECT until PIV is
 * selected. Whatever the command, a pending management challenge and "verified just now" are used up by it.
 */
export async function runCommand(apdu: CommandApdu, card: CardView): Promise<Outcome> {
  const command = COMMANDS.get(apdu.ins);
  const isOpen = card.status.selected || apdu.ins === INSTRUCTIONS.select;
  const outcome =
    command === undefined || !isOpen ? { statusWord: 0x6d00 } : await command(apdu, card);
  return { ...outcome, status: statusAfter(apdu, card, outcome) };
}

function statusAfter(apdu: CommandApdu, { status }: CardView, outcome: Outcome): SecurityStatus {
  const after = outcome.status ?? status;
  const wasVerify = apdu.ins === INSTRUCTIONS.verify && apdu.data.length > 0;
  return {
    ...after,
    passcodeJustVerified: wasVerify && outcome.statusWord === 0x9000,
    pending: after.pending === status.pending ? undefined : after.pending,
  };
}
