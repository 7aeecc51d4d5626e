import type { CardPasscodeState, CardStanding, Permission } from "@lanyard/identity";
import { SERVICE_WORDS } from "./words.ts";

/** What can be done with a device now, or why nothing can. */
export type ServiceOffer =
  | { readonly options: readonly ServiceOption[] }
  | { readonly unavailable: ServiceUnavailable };

export interface ServiceOption {
  readonly value: "unlock";
  readonly label: string;
  readonly hint: string;
}

export type ServiceUnavailable = "expired" | "cancelled" | "cleared" | "revoked" | "not_permitted";

/** The options for a card that stands so, for an operator who may or may not unlock it. */
export function serviceOffer(of: {
  readonly standing: CardStanding;
  readonly passcode: CardPasscodeState;
  readonly mayUnlock: Permission;
}): ServiceOffer {
  const { standing } = of;
  if (standing !== "in_date" && standing !== "issued_locked") return { unavailable: standing };
  if (!of.mayUnlock.allowed) return { unavailable: "not_permitted" };
  const hint = standing === "issued_locked" ? SERVICE_WORDS.unlockFirst : unlockHint(of.passcode);
  return { options: [{ value: "unlock", label: SERVICE_WORDS.unlock, hint }] };
}

function unlockHint(passcode: CardPasscodeState): string {
  return typeof passcode === "object" && passcode.triesLeft > 0
    ? SERVICE_WORDS.unlockNotLocked
    : SERVICE_WORDS.unlockLocked;
}
