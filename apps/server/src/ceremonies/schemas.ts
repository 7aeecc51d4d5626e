import { z } from "zod";

/** One of a table's keys: the table stays the one list of them. */
export function oneOf<Key extends string>(table: Readonly<Record<Key, unknown>>) {
  return z.custom<Key>((value) => typeof value === "string" && Object.hasOwn(table, value));
}
