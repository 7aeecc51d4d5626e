import type { Person, RoleAssignment, Smartcard } from "@lanyard/identity";
import type { UnlockTask } from "@lanyard/wire";

/** What the holder's passcode must not be made of. Goes to the agent's memory, nowhere else. */
export function holderTokens(
  holder: Person,
  card: Smartcard,
  roles: readonly Pick<RoleAssignment, "organisationCode">[],
): UnlockTask["tokens"] {
  const names = [holder.givenNames, holder.familyName, holder.email?.split("@")[0]];
  const numbers = [holder.careId, card.serial, holder.phone];
  const codes = roles.map(({ organisationCode }) => organisationCode);
  return {
    names: names.flatMap((name) => name?.split(/[\s._-]+/) ?? []).filter((name) => name !== ""),
    dateOfBirth: holder.dateOfBirth,
    numbers: numbers.filter((number) => number !== undefined),
    codes: [...new Set([holder.organisationCode, ...codes])],
  };
}
