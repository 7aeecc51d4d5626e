import { PassThrough } from "node:stream";
import { asciiText } from "@lanyard/bytes";
import { expect, test } from "vitest";
import { openSecrets } from "./secrets.ts";

/** A terminal: what is typed goes in, what a person sees comes out. */
function terminal() {
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => modes.push(isRaw),
  });
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const run = { options: {}, words: [], terminal: { input, output, errors }, env: {} };
  return { input, errors, modes, secrets: openSecrets(run) };
}

test("what is typed is not shown, the erase key works, and raw mode is left again", async () => {
  const { input, errors, modes, secrets } = terminal();
  const asked = secrets.ask("Passcode");
  for (const keys of ["4829", "18", "\x7f", "7", "\r"]) input.write(keys);
  expect(asciiText((await asked).reveal())).toBe("482917");
  expect(`${errors.read()}`).toBe("Passcode: \n");
  expect(modes).toEqual([true, false]);
});

test("erasing takes a whole character, and no more than there is", async () => {
  const { input, secrets } = terminal();
  const asked = secrets.ask("Passcode");
  input.write("\x08\x08é€\x7f\x7f\x7fk7m4\n");
  expect(asciiText((await asked).reveal())).toBe("k7m4");
});

test("a paste of several lines answers several questions", async () => {
  const { input, secrets } = terminal();
  input.write("482917\rplum83\r");
  expect(asciiText((await secrets.ask("Old")).reveal())).toBe("482917");
  expect(asciiText((await secrets.ask("New")).reveal())).toBe("plum83");
});

test.each(["\x03", "\x04"])("giving up with %j does nothing and leaves raw mode", async (key) => {
  const { input, modes, secrets } = terminal();
  const asked = secrets.ask("Passcode");
  input.write(`48${key}`);
  await expect(asked).rejects.toMatchObject({ code: "cli/refused" });
  expect(modes).toEqual([true, false]);
});

test("a terminal that goes away is giving up", async () => {
  const { input, secrets } = terminal();
  const asked = secrets.ask("Passcode");
  input.end("48");
  await expect(asked).rejects.toMatchObject({ code: "cli/refused" });
});
