import { issueTestCard } from "@lanyard/testkit";
import { beforeAll, expect, test } from "vitest";
import { CARD_PROFILES } from "./card-profile.ts";
import type { CardState } from "./card-state.ts";
import { parseCardState } from "./parse-card-state.ts";

let state: CardState;
beforeAll(async () => {
  const algorithms = { "9a": "p256", "9c": "p384", "9d": "p256", "9e": "p256" } as const;
  ({ state } = await issueTestCard(CARD_PROFILES.care, algorithms));
});

test("a card that was stored as JSON comes back the same", () => {
  expect(parseCardState(JSON.parse(JSON.stringify(state)))).toEqual(state);
});

const BAD: Readonly<Record<string, (good: CardState) => unknown>> = {
  state: () => null,
  "state of another kind": () => [],
  "unknown field": (good) => ({ ...good, admin: true }),
  version: (good) => ({ ...good, version: 2 }),
  serial: (good) => ({ ...good, serial: "" }),
  guid: (good) => ({ ...good, guid: good.guid.slice(2) }),
  "guid in capitals": (good) => ({ ...good, guid: `AB${good.guid.slice(2)}` }),
  "passcode of seven bytes": (good) => ({
    ...good,
    passcode: { ...good.passcode, value: "31323334353637" },
  }),
  "more tries than the profile has": (good) => ({
    ...good,
    passcode: { ...good.passcode, triesLeft: good.profile.passcodeTries + 1 },
  }),
  "half a try": (good) => ({ ...good, puk: { ...good.puk, triesLeft: 0.5 } }),
  "management key of another length": (good) => ({
    ...good,
    managementKey: { algorithm: "aes256", value: good.managementKey.value },
  }),
  "slot nobody knows": (good) => ({ ...good, keys: { ...good.keys, "9f": good.keys["9a"] } }),
  "algorithm nobody knows": (good) => ({
    ...good,
    keys: { "9a": { ...good.keys["9a"], algorithm: "p521" } },
  }),
  "odd hex": (good) => ({ ...good, objects: { "5fc102": "abc" } }),
  "tag of four bytes": (good) => ({ ...good, objects: { "5fc10200": "ab" } }),
  quirks: (good) => ({ ...good, profile: { ...good.profile, quirks: ["none"] } }),
  "passcode rule": (good) => ({ ...good, profile: { ...good.profile, passcodeRule: "any" } }),
  "tries no word can say": (good) => ({ ...good, profile: { ...good.profile, pukTries: 16 } }),
};

test.each(Object.entries(BAD))("a bad %s is refused, and no value is repeated", (_field, spoil) => {
  const parse = () => parseCardState(spoil(state));
  expect(parse).toThrowError(expect.objectContaining({ code: "virtual-card/state_invalid" }));
  expect(parse).not.toThrowError(state.passcode.value);
});
