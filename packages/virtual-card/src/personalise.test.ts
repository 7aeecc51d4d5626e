import { asciiBytes, fromHex, toHex } from "@lanyard/bytes";
import { openPivSession } from "@lanyard/piv";
import { testCard } from "@lanyard/testkit";
import { expect, test } from "vitest";
import { CARD_PROFILES } from "./card-profile.ts";
import { parseCardState } from "./parse-card-state.ts";
import { blankCardState } from "./personalise.ts";
import { createVirtualReader } from "./virtual-reader.ts";
import { openVirtualSession } from "./virtual-session.ts";

const BLANK = {
  serial: "LT0000001",
  guid: fromHex("000102030405060708090a0b0c0d0e0f"),
  expires: "2031-12-31",
};

test.each(Object.entries(CARD_PROFILES))(
  "a blank %s card can be stored, and has CHUID, CCC and discovery object",
  async (_name, profile) => {
    const state = blankCardState(profile, BLANK);
    expect(parseCardState(JSON.parse(JSON.stringify(state)))).toEqual(state);
    const reader = createVirtualReader("reader");
    reader.insert(testCard(state));
    const piv = await openPivSession(openVirtualSession(reader));
    expect(piv.extendedLength).toBe(profile.extendedLength);
    expect(await piv.readChuid()).toMatchObject({ guid: BLANK.guid, expiryDate: BLANK.expires });
    expect(await piv.readDiscovery()).toMatchObject({ passcode: true, globalPin: false });
    const container = await piv.readCardCapabilityContainer();
    expect(toHex(container?.cardIdentifier ?? new Uint8Array())).toContain(
      toHex(asciiBytes(BLANK.serial)),
    );
    expect(await piv.readCertificate("9a")).toBeUndefined();
  },
);

test.each([
  ["a passcode the card does not take", { passcode: "k7m4" }],
  ["a passcode too long", { passcode: "123456789" }],
  ["a PUK of seven bytes", { puk: "1234567" }],
  ["a serial with a space", { serial: "LT 1" }],
  ["a short GUID", { guid: new Uint8Array(15) }],
  ["another form of date", { expires: "31/12/2031" }],
])("%s is refused", (_what, change) => {
  expect(() => blankCardState(CARD_PROFILES.strictPiv, { ...BLANK, ...change })).toThrowError(
    expect.objectContaining({ code: "virtual-card/state_invalid" }),
  );
});

test.each([
  ["care", "k7m4", true],
  ["care", "Blue7Kx2", true],
  ["care", "k7m", false],
  ["care", "k7m!", false],
  ["careDigits", "482917", true],
  ["careDigits", "48291", false],
  ["careDigits", "48291a", false],
] as const)("a %s card and the passcode %s: %s", (profile, passcode, isTaken) => {
  const make = () => blankCardState(CARD_PROFILES[profile], { ...BLANK, passcode });
  if (isTaken) expect(make().passcode.triesLeft).toBe(3);
  else expect(make).toThrow();
});
