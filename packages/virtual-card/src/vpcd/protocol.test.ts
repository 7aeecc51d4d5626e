import { concatBytes, fromHex, toHex } from "@lanyard/bytes";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createVpcdDecoder, encodeVpcdFrame, type VpcdRequest } from "./protocol.ts";

test.each([
  ["000100", { kind: "power_off" }],
  ["000101", { kind: "power_on" }],
  ["000102", { kind: "reset" }],
  ["000104", { kind: "get_atr" }],
  ["000103", { kind: "apdu", apdu: fromHex("03") }],
  ["0000", { kind: "apdu", apdu: fromHex("") }],
  ["000400200080", { kind: "apdu", apdu: fromHex("00200080") }],
] as const)("[VPCD] %s", (frame, request) => {
  expect(createVpcdDecoder().push(fromHex(frame))).toEqual([request]);
});

test("[VPCD] a frame is its length in two bytes, then its payload", () => {
  expect(toHex(encodeVpcdFrame(fromHex("9000")))).toBe("00029000");
  expect(toHex(encodeVpcdFrame(new Uint8Array(300))).slice(0, 4)).toBe("012c");
});

test("[VPCD] frames come out whole and in order, however the stream is cut", () => {
  const apdus = fc.array(fc.uint8Array({ minLength: 2, maxLength: 300 }), { maxLength: 6 });
  const cuts = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(apdus, cuts, (sent, sizes) => {
      const stream = concatBytes(...sent.map(encodeVpcdFrame));
      const decoder = createVpcdDecoder();
      const got: VpcdRequest[] = [];
      for (let offset = 0, turn = 0; offset < stream.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        got.push(...decoder.push(stream.subarray(offset, offset + size)));
        offset += size;
      }
      expect(got).toEqual(sent.map((apdu) => ({ kind: "apdu", apdu })));
    }),
  );
});

test("[VPCD] what was decoded does not change with the buffer it came in", () => {
  const chunk = fromHex("000400200080");
  const [request] = createVpcdDecoder().push(chunk);
  chunk.fill(0);
  expect(request).toEqual({ kind: "apdu", apdu: fromHex("00200080") });
});
