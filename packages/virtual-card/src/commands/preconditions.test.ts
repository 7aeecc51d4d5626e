import { asciiBytes, toHex } from "@lanyard/bytes";
import { issueTestCard, sendHex, TEST_CARD, type TestCard, testCard } from "@lanyard/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { CARD_PROFILES } from "../card-profile.ts";
import type { CardState } from "../card-state.ts";

const SELECT = "00a4040009a00000030800001000";
const PASSCODE = padded(TEST_CARD.passcode);
const PUK = toHex(asciiBytes(TEST_CARD.puk));
const VERIFY = `0020008008${PASSCODE}`;
const WRONG = padded("999999");
const DIGEST = "00".repeat(32);

let issued: TestCard;
beforeAll(async () => {
  issued = await issueTestCard(CARD_PROFILES.care, {
    "9a": "p256",
    "9c": "p256",
    "9d": "p256",
    "9e": "p384",
  });
});

interface Row {
  /** Commands before, whose answers do not matter. */
  readonly after?: readonly string[];
  readonly send: string;
  readonly answers: string;
  /** The card as it is stored beforehand. */
  readonly stored?: Partial<CardState>;
}

/** Each refusal must leave the stored card exactly as it was. */
// biome-ignore format: one row a refusal
const REFUSALS: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  "before SELECT": {
    "an instruction nobody knows":     { send: "00fd0000", answers: "6d00" },
    "VERIFY":                          { send: VERIFY, answers: "6d00" },
    "GET DATA":                        { send: "00cb3fff035c017e", answers: "6d00" },
  },
  "SELECT [PIV-2 §3.1.1]": {
    "1. by file identifier":           { send: "00a40000023f00", answers: "6a86" },
    "2. another application":          { after: [SELECT], send: "00a4040007a0000005272001", answers: "6a82" },
    "2. a name cut too short":         { send: "00a4040004a0000003", answers: "6a82" },
    "2. a longer name":                { send: "00a404000ca0000003080000100001000100", answers: "6a82" },
  },
  "VERIFY [PIV-2 §3.2.1]": {
    "1. P1":                           { after: [SELECT], send: "00200180", answers: "6a86" },
    "2. the global PIN":               { after: [SELECT], send: "00200000", answers: "6a88" },
    "2. the PUK":                      { after: [SELECT], send: `0020008108${PUK}`, answers: "6a88" },
    "3. a reset with data":            { after: [SELECT], send: `0020ff8008${PASSCODE}`, answers: "6a80" },
    "4. no tries left":                { after: [SELECT], send: VERIFY, answers: "6983", stored: { passcode: { value: PASSCODE, triesLeft: 0 } } },
    "4. no tries left, asked":         { after: [SELECT], send: "00200080", answers: "6983", stored: { passcode: { value: PASSCODE, triesLeft: 0 } } },
    "5. seven bytes":                  { after: [SELECT], send: "002000800731323334353637", answers: "6a80" },
    "5. three characters":             { after: [SELECT], send: `0020008008${padded("123")}`, answers: "6a80" },
    "5. a symbol":                     { after: [SELECT], send: `0020008008${padded("12!4")}`, answers: "6a80" },
    "5. padding in the middle":        { after: [SELECT], send: "00200080083132ff3334ffffff", answers: "6a80" },
  },
  "CHANGE REFERENCE DATA [PIV-2 §3.2.2]": {
    "1. P1":                           { after: [SELECT], send: `0024018010${PASSCODE}${WRONG}`, answers: "6a86" },
    "2. the global PIN":               { after: [SELECT], send: `0024000010${PASSCODE}${WRONG}`, answers: "6a88" },
    "2. the PUK on a card without":    { after: [SELECT], send: `0024008110${PUK}${PUK}`, answers: "6a88", stored: { profile: { ...CARD_PROFILES.care, pukChangeable: false } } },
    "3. no tries left":                { after: [SELECT], send: `0024008010${PASSCODE}${WRONG}`, answers: "6983", stored: { passcode: { value: PASSCODE, triesLeft: 0 } } },
    "3. no PUK tries left":            { after: [SELECT], send: `0024008110${PUK}${PUK}`, answers: "6983", stored: { puk: { value: PUK, triesLeft: 0 } } },
    "4. eight bytes":                  { after: [SELECT], send: `0024008008${PASSCODE}`, answers: "6a80" },
    "5. a bad new passcode":           { after: [SELECT], send: `0024008010${PASSCODE}${padded("12")}`, answers: "6a80" },
    "5. a bad new one, old one wrong": { after: [SELECT], send: `0024008010${WRONG}${padded("12")}`, answers: "6a80" },
  },
  "RESET RETRY COUNTER [PIV-2 §3.2.3]": {
    "1. P1":                           { after: [SELECT], send: `002c028010${PUK}${PASSCODE}`, answers: "6a86" },
    "2. another reference":            { after: [SELECT], send: `002c008110${PUK}${PASSCODE}`, answers: "6a88" },
    "3. no PUK tries left":            { after: [SELECT], send: `002c008010${PUK}${PASSCODE}`, answers: "6983", stored: { puk: { value: PUK, triesLeft: 0 } } },
    "4. fifteen bytes":                { after: [SELECT], send: `002c00800f${PUK}${PASSCODE.slice(2)}`, answers: "6a80" },
    "5. a bad new passcode":           { after: [SELECT], send: `002c008010${PUK}${padded("12")}`, answers: "6a80" },
    "5. a bad one, PUK wrong":         { after: [SELECT], send: `002c008010${WRONG}${padded("12")}`, answers: "6a80" },
  },
  "GET DATA [PIV-2 §3.1.2]": {
    "1. P1 and P2":                    { after: [SELECT], send: "00cb0000035c017e", answers: "6a86" },
    "2. no tag list":                  { after: [SELECT], send: "00cb3fff0153", answers: "6a80" },
    "2. an empty tag":                 { after: [SELECT], send: "00cb3fff025c00", answers: "6a80" },
    "2. a tag of four bytes":          { after: [SELECT], send: "00cb3fff065c045fc10201", answers: "6a80" },
    "3. fingerprints, not verified":   { after: [SELECT], send: "00cb3fff055c035fc103", answers: "6982" },
    "3. printed information":          { after: [SELECT], send: "00cb3fff055c035fc109", answers: "6982" },
    "4. not there":                    { after: [SELECT], send: "00cb3fff055c035fc105", answers: "6a82" },
    "4. not there, verified":          { after: [SELECT, VERIFY], send: "00cb3fff055c035fc103", answers: "6a82" },
  },
  "PUT DATA [PIV-2 §3.3.1]": {
    "2. no management key":            { after: [SELECT, VERIFY], send: "00db3fff085c035fc105530100", answers: "6982" },
  },
  "GENERATE ASYMMETRIC KEY PAIR [PIV-2 §3.3.2]": {
    "1. P1":                           { after: [SELECT], send: "0047019a05ac03800111", answers: "6a86" },
    "1. no slot":                      { after: [SELECT], send: "0047009b05ac03800111", answers: "6a86" },
    "2. no management key":            { after: [SELECT, VERIFY], send: "0047009a05ac03800111", answers: "6982" },
  },
  "GENERAL AUTHENTICATE [PIV-2 §3.2.4]": {
    "1. no such slot":                 { after: [SELECT, VERIFY], send: sign("11", "9f"), answers: "6a86" },
    "1. an empty slot":                { after: [SELECT, VERIFY], send: sign("11", "9a"), answers: "6a86", stored: { keys: {} } },
    "1. another algorithm":            { after: [SELECT, VERIFY], send: sign("14", "9a"), answers: "6a86" },
    "1. another management cipher":    { after: [SELECT], send: "0087089b047c028100", answers: "6a86" },
    "2. 9A, not verified":             { after: [SELECT], send: sign("11", "9a"), answers: "6982" },
    "2. 9A, verified and then wrong":  { after: [SELECT, VERIFY, "0020ff80"], send: sign("11", "9a"), answers: "6982" },
    "2. 9C, not just verified":        { after: [SELECT, VERIFY, "00200080"], send: sign("11", "9c"), answers: "6982" },
    "2. 9C, changed, not verified":    { after: [SELECT, `0024008010${PASSCODE}${PASSCODE}`], send: sign("11", "9c"), answers: "6982" },
    "2. 9D, not verified":             { after: [SELECT], send: sign("11", "9d"), answers: "6982" },
    "3. no template":                  { after: [SELECT, VERIFY], send: "0087119a0153", answers: "6a80" },
    "a digest too long":               { after: [SELECT, VERIFY], send: `0087119a277c2582008121${DIGEST}00`, answers: "6a80" },
    "a digest too short":              { after: [SELECT, VERIFY], send: "0087119a077c0582008101ff", answers: "6a80" },
    "no response asked for":           { after: [SELECT, VERIFY], send: `0087119a247c228120${DIGEST}`, answers: "6a80" },
    "key agreement with 9A":           { after: [SELECT, VERIFY], send: `0087119a477c458200854104${"00".repeat(64)}`, answers: "6a80" },
    "a point off the curve":           { after: [SELECT, VERIFY], send: `0087119d477c458200854104${"01".repeat(64)}`, answers: "6a80" },
    "a response without challenge":    { after: [SELECT], send: "0087039b0c7c0a82080000000000000000", answers: "6985" },
    "a challenge to encrypt for 9B":   { after: [SELECT], send: "0087039b0e7c0c820081080000000000000000", answers: "6a80" },
    "a wrong response":                { after: [SELECT, "0087039b047c028100"], send: "0087039b0c7c0a82080000000000000000", answers: "6982" },
    "a wrong witness":                 { after: [SELECT, "0087039b047c028000"], send: "0087039b167c14800800000000000000008108000000000000000000", answers: "6982" },
    "a challenge another command used up": { after: [SELECT, "0087039b047c028100", "00200080"], send: "0087039b0c7c0a82080000000000000000", answers: "6985" },
  },
};

describe.each(Object.entries(REFUSALS))(
  "%s is refused, and nothing is stored:",
  (_command, rows) => {
    test.each(Object.entries(rows))("%s", async (_condition, row) => {
      const card = testCard({ ...issued.state, ...row.stored });
      const inserted = card.insert();
      for (const command of row.after ?? []) await sendHex(inserted, command);
      const before = card.state;
      expect(await sendHex(inserted, row.send)).toBe(row.answers);
      expect({ ...card.state }).toEqual({ ...before });
    });
  },
);

function sign(algorithm: string, slot: string): string {
  return `0087${algorithm}${slot}267c2482008120${DIGEST}`;
}

function padded(passcode: string): string {
  return toHex(asciiBytes(passcode)).padEnd(16, "f");
}
