import type { Logger } from "../log.ts";
import type { OpenDatabase } from "../sql/connection.ts";
import { createHub, type NodeBus } from "./bus.ts";
import { openPostgresBus } from "./postgres-bus.ts";

/** The bus that goes with a database: PostgreSQL's own, or none to speak of, for the embedded one has a single node. */
export async function openBus({ dial }: OpenDatabase, log: Logger): Promise<NodeBus> {
  return dial === undefined ? createHub().join() : openPostgresBus({ dial, log });
}
