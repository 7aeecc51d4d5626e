import { type CareId, parseCareId } from "@lanyard/identity";
import type { z } from "zod";
import { StoreError } from "./errors.ts";

/** @throws {StoreError} `store/row_malformed` */
export function careIdOf(text: string): CareId {
  const careId = parseCareId(text);
  if (careId === undefined) throw malformed("care id");
  return careId;
}

/**
 * Reads a column that only takes a few words, or JSON, by its schema.
 *
 * @throws {StoreError} `store/row_malformed`
 */
export function read<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw malformed(what);
  return parsed.data;
}

export function malformed(what: string): StoreError {
  return new StoreError("store/row_malformed", `A stored ${what} is not what was written.`);
}

/** SQL's null as the domain's undefined. */
export function known<Value>(value: Value | null): Value | undefined {
  return value ?? undefined;
}
