import { ENROLMENT_CODE, parseEnrolmentCode, statements } from "@lanyard/wire";
import { beforeEach, describe, expect, test } from "vitest";
import { deskKeyHash, dial, newDeskKey, openDesk } from "../testing/scripted-desk.ts";
import { found } from "../testing/test-card.ts";
import { siteForTests } from "../testing/test-world.ts";
import { REQUEST_LIMITS } from "./desk.service.ts";
import { DeskAdministration } from "./desk-administration.ts";

const MINUTE_MS = 60_000;
const place = siteForTests({ LANYARD_OPEN_ENROLMENT: "off" });
const site = () => place().site;
const world = () => place().world;

const books = () =>
  new DeskAdministration({
    store: world().store,
    now: world().clock.now,
    config: { origin: site().config.origin },
  });

const newCode = async (name?: string) =>
  (await books().makeCode({ organisationCode: "RX1", name }, undefined)).symbols;

const known = (key: ReturnType<typeof newDeskKey>) =>
  world().store.transaction(({ desks }) => desks.findByKey(deskKeyHash(key)));

const lastEntry = async (action: string) =>
  (await world().record()).filter((entry) => entry.action === action).at(-1);

const WRONG = { code: 1008, reason: "enrolment_code_wrong" };

/** The same code with another last symbol. */
function misread(code: string): string {
  return `${code.slice(0, -1)}${code.endsWith("7") ? "8" : "7"}`;
}

describe("[DESIGN 4] a desk is let in by a one-time code", () => {
  test("it is known from then on, as whose the code was, and on record with who made the code", async () => {
    const manager = await world().person({}, ["RA Manager"]);
    const code = await books().makeCode(
      { organisationCode: "A81", name: "Pharmacy" },
      manager.careId,
    );
    const key = newDeskKey();
    await openDesk(site(), { key, code: code.symbols });
    const desk = found(await known(key));
    expect(desk).toMatchObject({
      name: "Pharmacy",
      organisationCode: "A81",
      enrolledHow: "code",
      enrolledBy: manager.careId,
    });
    expect(await lastEntry("desk.code_made")).toMatchObject({
      actor: manager.careId,
      details: { code: code.handle, organisation: "A81" },
    });
    expect(await lastEntry("desk.enrolled")).toMatchObject({
      actor: manager.careId,
      deskId: desk.id,
      details: { by: "code", keyHash: deskKeyHash(key), organisation: "A81" },
    });
    await openDesk(site(), { key });
  });

  test("without a name from the administrator it has the agent's, cleaned of what is no name", async () => {
    const key = newDeskKey();
    const hello = { hello: (reply: object) => ({ ...reply, deskName: " Ward\u0007\n7\u202e " }) };
    const desk = dial(site(), { key, code: await newCode() });
    const honest = desk.answers.hello;
    desk.answers.hello = async (request) => ({ ...(await honest(request)), ...hello.hello({}) });
    await desk.tell();
    expect((await known(key))?.name).toBe("Ward 7");
  });

  test("a code is good once", async () => {
    const code = await newCode();
    await openDesk(site(), { code });
    expect(await dial(site(), { code }).closed).toEqual(WRONG);
  });

  test("of two desks with one code at the same moment, one is let in", async () => {
    const code = await newCode();
    const keys = Array.from({ length: 4 }, () => newDeskKey());
    const lines = keys.map((key) => dial(site(), { key, code }));
    const outcomes = await Promise.all(
      lines.map((line) => Promise.race([line.tell().then(() => "in"), line.closed])),
    );
    expect(outcomes.filter((outcome) => outcome === "in")).toHaveLength(1);
    expect((await Promise.all(keys.map(known))).filter(Boolean)).toHaveLength(1);
  });

  test("a proof for another device key is no use: who overhears one cannot enrol with it", async () => {
    const code = await newCode();
    const [own, victims] = [newDeskKey(), newDeskKey()];
    expect(await dial(site(), { key: own, code, enrols: victims }).closed).toEqual(WRONG);
    expect(await known(own)).toBeUndefined();
    await openDesk(site(), { key: victims, code });
  });

  test("a desk that is known already spends no code", async () => {
    const key = newDeskKey();
    await openDesk(site(), { key, code: await newCode() });
    const code = await newCode();
    await openDesk(site(), { key, code });
    await openDesk(site(), { code });
  });
});

describe("a code does not last", () => {
  test("nine minutes and 59 seconds, and not ten", async () => {
    const [good, late] = [await newCode(), await newCode()];
    world().clock.advance(ENROLMENT_CODE.minutes * MINUTE_MS - 1000);
    await openDesk(site(), { code: good });
    world().clock.advance(1000);
    expect(await dial(site(), { code: late }).closed).toEqual(WRONG);
  });

  test("once seen expired it stays so, however the clock is turned", async () => {
    const code = await newCode();
    world().clock.advance(11 * MINUTE_MS);
    expect(await dial(site(), { code }).closed).toEqual(WRONG);
    world().clock.advance(-10 * MINUTE_MS);
    expect(await dial(site(), { code }).closed).toEqual(WRONG);
    world().clock.advance(10 * MINUTE_MS);
  });

  test("a clock turned back by years does not lengthen its life; another node's, minutes behind, takes it", async () => {
    const [code, other] = [await newCode(), await newCode()];
    world().clock.advance(-5 * MINUTE_MS);
    await openDesk(site(), { code: other });
    const years = 10 * 365 * 86_400_000;
    world().clock.advance(-years);
    expect(await dial(site(), { code }).closed).toEqual(WRONG);
    world().clock.advance(years + 5 * MINUTE_MS);
  });
});

describe("[ASVS] guessing", () => {
  test("five wrong tries end a code, each on record; the right one is then wrong too", async () => {
    const code = await newCode();
    for (let tries = ENROLMENT_CODE.tries; tries > 0; tries -= 1) {
      expect(await dial(site(), { code: misread(code) }).closed).toEqual(WRONG);
      expect(await lastEntry("desk.code_refused")).toMatchObject({
        details: { code: code.slice(0, 2), triesLeft: tries - 1 },
      });
    }
    expect(await dial(site(), { code }).closed).toEqual(WRONG);
  });

  test("four wrong tries do not", async () => {
    const code = await newCode();
    for (let tries = 1; tries < ENROLMENT_CODE.tries; tries += 1)
      await dial(site(), { code: misread(code) }).closed;
    await openDesk(site(), { code });
  });

  test("guesses at the same moment are counted one by one", async () => {
    const code = await newCode();
    const guesses = Array.from({ length: 12 }, () => dial(site(), { code: misread(code) }).closed);
    expect(new Set((await Promise.all(guesses)).map(({ reason }) => reason))).toEqual(
      new Set([WRONG.reason]),
    );
    const counted = (await world().record()).filter(
      ({ action, details }) =>
        action === "desk.code_refused" && JSON.stringify(details).includes(code.slice(0, 2)),
    );
    expect(counted.length).toBeGreaterThanOrEqual(ENROLMENT_CODE.tries);
    expect(
      counted.filter(({ details }) => JSON.stringify(details).includes('"triesLeft":0')),
    ).toHaveLength(1);
    expect(await dial(site(), { code }).closed).toEqual(WRONG);
  });

  test("a code nobody made is answered as a wrong one is, and leaves no entry", async () => {
    const before = (await world().record()).length;
    expect(await dial(site(), { code: "ZZZZZZZZZZZZ" }).closed).toEqual(WRONG);
    expect(await world().record()).toHaveLength(before);
  });

  test("nothing of the code is stored or travels: neither row, nor record, nor leash, nor log", async () => {
    const code = await newCode("Canary desk");
    const desk = dial(site(), { code });
    const said: string[] = [];
    const honest = desk.answers.hello;
    desk.answers.hello = async (request) => {
      const reply = await honest(request);
      said.push(JSON.stringify(reply));
      return reply;
    };
    await desk.tell();
    const row = await world().store.transaction(({ enrolments }) =>
      enrolments.lockCode(code.slice(0, 2)),
    );
    const entries = JSON.stringify(await world().record());
    for (const text of [JSON.stringify(row), entries, said.join(), site().logged.join()]) {
      expect(text).not.toContain(code);
      expect(text).not.toContain(code.slice(2));
    }
    expect(said).toHaveLength(1);
    expect(parseEnrolmentCode(code)?.symbols).toBe(code);
  });
});

describe("a desk that asks without a code", () => {
  beforeEach(() => {
    world().clock.advance(REQUEST_LIMITS.forgottenAfterMs + 1);
  });

  const requests = () => world().store.transaction(({ enrolments }) => enrolments.requests());

  test("is refused and noted once; approved, it is in", async () => {
    const key = newDeskKey();
    for (let times = 0; times < 2; times += 1)
      expect((await dial(site(), { key }).closed).reason).toBe("desk_unknown");
    expect(await requests()).toMatchObject([{ keyHash: deskKeyHash(key), name: "Reception" }]);
    const manager = await world().person({}, ["RA Manager"]);
    const whose = { organisationCode: "RX1", name: undefined };
    const desk = await books().approve(deskKeyHash(key), whose, manager.careId);
    expect(desk).toMatchObject({ name: "Reception", enrolledHow: "approval" });
    expect(await requests()).toEqual([]);
    expect(await books().approve(deskKeyHash(key), whose, manager.careId)).toBeUndefined();
    await openDesk(site(), { key });
    expect(await lastEntry("desk.enrolled")).toMatchObject({
      actor: manager.careId,
      details: { by: "approval" },
    });
  });

  test("refused, it asks in vain, cannot be approved any more, and a code still lets it in", async () => {
    const key = newDeskKey();
    await dial(site(), { key }).closed;
    const manager = await world().person({}, ["RA Manager"]);
    expect(await books().refuse(deskKeyHash(key), manager.careId)).toBe(true);
    expect(await books().refuse(deskKeyHash(key), manager.careId)).toBe(false);
    expect(await lastEntry("desk.request_refused")).toMatchObject({
      actor: manager.careId,
      details: { keyHash: deskKeyHash(key) },
    });
    expect((await dial(site(), { key }).closed).reason).toBe("desk_unknown");
    expect(await requests()).toEqual([]);
    const whose = { organisationCode: "RX1", name: undefined };
    expect(await books().approve(deskKeyHash(key), whose, manager.careId)).toBeUndefined();
    await openDesk(site(), { key, code: await newCode() });
  });

  test("enrolled by a code meanwhile, it asks no more", async () => {
    const key = newDeskKey();
    await dial(site(), { key }).closed;
    await openDesk(site(), { key, code: await newCode() });
    expect(await requests()).toEqual([]);
  });

  test("strangers fill neither the list nor the record", async () => {
    const before = (await world().record()).length;
    for (let count = 0; count < REQUEST_LIMITS.strangers + 3; count += 1)
      await dial(site(), {}).closed;
    expect(await requests()).toHaveLength(REQUEST_LIMITS.strangers);
    expect(await world().record()).toHaveLength(before);
    expect(site().logged.join("")).toContain("desk.too_many_ask");
    world().clock.advance(REQUEST_LIMITS.forgottenAfterMs + 1);
    await dial(site(), {}).closed;
    expect(await requests()).toHaveLength(1);
  });
});

test("a statement for one server is no statement for another", () => {
  const fields = { nonce: "n", keyHash: "00".repeat(32) };
  expect(statements.deskEnrol({ ...fields, origin: "https://a.example" })).not.toEqual(
    statements.deskEnrol({ ...fields, origin: "https://b.example" }),
  );
});
