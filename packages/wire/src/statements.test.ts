import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { releaseInfo, statements, webEidValue } from "./statements.ts";

/** The vectors are written out by hand: a field is its length in two bytes, then its bytes. Spaces are for reading. */
function hex(text: string): string {
  return text.replaceAll(/\s+/g, "");
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** ASCII as hex, so that a vector can be read. */
function ascii(text: string): string {
  return Buffer.from(text, "latin1").toString("hex");
}

const ORIGIN = "https://care.example";
const ORIGIN_FIELD = "0014 68747470733a2f2f636172652e6578616d706c65";
const CEREMONY = "AAAAAAAAAAAAAAAAAAAAAA";
const CEREMONY_FIELD = "0016 41414141414141414141414141414141414141414141";
const KEY_HASH = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const KEY_HASH_FIELD = `0020 ${KEY_HASH}`;
const NONCE = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NONCE_FIELD =
  "002c 4141454341775146426763494351 6f4c4441304f44784152 45684d554652595847426b614778776448 68383d";
const CARE_ID = "555000000001";
const CARE_ID_FIELD = "000c 353535303030303030303031";

describe("[DESIGN 4] what is signed, byte for byte", () => {
  test("desk-hello: origin, nonce", () => {
    const bytes = statements.deskHello({ origin: ORIGIN, nonce: NONCE });
    // "lanyard/desk-hello/1"
    const label = "6c616e796172642f6465736b2d68656c6c6f2f31";
    expect(hexOf(bytes)).toBe(hex(`${label} ${ORIGIN_FIELD} ${NONCE_FIELD}`));
  });

  test("desk-enrol: origin, nonce, hash of the device key as 32 bytes", () => {
    const bytes = statements.deskEnrol({ origin: ORIGIN, nonce: NONCE, keyHash: KEY_HASH });
    // "lanyard/desk-enrol/1"
    const label = "6c616e796172642f6465736b2d656e726f6c2f31";
    expect(hexOf(bytes)).toBe(hex(`${label} ${ORIGIN_FIELD} ${NONCE_FIELD} ${KEY_HASH_FIELD}`));
  });

  test("card-proof: origin, ceremony, hash of the card's key as 32 bytes, nonce", () => {
    const bytes = statements.cardProof({
      origin: ORIGIN,
      ceremony: CEREMONY,
      keyHash: KEY_HASH,
      nonce: NONCE,
    });
    // "lanyard/card-proof/1"
    const label = "6c616e796172642f636172642d70726f6f662f31";
    const fields = `${ORIGIN_FIELD} ${CEREMONY_FIELD} ${KEY_HASH_FIELD} ${NONCE_FIELD}`;
    expect(hexOf(bytes)).toBe(hex(`${label} ${fields}`));
  });

  test("presence: origin, session as 64 hex digits, nonce", () => {
    const bytes = statements.presence({ origin: ORIGIN, session: KEY_HASH, nonce: NONCE });
    // "lanyard/presence/1"
    const label = "6c616e796172642f70726573656e63652f31";
    const session = `0040 ${ascii(KEY_HASH)}`;
    expect(hexOf(bytes)).toBe(hex(`${label} ${ORIGIN_FIELD} ${session} ${NONCE_FIELD}`));
  });

  test("unlock-authorise: ceremony, care id, key hash, ephemeral key as 32 bytes, evidence, nonce", () => {
    const bytes = statements.unlockAuthorise({
      ceremony: CEREMONY,
      careId: CARE_ID,
      keyHash: KEY_HASH,
      ephemeralKey: new Uint8Array(32).fill(0xab),
      evidence: "photo",
      nonce: NONCE,
    });
    // "lanyard/unlock-authorise/1"
    const label = "6c616e796172642f756e6c6f636b2d617574686f726973652f31";
    const key = `0020 ${"ab".repeat(32)}`;
    const evidence = "0005 70686f746f";
    const fields = `${CEREMONY_FIELD} ${CARE_ID_FIELD} ${KEY_HASH_FIELD} ${key} ${evidence}`;
    expect(hexOf(bytes)).toBe(hex(`${label} ${fields} ${NONCE_FIELD}`));
  });

  test("unlock-done: origin, ceremony, care id, nonce", () => {
    const bytes = statements.unlockDone({
      origin: ORIGIN,
      ceremony: CEREMONY,
      careId: CARE_ID,
      nonce: NONCE,
    });
    // "lanyard/unlock-done/1"
    const label = "6c616e796172642f756e6c6f636b2d646f6e652f31";
    const fields = `${ORIGIN_FIELD} ${CEREMONY_FIELD} ${CARE_ID_FIELD} ${NONCE_FIELD}`;
    expect(hexOf(bytes)).toBe(hex(`${label} ${fields}`));
  });

  test("rotation: origin, id, key hash, the agent's key, nonce", () => {
    const bytes = statements.rotation({
      ...{ origin: "o", rotation: "r", keyHash: "ab", nonce: "n" },
      ephemeralKey: new Uint8Array([1, 2]),
    });
    // "lanyard/rotation/1"
    const label = "6c616e796172642f726f746174696f6e2f31";
    expect(hexOf(bytes)).toBe(hex(`${label} 0001 6f 0001 72 0001 ab 0002 0102 0001 6e`));
  });

  test("change-done: origin, ceremony, care id, nonce", () => {
    const bytes = statements.changeDone({
      origin: ORIGIN,
      ceremony: CEREMONY,
      careId: CARE_ID,
      nonce: NONCE,
    });
    // "lanyard/change-done/1"
    const label = "6c616e796172642f6368616e67652d646f6e652f31";
    const fields = `${ORIGIN_FIELD} ${CEREMONY_FIELD} ${CARE_ID_FIELD} ${NONCE_FIELD}`;
    expect(hexOf(bytes)).toBe(hex(`${label} ${fields}`));
  });

  test("same-card: the agent's nonce as bytes", () => {
    const bytes = statements.sameCard({ nonce: new Uint8Array([1, 2, 3]) });
    // "lanyard/same-card/1"
    expect(hexOf(bytes)).toBe(hex("6c616e796172642f73616d652d636172642f31 0003 010203"));
  });

  test.each([
    ["first", "0005 6669727374"],
    ["second", "0006 7365636f6e64"],
  ] as const)("[RFC9180 §5.1] info of the %s release", (step, stepField) => {
    const bytes = releaseInfo({ ceremony: CEREMONY, keyHash: KEY_HASH, step });
    // "lanyard/unlock-release/1"
    const label = "6c616e796172642f756e6c6f636b2d72656c656173652f31";
    expect(hexOf(bytes)).toBe(hex(`${label} ${CEREMONY_FIELD} ${KEY_HASH_FIELD} ${stepField}`));
  });
});

describe("fields never run into each other", () => {
  test("moving a character from one field to the next gives other bytes", () => {
    const left = statements.unlockDone({ origin: "ab", ceremony: "c", careId: "d", nonce: "e" });
    const right = statements.unlockDone({ origin: "a", ceremony: "bc", careId: "d", nonce: "e" });
    expect(hexOf(left)).not.toBe(hexOf(right));
  });

  test("no two purposes share a prefix that fields could fill", () => {
    const fields = { origin: ORIGIN, ceremony: CEREMONY, keyHash: KEY_HASH, careId: CARE_ID };
    const all = [
      statements.deskHello({ ...fields, nonce: NONCE }),
      statements.cardProof({ ...fields, nonce: NONCE }),
      statements.presence({ ...fields, session: KEY_HASH, nonce: NONCE }),
      statements.unlockDone({ ...fields, nonce: NONCE }),
      statements.changeDone({ ...fields, nonce: NONCE }),
      statements.sameCard({ nonce: new Uint8Array(32) }),
      statements.rotation({
        ...{ ...fields, rotation: CEREMONY, nonce: NONCE },
        ephemeralKey: new Uint8Array(32),
      }),
      releaseInfo({ ...fields, step: "first" }),
    ];
    const labels = all.map((bytes) => Buffer.from(bytes).toString("latin1").split("/1")[0]);
    expect(new Set(labels).size).toBe(all.length);
  });
});

describe("[WEB-EID] what a token signs", () => {
  test.each(["sha256", "sha384"])("hash of the origin, then hash of the nonce, by %s", (name) => {
    const hash = (bytes: Uint8Array) => createHash(name).update(bytes).digest();
    const value = webEidValue(ORIGIN, NONCE, hash);
    const expected = [ORIGIN, NONCE].map((text) => createHash(name).update(text).digest("hex"));
    expect(hexOf(value)).toBe(expected.join(""));
  });
});
