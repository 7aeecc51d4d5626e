import { describe, expect, test } from "vitest";
import { formatEnvelope, parseEnvelope } from "./envelope.ts";
import { LEASH_MAX_BYTES } from "./leash.ts";

describe("the outer form of a leash message", () => {
  test.each([
    { id: 0, call: "claim", body: { visit: "v" } },
    { replyTo: 7, body: {} },
    { replyTo: 7, refused: { code: "visit_taken", message: "No." } },
  ])("comes back as it was sent: %j", (message) => {
    expect(parseEnvelope(formatEnvelope(message))).toEqual(message);
  });

  test.each([
    "",
    "nonsense",
    "null",
    "[]",
    '"text"',
    "{}",
    '{"id":1}',
    '{"id":-1,"call":"claim","body":{}}',
    '{"id":1.5,"call":"claim","body":{}}',
    '{"id":"1","call":"claim","body":{}}',
    '{"replyTo":-1,"body":{}}',
    '{"replyTo":1,"refused":{"code":5,"message":"x"}}',
    `{"id":1,"call":"${"c".repeat(41)}","body":{}}`,
    `{"replyTo":1,"refused":{"code":"${"c".repeat(61)}","message":"x"}}`,
    `{"replyTo":1,"refused":{"code":"c","message":"${"m".repeat(401)}"}}`,
  ])("is refused: %s", (text) => {
    const attempt = () => parseEnvelope(text);
    expect(attempt).toThrowError(expect.objectContaining({ code: "wire/not_a_message" }));
  });

  test("a refusal says nothing of the message", () => {
    expect(() => parseEnvelope('{"secret":"hunter2"}')).toThrow(/^((?!hunter2).)*$/);
    expect(() => parseEnvelope("hunter2")).toThrow(/^((?!hunter2).)*$/);
  });

  test("as long as a message may be, and one more", () => {
    const frame = JSON.stringify({ id: 1, call: "claim", body: "" });
    const longest = JSON.stringify({
      id: 1,
      call: "claim",
      body: "x".repeat(LEASH_MAX_BYTES - frame.length),
    });
    expect(longest).toHaveLength(LEASH_MAX_BYTES);
    expect(parseEnvelope(longest)).toMatchObject({ id: 1 });
    expect(() => parseEnvelope(`${longest} `)).toThrowError(
      expect.objectContaining({ code: "wire/too_large" }),
    );
  });
});
