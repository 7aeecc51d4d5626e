import { fromHex, toHex } from "@lanyard/bytes";
import { expect, test } from "vitest";
import { createApduChannel } from "./channel.ts";
import type { CommandApdu } from "./command-apdu.ts";

test("[7816-4 §5.3.3] a chain is one command; its parts are answered 9000 and run nothing", async () => {
  const { send, ran } = channel();
  expect(await send("10db3fff02aabb")).toBe("9000");
  expect(ran).toEqual([]);
  expect(await send("00db3fff01cc")).toBe("9000");
  expect(ran).toEqual(["db aabbcc"]);
});

test("[7816-4 §5.3.3] another command in the middle drops the chain and stands for itself", async () => {
  const { send, ran } = channel();
  await send("10db3fff02aabb");
  await send("00cb3fff01dd");
  await send("00db3fff01cc");
  expect(ran).toEqual(["cb dd", "db cc"]);
});

test("[PIV-2 §3] VERIFY cannot be chained: 6884, and nothing runs", async () => {
  const { send, ran } = channel();
  expect(await send("100020800431323334")).toBe("6884");
  expect(await send("1020008008ffffffffffffffff")).toBe("6884");
  expect(ran).toEqual([]);
});

test("[7816-4 §5.3.3] a chain without end is refused with 6a84 and forgotten", async () => {
  const { send, ran } = channel();
  const part = `10db3fffff${"00".repeat(255)}`;
  const answers: string[] = [];
  for (let parts = 0; parts < 65; parts += 1) answers.push(await send(part));
  expect(answers.at(-1)).toBe("6a84");
  await send("00db3fff01cc");
  expect(ran).toEqual(["db cc"]);
});

test("[7816-4 §5.3.4] what does not fit Le waits for GET RESPONSE, and only for it", async () => {
  const { send } = channel(300);
  expect(await send("00cb3fff01dd00")).toHaveLength(256 * 2 + 4);
  expect(await send("00c0000010")).toMatch(/^(00){16}611c$/);
  expect(await send("00c000001c")).toMatch(/^(00){28}9000$/);
  expect(await send("00c0000000")).toBe("6985");
  await send("00cb3fff01dd08");
  await send("10db3fff0100");
  expect(await send("00c0000000")).toBe("6985");
});

test("[7816-4 §5.3.4] 6100 says that 256 bytes or more wait", async () => {
  const { send } = channel(600);
  expect((await send("00cb3fff01dd00")).slice(-4)).toBe("6100");
});

test("a command without Le gets its data at once, as yubico-piv-tool expects", async () => {
  const { send } = channel(20);
  expect(await send("00cb3fff01dd")).toMatch(/^(00){20}9000$/);
});

test("[7816-4 §5.1] 6700 for no command, and for an extended one on a card without", async () => {
  const { send, ran } = channel(0, false);
  expect(await send("")).toBe("6700");
  expect(await send("0020")).toBe("6700");
  expect(await send("00cb3fff0000035c017e0000")).toBe("6700");
  expect(ran).toEqual([]);
});

test.each(["0c", "80", "01", "20"])("[7816-4 §5.4.1] class %s: 6e00", async (cla) => {
  const { send, ran } = channel();
  expect(await send(`${cla}200080`)).toBe("6e00");
  expect(ran).toEqual([]);
});

function channel(answerBytes = 0, extendedLength = true) {
  const ran: string[] = [];
  const { transmit } = createApduChannel({
    extendedLength,
    async execute({ ins, data }: CommandApdu) {
      ran.push(`${ins.toString(16)} ${toHex(data)}`);
      return { statusWord: 0x9000, data: new Uint8Array(answerBytes) };
    },
  });
  const send = async (hex: string) => toHex(await transmit(fromHex(hex)));
  return { send, ran };
}
