import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase, openKeyFile, openStore } from "@lanyard/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningDemo, startDemo } from "./demo.ts";
import { type DemoOptions, readOptions } from "./options.ts";
import { DEMO_PEOPLE, type DemoPerson } from "./people.ts";
import { settleWorld } from "./world.ts";

const BUDGET_MS = 180_000;
const QUIET = { LANYARD_LOG: "silent" };

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "lanyard-demo-"));
});
afterAll(() => rm(scratch, { recursive: true }));

function optionsFor(data: string, change: Partial<DemoOptions> = {}): DemoOptions {
  return {
    data,
    port: 0,
    agentPort: 0,
    trayPort: 0,
    pcsc: false,
    vpcdPort: 0,
    readers: 2,
    ...change,
  };
}

function isListening(url: string): Promise<boolean> {
  const { port } = new URL(url);
  return new Promise((done) => {
    const socket = connect(Number(port), "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => done(false));
  });
}

async function passcodesAt(demo: RunningDemo): Promise<Readonly<Record<string, unknown>>> {
  const state: { groups: { cards: { serial: string; passcode: string }[] }[] } = JSON.parse(
    await (await fetch(new URL("state", demo.tray))).text(),
  );
  const cards = state.groups.flatMap((group) => group.cards);
  return Object.fromEntries(cards.map(({ serial, passcode }) => [serial, passcode]));
}

describe("a data directory", () => {
  test(
    "half made is made anew; whole, it is the same world after a restart",
    async () => {
      const data = join(scratch, "half");
      await mkdir(data);
      await writeFile(join(data, "made-by-lanyard-demo"), "");
      await writeFile(join(data, "master-keys.json"), "half a file");
      await mkdir(join(data, "cards"));
      await writeFile(join(data, "cards", "00000000.json"), "{");
      await writeFile(join(data, "letter.txt"), "Dear Grace");

      const first = await startDemo(optionsFor(data), QUIET);
      expect(existsSync(join(data, "cards", "00000000.json"))).toBe(false);
      expect(await readFile(join(data, "letter.txt"), "utf8")).toBe("Dear Grace");
      const before = await passcodesAt(first);
      expect(Object.keys(before)).toHaveLength(DEMO_PEOPLE.flatMap(({ cards }) => cards).length);
      expect((await fetch(first.portal)).status).toBe(200);
      const keys = await readFile(join(data, "master-keys.json"), "utf8");
      const insert = await fetch(new URL("readers/1/insert", first.tray), {
        method: "POST",
        body: new URLSearchParams({ serial: "98210046" }),
        redirect: "manual",
      });
      expect(insert.status).toBe(303);
      await expect(startDemo(optionsFor(data), QUIET)).rejects.toMatchObject({
        code: "database/in_use",
      });
      expect(await passcodesAt(first)).toEqual(before);
      await first.close();
      await first.close();
      expect(await isListening(first.portal)).toBe(false);
      expect(await isListening(first.tray)).toBe(false);

      const told: string[] = [];
      const second = await startDemo(optionsFor(data), QUIET, (text) => told.push(text));
      expect(told).toEqual([]);
      expect(await passcodesAt(second)).toEqual(before);
      expect(await readFile(join(data, "master-keys.json"), "utf8")).toBe(keys);
      await second.close();
      await second.close();
      expect(await isListening(second.portal)).toBe(false);

      await expectNothingLeftWhenThePortIsTaken(data);
      await expectRefusedWithAnotherDatabase(data);
    },
    BUDGET_MS,
  );

  test("with something else in it is refused, and nothing in it is touched", async () => {
    const data = join(scratch, "foreign");
    await mkdir(data);
    await writeFile(join(data, "letter.txt"), "Dear Grace");
    const refused = startDemo(optionsFor(data), QUIET);
    await expect(refused).rejects.toMatchObject({ code: "cli/environment" });
    await expect(refused).rejects.toThrow(/--data FOLDER/);
    expect(await readFile(join(data, "letter.txt"), "utf8")).toBe("Dear Grace");
    expect(existsSync(join(data, "made-by-lanyard-demo"))).toBe(false);
  });
});

describe("the command line", () => {
  test.each([
    ["--port", "x"],
    ["--port", "65536"],
    ["--readers", "0"],
    ["--readers", "4"],
    ["--prot", "3000"],
    ["--data"],
    ["here"],
  ])("%s %s is a mistake that is told, with the exit code for it", (...words) => {
    const given = words.filter((word) => word !== undefined);
    expect(() => readOptions(given)).toThrow(expect.objectContaining({ code: "cli/usage" }));
  });

  test("says ports, folder and readers; the rest has its usual value", () => {
    expect(readOptions(["--port", "0", "--data", "there", "--readers", "3", "--json"])).toEqual({
      options: {
        ...{ data: "there", port: 0, agentPort: 24_738, trayPort: 24_739 },
        ...{ pcsc: false, vpcdPort: 35_963, readers: 3 },
      },
      json: true,
    });
  });
});

/** As when DATABASE_URL was set at the first start and is not now, or the other way round. */
async function expectRefusedWithAnotherDatabase(directory: string): Promise<void> {
  const fail = (error: Error) => {
    throw error;
  };
  const events = { onDeath: fail, onIdleError: fail };
  const store = openStore(await openDatabase({ dataDir: join(directory, "db") }, events));
  try {
    const secrets = await openKeyFile(join(directory, "master-keys.json"));
    const settle = (isNew: boolean, people: readonly DemoPerson[]) =>
      settleWorld(
        { isNew, leave: () => undefined },
        { directory, store, secrets, now: new Date(), people },
      );
    const strangers = DEMO_PEOPLE.map((person) => ({ ...person, careId: "999999999999" }));
    await expect(settle(false, strangers)).rejects.toThrow(/in another database/);
    await expect(settle(true, DEMO_PEOPLE)).rejects.toThrow(/holds a demo already/);
    await settle(false, DEMO_PEOPLE);
  } finally {
    await store.close();
  }
}

/** The tray comes last: when it cannot open, all that was started before it must be closed again. */
async function expectNothingLeftWhenThePortIsTaken(data: string): Promise<void> {
  const taken = createServer();
  await new Promise<void>((done) => taken.listen(0, "127.0.0.1", done));
  const address = taken.address();
  const trayPort = typeof address === "object" && address !== null ? address.port : 0;
  const port = await portOnce();
  const options = optionsFor(data, { trayPort, port });
  await expect(startDemo(options, QUIET)).rejects.toMatchObject({ code: "EADDRINUSE" });
  expect(await isListening(`http://127.0.0.1:${port}`)).toBe(false);
  await new Promise((done) => taken.close(done));
  const again = await startDemo({ ...options, trayPort: 0 }, QUIET);
  await again.close();
}

function portOnce(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => done(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
