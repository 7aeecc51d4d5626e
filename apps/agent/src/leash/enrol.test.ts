import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBase64 } from "@lanyard/bytes";
import { enrolmentVerifier, isSignedWithCode } from "@lanyard/crypto";
import { statements } from "@lanyard/wire";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AGENT_EXIT, enrolAgent } from "../main.ts";
import { openScriptedServer, type ScriptedServer } from "../testing/scripted-server.ts";
import { openTestDesk } from "../testing/test-desk.ts";
import { refusedDelayMs } from "./back-off.ts";

const CODE = "k7tq-9mbx-2hrd";
const SYMBOLS = "K7TQ9MBX2HRD";

describe("lanyard agent enrol", () => {
  let directory: string;
  let server: ScriptedServer;
  let told: string[];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "lanyard-enrol-"));
    server = await openScriptedServer();
    told = [];
  });
  afterEach(async () => {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  });
  const enrol = (typed: string, origin = server.origin) =>
    enrolAgent({
      env: { LANYARD_SERVER: origin, LANYARD_AGENT_DATA: directory },
      ask: async () => typed,
      tell: (text) => told.push(text),
    });

  test("what travels is the code's signature over nonce, origin and this device key; never the code", async () => {
    expect(await enrol(CODE)).toBe(AGENT_EXIT.stopped);
    const hello = server.hello;
    if (hello?.reply.enrolment === undefined) throw new Error("No proof was sent.");
    const { nonce, reply } = hello;
    const { origin } = server;
    const digest = await crypto.subtle.digest("SHA-256", Buffer.from(reply.deskKey, "base64"));
    const keyHash = Buffer.from(digest).toString("hex");
    const statement = statements.deskEnrol({ origin, nonce, keyHash });
    const verifier = await enrolmentVerifier(SYMBOLS, origin);
    const signature = fromBase64(reply.enrolment?.signature ?? "");
    expect(isSignedWithCode(verifier, statement, signature)).toBe(true);
    expect(reply.enrolment?.handle).toBe("K7");
    expect(JSON.stringify(reply).toUpperCase()).not.toContain(SYMBOLS.slice(2));
    expect(told.join()).toContain(`fingerprint is ${keyHash.slice(0, 4)} ${keyHash.slice(4, 8)}`);
  });

  test("a code that is none is not tried: no line is opened", async () => {
    expect(await enrol("K7TQ-9MBX")).toBe(AGENT_EXIT.wrongSettings);
    expect(server.lines).toBe(0);
    expect(told.join()).not.toContain("9MBX-K");
  });

  test("refused: in the server's words, exit code 1", async () => {
    server.turnAway("enrolment_code_wrong");
    expect(await enrol(CODE)).toBe(AGENT_EXIT.failed);
    expect(told.join()).toContain("has been used or has expired");
  });

  test("no server: said so, exit code 3", async () => {
    expect(await enrol(CODE, "http://localhost:9")).toBe(AGENT_EXIT.portTaken);
    expect(told.join()).toContain("LANYARD_SERVER");
  });
});

describe("a desk that is not known", () => {
  test("its own page says so, at which server, with the fingerprint to compare, and the ways in", async () => {
    const desk = await openTestDesk();
    try {
      const before = (await desk.browser.go("/")).html;
      expect(before).not.toContain("is not known at");
      const fingerprint = /([0-9a-f]{4} ){7}[0-9a-f]{4}/.exec(before)?.[0] ?? "none";
      desk.server.turnAway("desk_unknown");
      desk.server.cut();
      await desk.server.turnedAway();
      const page = async () => (await desk.browser.go("/")).html;
      await expect.poll(page).toContain("This desk is not known at localhost:");
      expect(await page()).toContain(`Its fingerprint is <strong>${fingerprint}</strong>`);
      expect(await page()).toContain("lanyard agent enrol");
    } finally {
      await desk.close();
    }
  });

  test("it asks again within seconds, for somebody may be letting it in; one that was shut out does not", () => {
    expect(refusedDelayMs("desk_unknown")).toBe(10_000);
    expect(refusedDelayMs("desk_revoked")).toBe(60_000);
  });
});
