import { expect, test } from "vitest";
import { isServiceLost, PcscError, pcscError } from "./return-codes.ts";

test("[PCSC] a return code has its name whether LONG is 32 bits and signed or 64 bits", () => {
  expect(pcscError(0x80100069, "SCardTransmit")).toMatchObject({
    code: "pcsc/removed_card",
    returnCode: 0x80100069,
  });
  expect(pcscError(0x80100069 | 0, "SCardTransmit")).toMatchObject({
    code: "pcsc/removed_card",
    returnCode: 0x80100069,
  });
});

test("a code that is not in the table is told as a number, never guessed", () => {
  const error = pcscError(0x80100001, "SCardConnect");
  expect(error.code).toBe("pcsc/failed");
  expect(error.message).toBe("SCardConnect returned 0x80100001.");
});

test("a stopped service, a restarted one and a missing library want a new context; a missing card does not", () => {
  for (const returnCode of [0x8010001d, 0x8010001e, 0x80100013, 0x80100003])
    expect(isServiceLost(pcscError(returnCode, "SCardListReaders"))).toBe(true);
  expect(isServiceLost(new PcscError("pcsc/no_library", "none"))).toBe(true);
  expect(isServiceLost(pcscError(0x80100069, "SCardTransmit"))).toBe(false);
  expect(isServiceLost(new Error("another"))).toBe(false);
});
