import { utf8Bytes } from "@lanyard/bytes";
import { expect, test } from "vitest";
import { enrolmentVerifier, isSignedWithCode, signWithCode } from "./enrolment-key.ts";

const CODE = "K7TQ9MBX2HRD";
const ORIGIN = "https://care.example";
const statement = utf8Bytes("this desk");

test("[RFC8032] a code's key signs, and its public half says so: for this statement, this code, this server", async () => {
  const verifier = await enrolmentVerifier(CODE, ORIGIN);
  const signature = await signWithCode(CODE, ORIGIN, statement);
  expect(verifier).toHaveLength(32);
  expect(isSignedWithCode(verifier, statement, signature)).toBe(true);
  expect(isSignedWithCode(verifier, utf8Bytes("another desk"), signature)).toBe(false);
  const otherCode = await signWithCode("K7TQ9MBX2HRE", ORIGIN, statement);
  expect(isSignedWithCode(verifier, statement, otherCode)).toBe(false);
  const otherServer = await signWithCode(CODE, "https://other.example", statement);
  expect(isSignedWithCode(verifier, statement, otherServer)).toBe(false);
});

test.each([0, 1, 63, 64, 65])(
  "a signature of %i bytes of nothing is refused, not thrown",
  async (length) => {
    const verifier = await enrolmentVerifier(CODE, ORIGIN);
    expect(isSignedWithCode(verifier, statement, new Uint8Array(length))).toBe(false);
  },
);
