import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** An invented person. */
const MARIA = {
  names: ["Maria", "Okafor", "mokafor"],
  dob: "1984-03-17",
  numbers: ["555083916274", "07700 900142", "98261750"],
  codes: ["RX1"],
};

// biome-ignore format: passcode and verdict, side by side
const CARE_4_8: readonly (readonly [passcode: string, verdict: string])[] = [
  ["",          "reject TOO_SHORT"], ["482913650", "reject TOO_LONG"],  ["k7m!",     "reject BAD_CHAR"],
  ["８３０５",    "reject BAD_CHAR"],  ["12 34",     "reject BAD_CHAR"],  ["1234",     "reject SEQUENCE"],
  ["7890",      "reject SEQUENCE"],  ["1122",      "reject SEQUENCE"],  ["ABC123",   "reject SEQUENCE"],
  ["12345a",    "reject SEQUENCE"],  ["111111",    "reject REPEAT"],    ["123123",   "reject REPEAT"],
  ["100010",    "reject REPEAT"],    ["asdf1",     "reject KEYBOARD"],  ["2580",     "reject KEYBOARD"],
  ["1q2w3e4r",  "reject KEYBOARD"],  ["password",  "reject COMMON"],    ["letmein1", "reject CONTEXT"],
  ["nhs2025",   "reject CONTEXT"],   ["dr4g0n",    "reject COMMON"],    ["2001",     "reject DATE"],
  ["31121999",  "reject DATE"],      ["170384",    "reject PERSONAL"],  ["maria84",  "reject PERSONAL"],
  ["6274",      "reject PERSONAL"],  ["rx12024",   "reject PERSONAL"],  ["7294",     "accept"],
  ["k7m4",      "accept"],           ["582931",    "accept"],           ["40718263", "accept"],
  ["Blue7Kx2",  "accept"],           ["harbour7",  "accept"],           ["4718",     "accept"],
  ["73916",     "accept"],           ["plum83",    "accept"],
];

let folder: string;
let holder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lanyard-passcode-"));
  holder = join(folder, "maria.json");
  await writeFile(holder, JSON.stringify(MARIA));
});
afterAll(() => rm(folder, { recursive: true }));

const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

/** The command in a process of its own, as a shell starts it. */
function check(input: string | Uint8Array, ...words: string[]) {
  const start = `import { main } from ${JSON.stringify(MAIN)};
    process.exitCode = await main(${JSON.stringify(["passcode", "check", ...words])});`;
  const child = spawn(process.execPath, [
    ...["--conditions=source", "--import", TSX, "--input-type=module", "--eval", start],
  ]);
  let [said, complained] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complained += text;
  });
  child.stdin.on("error", () => undefined).end(input);
  return new Promise<{ exitCode: number | null; said: string; complained: string }>((resolve) => {
    child.on("close", (exitCode) => resolve({ exitCode, said, complained }));
  });
}

test("care-4-8, end to end: one verdict a line, in order", async () => {
  const input = CARE_4_8.map(([passcode]) => `${passcode}\n`).join("");
  const { exitCode, said, complained } = await check(
    input,
    "--policy",
    "care-4-8",
    "--holder",
    holder,
  );
  expect(said.split("\n")).toEqual([...CARE_4_8.map(([, verdict]) => verdict), ""]);
  expect({ exitCode, complained }).toEqual({ exitCode: 0, complained: "" });
});

test("care-6-8-digits: shorter is too short, a letter is a bad character", async () => {
  const { said } = await check(
    "7294\nk7m!\nplum83\n582931\n170384\n",
    "--policy=care-6-8-digits",
    "--holder",
    holder,
  );
  expect(said).toBe(
    "reject TOO_SHORT\nreject TOO_SHORT\nreject BAD_CHAR\naccept\nreject PERSONAL\n",
  );
});

test("the card narrows the policy", async () => {
  const { said } = await check("7294\n582931\n", "--card", "digits-6-8");
  expect(said).toBe("reject TOO_SHORT\naccept\n");
});

describe("lines are bytes", () => {
  test.each([
    ["no input, no verdict", "", ""],
    ["an empty line is an empty passcode", "\n\n", "reject TOO_SHORT\nreject TOO_SHORT\n"],
    ["the last line needs no end", "7294\nk7m4", "accept\naccept\n"],
    [
      "CR LF ends a line; a second CR belongs to it",
      "7294\r\n7294\r\r\n",
      "accept\nreject BAD_CHAR\n",
    ],
    ["space is not trimmed", " 7294\n", "reject BAD_CHAR\n"],
    ["a NUL is a character", "k7m4\0\n", "reject BAD_CHAR\n"],
  ])("%s", async (_, input, expected) => {
    expect(await check(input)).toEqual({ exitCode: 0, said: expected, complained: "" });
  });

  test("bytes that are no UTF-8 are refused, each counted", async () => {
    const input = new Uint8Array([0xff, 0xfe, 0xff, 0x0a, 0xff, 0xfe, 0xff, 0x41]);
    expect((await check(input)).said).toBe("reject TOO_SHORT\nreject BAD_CHAR\n");
  });

  test("a line may be as long as it likes", async () => {
    expect((await check(`${"7".repeat(300_000)}\n7294\n`)).said).toBe("reject TOO_LONG\naccept\n");
  });
});

describe("a holder file that is not as it should be ends with 2 and repeats nothing from it", () => {
  test.each([
    ["not JSON", '{"names": ["Okafor"', "not JSON"],
    ["a list", '["Okafor"]', "the file:"],
    ["no names", '{"dob": "1984-03-17", "numbers": [], "codes": []}', "names:"],
    [
      "a number among the texts",
      '{"names": ["Okafor", 7], "dob": null, "numbers": [], "codes": []}',
      "names.1:",
    ],
    [
      "another form of date",
      '{"names": ["Okafor"], "dob": "17/03/1984", "numbers": [], "codes": []}',
      "dob: must be a date, as YYYY-MM-DD",
    ],
  ])("%s", async (_, text, complaint) => {
    const file = join(folder, "broken.json");
    await writeFile(file, text);
    const { exitCode, said, complained } = await check("7294\n", "--holder", file);
    expect({ exitCode, said }).toEqual({ exitCode: 2, said: "" });
    expect(complained).toContain(complaint);
    expect(complained).not.toMatch(/Okafor|1984/);
  });

  test("no such file", async () => {
    expect(await check("", "--holder", join(folder, "none.json"))).toMatchObject({
      exitCode: 2,
      said: "",
    });
  });
});
