import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { openDatabase, openStore } from "@lanyard/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../main.ts";

const fail = (error: Error): never => {
  throw error;
};

describe("the books of desks, at the server's command line", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "lanyard-desks-"));
    await inDatabase(async (store) => {
      await store.transaction(async ({ people, desks }) => {
        await people.addOrganisation({ code: "RX1", name: "Trust", parentCode: undefined });
        await desks.add({
          ...{ id: "desk-1", name: "Ward 7", keyHash: "00", key: new Uint8Array([1]) },
          ...{ organisationCode: "RX1", enrolledHow: "code", enrolledBy: undefined },
          ...{ enrolledAt: new Date(), lastSeenAt: undefined, revokedAt: undefined },
        });
      });
    });
  }, 60_000);
  afterAll(() => rm(directory, { recursive: true, force: true }));

  async function inDatabase<Result>(
    work: (store: ReturnType<typeof openStore>) => Promise<Result>,
  ): Promise<Result> {
    const events = { onDeath: fail, onIdleError: fail };
    const store = openStore(await openDatabase({ dataDir: join(directory, "db") }, events));
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  }

  async function lanyard(...words: string[]) {
    const [output, errors] = [new PassThrough(), new PassThrough()];
    const terminal = { input: new PassThrough().end(), output, errors };
    const exitCode = await main(words, { terminal, env: { LANYARD_DATA: directory } });
    return { exitCode, said: `${output.read() ?? ""}`, complained: `${errors.read() ?? ""}` };
  }

  test("add: the code alone on standard output; no row and no entry has it", async () => {
    const name = ["--name", " Front\tdesk "];
    const { exitCode, said } = await lanyard("desks", "add", "--organisation", "RX1", ...name);
    expect([exitCode, said]).toEqual([
      0,
      expect.stringMatching(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}\n$/),
    ]);
    const symbols = said.trim().replaceAll("-", "");
    await inDatabase((store) =>
      store.transaction(async ({ enrolments, audit }) => {
        const code = await enrolments.lockCode(symbols.slice(0, 2));
        expect(code).toMatchObject({ deskName: "Front desk", madeBy: undefined, triesLeft: 5 });
        const [entry] = (await audit.read(0, 10)).map(({ leaf }) => Buffer.from(leaf).toString());
        expect(entry).toContain('"action":"desk.code_made"');
        expect(`${entry}${JSON.stringify(code)}`).not.toContain(symbols.slice(2));
      }),
    );
  });

  test("list, revoke, list: shut out once, on record", async () => {
    expect((await lanyard("desks", "list")).said).toBe("desk-1  known    RX1  Ward 7\n");
    expect(await lanyard("desks", "revoke", "--desk", "desk-1")).toMatchObject({ exitCode: 0 });
    expect((await lanyard("desks", "revoke", "--desk", "desk-1")).complained).toContain("already");
    expect((await lanyard("desks", "list")).said).toBe("desk-1  revoked  RX1  Ward 7\n");
    const leaves = await inDatabase((store) =>
      store.transaction(async ({ audit }) => audit.read(0, 100)),
    );
    const revoked = leaves.filter(({ leaf }) => Buffer.from(leaf).includes("desk.revoked"));
    expect(revoked).toHaveLength(1);
  });

  test.each([
    [["add"], 2, "--organisation CODE"],
    [["add", "--organisation", "nowhere"], 1, "no organisation"],
    [["revoke"], 2, "--desk ID"],
    [["revoke", "--desk", "nowhere"], 1, "no desk"],
  ])("%j", async (words, code, complaint) => {
    const { exitCode, complained } = await lanyard("desks", ...words);
    expect([exitCode, complained]).toEqual([code, expect.stringContaining(complaint)]);
  });
});
