// The reference of `bench/server-cpu.ts`, as a process of its own: signatures verified with a cached key, and one row
// committed. Told over IPC how many times; says when it is done.
import { createHash, generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";
import { Pool } from "pg";

const [url = "", signatures = "1"] = process.argv.slice(2);
const pool = new Pool({ connectionString: url, max: 8 });
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const message = randomBytes(64);
const signature = sign("sha256", message, { key: privateKey, dsaEncoding: "ieee-p1363" });

async function once(): Promise<void> {
  for (let count = 0; count < Number(signatures); count += 1)
    if (!verify("sha256", message, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature))
      throw new Error("The reference signature is bad.");
  const leaf = createHash("sha256").update(message).digest();
  await pool.query("insert into bench_row (leaf) values ($1)", [leaf]);
}

await pool.query("create table if not exists bench_row (id bigserial primary key, leaf bytea)");
process.on("message", async ({ times, width }: { times: number; width: number }) => {
  let left = times;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await once();
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  process.send?.("done");
});
process.on("disconnect", () => void pool.end());
process.send?.("ready");
