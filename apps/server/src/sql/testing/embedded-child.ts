import { writeSync } from "node:fs";
import { Pool } from "pg";
import { openEmbedded } from "../embedded/open-embedded.ts";
import { DatabaseError } from "../errors.ts";

/**
 * A process of its own for the tests: opens the embedded database at its first argument and commits rows
 * until it is killed, writing each number to standard output once it was acknowledged; or writes why
 * it could not open.
 */
try {
  await commitForEver(process.argv[2] ?? "");
} catch (error) {
  writeSync(1, `${error instanceof DatabaseError ? error.code : error}\n`);
  process.exitCode = 1;
}

async function commitForEver(directory: string): Promise<never> {
  const onDeath = (error: DatabaseError) => {
    throw error;
  };
  const database = await openEmbedded(directory, { onDeath, checkpointMs: 50 });
  const pool = new Pool({
    stream: database.stream,
    max: 1,
    user: "postgres",
    database: "postgres",
  });
  await pool.query("create table if not exists ledger (id integer primary key, payload text)");
  for (;;) {
    const { rows } = await pool.query(
      `insert into ledger select coalesce(max(id), 0) + 1, repeat('x', 700) from ledger returning id`,
    );
    writeSync(1, `${rows[0].id}\n`);
  }
}
