import {
  type CardPasscodeRule,
  effectivePolicy,
  type HolderTokens,
  type PasscodePolicy,
  type PasscodeVerdict,
  parseSitePolicyName,
  passcodeChecker,
  SITE_POLICIES,
  SITE_POLICY_NAMES,
} from "@lanyard/identity";
import { type CommandRun, type OptionValues, textOption } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { note, say } from "../terminal.ts";
import { readHolderFile } from "./holder-file.ts";
import { linesOf } from "./lines.ts";

const NOTHING_KNOWN: HolderTokens = { names: [], dob: undefined, numbers: [], codes: [] };
const CARD_RULES: readonly CardPasscodeRule[] = ["alphanumeric-4-8", "digits-6-8"];

/** `passcode check`: one verdict a line, for each line of standard input. */
export async function run({ options, terminal }: CommandRun): Promise<number> {
  const policy = policyFrom(options);
  const file = textOption(options, "holder");
  const holder = file === undefined ? NOTHING_KNOWN : await readHolderFile(file);
  const check = passcodeChecker(policy, holder);
  if (terminal.input.isTTY)
    note(terminal, "Type passcodes, one a line. They show as you type; Ctrl-D ends.");
  for await (const passcode of linesOf(terminal.input)) {
    const verdict = check(passcode);
    passcode.fill(0);
    say(terminal, verdictLine(verdict));
  }
  return EXIT.ok.code;
}

function verdictLine(verdict: PasscodeVerdict): string {
  return verdict.ok ? "accept" : `reject ${verdict.code}`;
}

function policyFrom(options: OptionValues): PasscodePolicy {
  const name = parseSitePolicyName(textOption(options, "policy") ?? "care-4-8");
  if (name === undefined)
    throw new CliError("cli/usage", `--policy is one of: ${SITE_POLICY_NAMES.join(", ")}.`);
  const card = textOption(options, "card");
  const rule = CARD_RULES.find((known) => known === card);
  if (card !== undefined && rule === undefined)
    throw new CliError("cli/usage", `--card is one of: ${CARD_RULES.join(", ")}.`);
  const site = SITE_POLICIES[name];
  return rule === undefined ? site : effectivePolicy(site, rule);
}
