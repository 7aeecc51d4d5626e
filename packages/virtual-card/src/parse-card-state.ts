import { ALGORITHMS, type CipherAlgorithm, type Slot } from "@lanyard/piv";
import type { CardProfile, CardQuirk, PasscodeRule } from "./card-profile.ts";
import type { CardKeyState, CardState, ManagementKeyState, ReferenceState } from "./card-state.ts";
import { VirtualCardError } from "./errors.ts";

const PASSCODE_RULES: readonly PasscodeRule[] = ["alphanumeric-4-8", "digits-6-8"];
const QUIRKS: readonly CardQuirk[] = [
  "bad_format_costs_a_try",
  "blocked_word_on_last_try",
  "any_puk_after_right_puk",
];
const CIPHERS: readonly CipherAlgorithm[] = ["3des", "aes128", "aes192", "aes256"];
const KEY_ALGORITHMS: readonly CardKeyState["algorithm"][] = ["p256", "p384", "rsa2048"];
const SLOT_NAMES: readonly Slot[] = ["9a", "9c", "9d", "9e"];

/**
 * Reads a stored card back. Every field is checked, an unknown field is refused, and nothing is repaired.
 *
 * @throws {VirtualCardError} `virtual-card/state_invalid` naming the first bad field, never its value
 */
export function parseCardState(input: unknown): CardState {
  const fields = object(input, "state", [
    "version",
    "profile",
    "serial",
    "guid",
    "passcode",
    "puk",
    "managementKey",
    "keys",
    "objects",
  ]);
  if (fields.version !== 1) throw invalid("version");
  const profile = parseProfile(fields.profile);
  return {
    version: 1,
    profile,
    serial: text(fields.serial, "serial", /^[0-9A-Za-z]{1,14}$/),
    guid: hex(fields.guid, "guid", 16),
    passcode: parseReference(fields.passcode, "passcode", profile.passcodeTries),
    puk: parseReference(fields.puk, "puk", profile.pukTries),
    managementKey: parseManagementKey(fields.managementKey),
    keys: parseKeys(fields.keys),
    objects: parseObjects(fields.objects),
  };
}

function parseProfile(input: unknown): CardProfile {
  const fields = object(input, "profile", [
    "name",
    "passcodeRule",
    "passcodeTries",
    "pukTries",
    "pukChangeable",
    "resetsPukCounterOnSuccess",
    "extendedLength",
    "hasHintObject",
    "quirks",
  ]);
  const quirks = fields.quirks;
  if (!Array.isArray(quirks)) throw invalid("profile.quirks");
  return {
    name: text(fields.name, "profile.name", /^[\x20-\x7e]{1,64}$/),
    passcodeRule: oneOf(fields.passcodeRule, "profile.passcodeRule", PASSCODE_RULES),
    passcodeTries: count(fields.passcodeTries, "profile.passcodeTries", [1, 15]),
    pukTries: count(fields.pukTries, "profile.pukTries", [1, 15]),
    pukChangeable: flag(fields.pukChangeable, "profile.pukChangeable"),
    resetsPukCounterOnSuccess: flag(
      fields.resetsPukCounterOnSuccess,
      "profile.resetsPukCounterOnSuccess",
    ),
    extendedLength: flag(fields.extendedLength, "profile.extendedLength"),
    hasHintObject: flag(fields.hasHintObject, "profile.hasHintObject"),
    quirks: quirks.map((quirk: unknown) => oneOf(quirk, "profile.quirks", QUIRKS)),
  };
}

function parseReference(input: unknown, name: string, tries: number): ReferenceState {
  const fields = object(input, name, ["value", "triesLeft"]);
  return {
    value: hex(fields.value, `${name}.value`, 8),
    triesLeft: count(fields.triesLeft, `${name}.triesLeft`, [0, tries]),
  };
}

function parseManagementKey(input: unknown): ManagementKeyState {
  const fields = object(input, "managementKey", ["algorithm", "value"]);
  const algorithm = oneOf(fields.algorithm, "managementKey.algorithm", CIPHERS);
  const value = hex(fields.value, "managementKey.value", ALGORITHMS[algorithm].keyBytes);
  return { algorithm, value };
}

function parseKeys(input: unknown): CardState["keys"] {
  const fields = object(input, "keys", SLOT_NAMES);
  const keys: { [Name in Slot]?: CardKeyState } = {};
  for (const slot of SLOT_NAMES) {
    if (fields[slot] === undefined) continue;
    const key = object(fields[slot], `keys.${slot}`, ["algorithm", "privateKey"]);
    keys[slot] = {
      algorithm: oneOf(key.algorithm, `keys.${slot}.algorithm`, KEY_ALGORITHMS),
      privateKey: hex(key.privateKey, `keys.${slot}.privateKey`),
    };
  }
  return keys;
}

function parseObjects(input: unknown): CardState["objects"] {
  const objects: Record<string, string> = {};
  for (const [tag, value] of entries(input, "objects")) {
    if (!/^([0-9a-f]{2}){1,3}$/.test(tag)) throw invalid("objects");
    objects[tag] = hex(value, `objects.${tag}`);
  }
  return objects;
}

function object<Name extends string>(
  input: unknown,
  name: string,
  allowed: readonly Name[],
): { readonly [Key in Name]?: unknown } {
  const given = new Map(entries(input, name));
  const fields: { [Key in Name]?: unknown } = {};
  for (const key of allowed) {
    if (given.has(key)) fields[key] = given.get(key);
    given.delete(key);
  }
  if (given.size > 0) throw invalid(name);
  return fields;
}

function entries(input: unknown, name: string): readonly (readonly [string, unknown])[] {
  if (typeof input !== "object" || input === null || Array.isArray(input)) throw invalid(name);
  return Object.entries(input);
}

function text(input: unknown, name: string, form: RegExp): string {
  if (typeof input !== "string" || !form.test(input)) throw invalid(name);
  return input;
}

function hex(input: unknown, name: string, byteCount?: number): string {
  const value = text(input, name, /^([0-9a-f]{2})*$/);
  if (byteCount !== undefined && value.length !== byteCount * 2) throw invalid(name);
  return value;
}

function count(input: unknown, name: string, range: readonly [number, number]): number {
  const [least, most] = range;
  if (typeof input !== "number" || !Number.isInteger(input) || input < least || input > most)
    throw invalid(name);
  return input;
}

function flag(input: unknown, name: string): boolean {
  if (typeof input !== "boolean") throw invalid(name);
  return input;
}

function oneOf<Value extends string>(
  input: unknown,
  name: string,
  values: readonly Value[],
): Value {
  const found = values.find((value) => value === input);
  if (found === undefined) throw invalid(name);
  return found;
}

function invalid(name: string): VirtualCardError {
  return new VirtualCardError("virtual-card/state_invalid", `A stored card has a bad ${name}.`);
}
