import { pino } from "pino";
import { expect, test } from "vitest";
import { worldForTests } from "../testing/test-world.ts";
import { openClock, refuseClockBehind } from "./clock.ts";

const NOON = Date.parse("2026-11-24T12:00:00Z");
const YEAR_MS = 365 * 86_400_000;

function handDriven(ownMs = NOON) {
  const hand = { monotonicMs: 1_000, ownMs, logged: "" };
  const sink = {
    write: (line: string) => {
      hand.logged += line;
    },
  };
  const clock = openClock({
    log: pino({ base: null }, sink),
    monotonicMs: () => hand.monotonicMs,
    ownMs: () => hand.ownMs,
  });
  const pass = (milliseconds: number): void => {
    hand.monotonicMs += milliseconds;
  };
  const set = (date: number): void => {
    hand.ownMs = date;
  };
  return { clock, pass, set, logged: () => hand.logged, now: () => clock.now().getTime() };
}

const world = worldForTests();

test.each([-10 * YEAR_MS, -300_000, 300_000, 10 * YEAR_MS])(
  "[T10] two nodes whose own clocks are %d ms off say the database's time",
  (off) => {
    const { clock, pass, set, now, logged } = handDriven(NOON + off);
    clock.hear(new Date(NOON));
    expect(now()).toBe(NOON);
    pass(4_000);
    set(NOON - off);
    expect(now()).toBe(NOON + 4_000);
    expect(logged()).toContain("clock.own_differs");
  },
);

test("a machine that slept catches up with the next beat", () => {
  const { clock, now } = handDriven();
  clock.hear(new Date(NOON));
  clock.hear(new Date(NOON + 3_600_000));
  expect(now()).toBe(NOON + 3_600_000);
  expect(clock.isBehind).toBe(false);
});

test("it never goes back: a database whose clock was put back is not believed, and that is told once", () => {
  const { clock, pass, now, logged } = handDriven();
  clock.hear(new Date(NOON));
  pass(10_000);
  for (const _beat of [1, 2]) clock.hear(new Date(NOON - YEAR_MS));
  expect(now()).toBe(NOON + 10_000);
  expect(clock.isBehind).toBe(true);
  expect(logged().match(/clock.database_went_back/g)).toHaveLength(1);
  pass(1_000);
  expect(now()).toBe(NOON + 11_000);
  clock.hear(new Date(NOON + 11_000));
  expect(clock.isBehind).toBe(false);
});

test("an answer that took its time is no clock put back, and time stands rather than runs backwards", () => {
  const { clock, pass, now } = handDriven();
  clock.hear(new Date(NOON));
  pass(3_000);
  expect(now()).toBe(NOON + 3_000);
  clock.hear(new Date(NOON + 1_000));
  expect(clock.isBehind).toBe(false);
  expect(now()).toBe(NOON + 3_000);
});

test("a clock behind the newest entry of the record: the server does not start", async () => {
  const { store, clock } = world();
  const at = clock.now();
  const { pass, clock: shared } = handDriven();
  shared.hear(new Date(at.getTime() - 60_000));
  await expect(refuseClockBehind(store, shared)).resolves.toBeUndefined();
  await store.transaction(({ audit }) =>
    audit.append({
      leaf: new Uint8Array([1]),
      openings: new Uint8Array([1]),
      keys: {
        ...{ at, action: "desk.enrolled", actor: undefined, holder: undefined },
        ...{ cardSerial: undefined, ceremonyId: undefined },
      },
    }),
  );
  const refused = { code: "database/clock_behind" };
  await expect(refuseClockBehind(store, shared)).rejects.toMatchObject(refused);
  pass(60_000);
  await expect(refuseClockBehind(store, shared)).resolves.toBeUndefined();
});
