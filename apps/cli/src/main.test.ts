import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "./commands.ts";
import { EXIT } from "./exit-codes.ts";
import { main } from "./main.ts";

async function lanyard(...words: string[]) {
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const terminal = { input: new PassThrough().end(), output, errors };
  const exitCode = await main(words, { terminal, env: {} });
  return { exitCode, said: `${output.read() ?? ""}`, complained: `${errors.read() ?? ""}` };
}

describe("help teaches", () => {
  test("all of it: every command, every exit code", async () => {
    for (const words of [["--help"], ["-h"], ["help"]]) {
      const { exitCode, said } = await lanyard(...words);
      expect(exitCode).toBe(0);
      for (const { name, summary } of COMMANDS)
        expect(said).toMatch(new RegExp(`lanyard ${name} +${summary.slice(0, 30)}`));
      for (const { meaning } of Object.values(EXIT)) expect(said).toContain(meaning);
    }
  });

  test("a group: its commands and no others", async () => {
    const { exitCode, said } = await lanyard("card", "--help");
    expect(exitCode).toBe(0);
    expect(said).toContain("lanyard card unblock");
    expect(said).not.toContain("lanyard passcode check");
  });

  test.each(COMMANDS.map((command) => [command.name, command] as const))(
    "%s: usage, what it does, options, an example, exit codes",
    async (name, command) => {
      const { exitCode, said } = await lanyard(...name.split(" "), "--help");
      expect(exitCode).toBe(0);
      expect(said).toContain(`Usage: lanyard ${name}`);
      expect(said).toContain(command.about[0]);
      for (const option of Object.keys(command.options)) expect(said).toContain(`--${option}`);
      expect(command.examples.length).toBeGreaterThan(0);
      for (const example of command.examples) expect(said).toContain(`  ${example}`);
      for (const exit of command.exits) expect(said).toContain(`${EXIT[exit].code}`);
      expect(await lanyard("help", ...name.split(" "))).toMatchObject({ exitCode: 0, said });
    },
  );

  test("no line is wider than a terminal of 120 columns", async () => {
    for (const { name } of COMMANDS) {
      const { said } = await lanyard(...name.split(" "), "--help");
      for (const line of said.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
    }
  });
});

describe("mistakes end with exit code 2, say what is wrong and repeat no value", () => {
  test.each([
    [[], "Commands"],
    [["card"], "lanyard card status"],
    [["frobnicate"], "no such command"],
    [["card", "frobnicate"], "no such command"],
    [["card", "verify", "--pin", "482917"], "no option --pin"],
    [["card", "verify", "--pin=482917"], "no option --pin"],
    [["card", "verify", "482917"], "Usage: lanyard card verify"],
    [["card", "status", "--reader"], "Usage: lanyard card status"],
    [["card", "serve"], "--state FILE"],
    [["card", "serve", "--state", "x", "--port", "65536"], "--port"],
    [
      ["passcode", "check", "--policy", "secret-7294"],
      "--policy is one of: care-4-8, care-6-8-digits",
    ],
    [["passcode", "check", "--card", "x"], "--card is one of"],
    [["doctor", "--port", "0"], "--port is a number"],
    [["doctor", "--server", "care.example"], "--server is an address"],
    [["demo", "--frobnicate"], "Unknown option"],
  ])("%j", async (words, complaint) => {
    const { exitCode, said, complained } = await lanyard(...words);
    expect({ exitCode, said }).toEqual({ exitCode: 2, said: "" });
    expect(complained).toContain(complaint);
    expect(complained).not.toMatch(/482917|secret-7294/);
  });

  test("a card command without a terminal and without --stdin says so before it looks for a card", async () => {
    for (const command of ["verify", "change", "unblock"]) {
      const { exitCode, complained } = await lanyard("card", command);
      expect(exitCode).toBe(2);
      expect(complained).toContain("--stdin");
    }
  });
});
