import { describe, expect, test } from "vitest";
import { readAgentConfig } from "./config.ts";
import { AgentError } from "./errors.ts";

describe("the agent's settings", () => {
  test("nothing set: the demo's server, the fixed port, frozen", () => {
    const config = readAgentConfig({});
    expect(config).toMatchObject({ serverOrigin: "http://localhost:3000", port: 24_738 });
    expect(Object.isFrozen(config)).toBe(true);
  });

  test.each([
    ["https://care.example", true],
    ["https://care.example:8443", true],
    ["http://localhost:3000", true],
    ["http://127.0.0.1:3000", true],
    ["http://care.example", false],
    ["http://localhost.care.example", false],
    ["https://care.example/", false],
    ["https://care.example/path", false],
    ["https://user@care.example", false],
    ["ws://localhost:3000", false],
    ["care.example", false],
  ])("server %s: accepted %s", (LANYARD_SERVER, isAccepted) => {
    const read = () => readAgentConfig({ LANYARD_SERVER });
    if (isAccepted) expect(read().serverOrigin).toBe(LANYARD_SERVER);
    else expect(read).toThrow(AgentError);
  });

  test("every mistake is told at once, by its variable's name, without what was read", () => {
    const env = {
      LANYARD_SERVER: "http://unsafe.test",
      LANYARD_AGENT_PORT: "70000",
      LANYARD_LOG: "loud",
    };
    const message = messageOf(() => readAgentConfig(env));
    for (const name of Object.keys(env)) expect(message).toContain(name);
    for (const value of Object.values(env)) expect(message).not.toContain(value);
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof AgentError && error.code === "config/wrong") return error.message;
  }
  return "";
}
