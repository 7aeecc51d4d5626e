import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatCheckpoint, openCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import {
  formatNote,
  formatVerifierKey,
  openNote,
  parseNote,
  parseVerifierKey,
  verifierKey,
} from "./note.ts";
import { hash } from "./testing/grow.ts";

const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI = Buffer.from("302a300506032b6570032100", "hex");

/** Ed25519 from a seed of one repeated byte. */
function keyOf(byte: number, name = "audit.example/log") {
  const der = Buffer.concat([PKCS8, Buffer.alloc(32, byte)]);
  const secret = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const spki = createPublicKey(secret).export({ format: "der", type: "spki" });
  const verifier = verifierKey(hash, name, new Uint8Array(spki.subarray(SPKI.length)));
  const signed = (text: string) =>
    formatNote(text, verifier, new Uint8Array(sign(null, Buffer.from(text), secret)));
  return { verifier, signed };
}

const crypto = {
  hash,
  verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
    verify(
      null,
      message,
      createPublicKey({ key: Buffer.concat([SPKI, key]), format: "der", type: "spki" }),
      signature,
    ),
};

const { verifier, signed } = keyOf(7);
const ROOT = hash(Uint8Array.of(1));
const TEXT = formatCheckpoint({ origin: "audit.example/log", size: 42, root: ROOT });

describe("[SIGNED-NOTE] notes", () => {
  test("a signed note opens to its text", () => {
    expect(openNote(crypto, signed(TEXT), verifier)).toBe(TEXT);
  });

  test("no byte of a note can be another", () => {
    const note = Buffer.from(signed(TEXT));
    fc.assert(
      fc.property(fc.nat(note.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Buffer.from(note);
        bytes[at] = (bytes[at] ?? 0) ^ change;
        // A line signed by a key of another name is passed over, so a note may end up unsigned, never signed anew.
        expect(() => openCheckpoint(crypto, bytes.toString("utf8"), verifier)).toThrow();
      }),
    );
  });

  test("another log's key of the same name is not this log's", () => {
    const other = keyOf(8);
    expect(() => openNote(crypto, other.signed(TEXT), verifier)).toThrowError(
      expect.objectContaining({ code: "log/not_signed_by_key" }),
    );
  });

  test("a signature under this key's name and id that this key did not make is refused, beside a good one too", () => {
    const forged = formatNote(TEXT, verifier, new Uint8Array(64));
    const both = `${signed(TEXT)}${forged.split("\n").at(-2)}\n`;
    for (const note of [forged, both])
      expect(() => openNote(crypto, note, verifier)).toThrowError(
        expect.objectContaining({ code: "log/signature_invalid" }),
      );
  });

  test("signatures of witnesses stand beside the log's", () => {
    const witness = keyOf(9, "witness.example");
    const line = witness.signed(TEXT).split("\n").at(-2);
    expect(openNote(crypto, `${signed(TEXT)}${line}\n`, verifier)).toBe(TEXT);
  });

  test.each([
    "",
    "text",
    "text\n",
    "text\n\n",
    "text\n\n— \n",
    "text\n\n— a b\n",
    "text\n\n- a AAAAAAA=\n",
  ])("%j is no note", (note) => {
    expect(() => parseNote(note)).toThrowError(
      expect.objectContaining({ code: "log/note_malformed" }),
    );
  });
});

describe("[SIGNED-NOTE] keys", () => {
  test("a key survives being written down", () => {
    const text = formatVerifierKey(verifier);
    expect(text).toMatch(/^audit\.example\/log\+[0-9a-f]{8}\+/);
    expect(parseVerifierKey(hash, text)).toEqual(verifier);
  });

  test("the key that Go's documentation of notes gives has the id that it says", () => {
    const text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    expect(formatVerifierKey(parseVerifierKey(hash, text))).toBe(text);
  });

  test.each([
    "",
    "a",
    "a+b+c",
    "a b+00000000+AQ==",
    "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
  ])("%j is no key", (text) => {
    expect(() => parseVerifierKey(hash, text)).toThrowError(
      expect.objectContaining({ code: "log/key_malformed" }),
    );
  });

  test.each(["", "two words", "a+b", "line\n"])("no log is called %j", (name) => {
    expect(() => verifierKey(hash, name, new Uint8Array(32))).toThrowError(
      expect.objectContaining({ code: "log/key_malformed" }),
    );
  });
});

describe("[TLOG-CHECKPOINT] checkpoints", () => {
  test("three lines: name, size in decimal, root in base64", () => {
    const root = Buffer.from(ROOT).toString("base64");
    expect(TEXT).toBe(`audit.example/log\n42\n${root}\n`);
    expect(parseCheckpoint(TEXT)).toEqual({ origin: "audit.example/log", size: 42, root: ROOT });
  });

  const root = Buffer.from(ROOT).toString("base64");
  test.each([
    `log\n042\n${root}\n`,
    `log\n-1\n${root}\n`,
    `log\n1e3\n${root}\n`,
    `log\n9007199254740993\n${root}\n`,
    `log\n42\n${root.slice(4)}\n`,
    `log\n42\n${root}`,
    `log\n42\n${root}\nextension\n`,
    `\n42\n${root}\n`,
    "log\n42\n!\n",
  ])("%j is no checkpoint", (text) => {
    expect(() => parseCheckpoint(text)).toThrowError(
      expect.objectContaining({ code: "log/checkpoint_malformed" }),
    );
  });

  test("a checkpoint of another log is not this log's, even if its key signed it", () => {
    const text = formatCheckpoint({ origin: "other.example", size: 1, root: ROOT });
    expect(() => openCheckpoint(crypto, signed(text), verifier)).toThrowError(
      expect.objectContaining({ code: "log/checkpoint_malformed" }),
    );
  });
});
