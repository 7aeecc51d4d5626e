import { readFile } from "node:fs/promises";
import type { HolderTokens } from "@lanyard/identity";
import { z } from "zod";
import { CliError } from "../errors.ts";

const texts = z.array(z.string());

const holder = z.object({
  names: texts,
  dob: z.iso.date({ error: "must be a date, as YYYY-MM-DD" }).nullable(),
  numbers: texts,
  codes: texts,
});

/**
 * Reads what a holder must not choose. A mistake is named by its place in the file, never by its value.
 *
 * @throws {CliError} `cli/usage`
 */
export async function readHolderFile(path: string): Promise<HolderTokens> {
  const parsed = holder.safeParse(parseJson(await readText(path)));
  if (parsed.success) return { ...parsed.data, dob: parsed.data.dob ?? undefined };
  const mistakes = parsed.error.issues.map(
    ({ path: place, message }) =>
      `  ${place.length > 0 ? place.join(".") : "the file"}: ${message}`,
  );
  throw new CliError(
    "cli/usage",
    `The holder file is not as it should be:\n${mistakes.join("\n")}`,
  );
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new CliError("cli/usage", `The holder file cannot be read: ${path}`, { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the file, which is personal: it goes no further.
    throw new CliError("cli/usage", "The holder file is not JSON.");
  }
}
