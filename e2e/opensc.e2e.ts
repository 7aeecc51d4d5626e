import { execFile } from "node:child_process";
import { constants, createHash, publicEncrypt, verify } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { fromHex, Secret } from "@lanyard/bytes";
import { nodeBlockCipher, randomBytes } from "@lanyard/crypto";
import { openPivSession } from "@lanyard/piv";
import { issueTestCard, TEST_CARD, type TestCard, testCard } from "@lanyard/testkit";
import {
  CARD_PROFILES,
  type CardState,
  createVirtualReader,
  openVirtualSession,
  type VirtualCard,
} from "@lanyard/virtual-card";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { linkToVpcd, type VpcdLink } from "../apps/agent/src/virtual/vpcd-link.ts";
import { type Pcscd, pcscUnavailable, startPcscd } from "./harness/pcscd.ts";
import { testCertificate } from "./harness/test-certificate.ts";

const PROGRAMS = ["opensc-tool", "pkcs15-tool", "pkcs11-tool", "yubico-piv-tool"];
const CLIENT_LIMIT_MS = 60_000;
const NEW_PASSCODE = "731864";
/** OpenSC sends a PUK as it is typed; digits are what every client takes. */
const PUK = "40718263";
const unavailable = pcscUnavailable(PROGRAMS);

describe.skipIf(unavailable !== undefined)(
  `programs we did not write, over PC/SC${unavailable ? ` (skipped: ${unavailable})` : ""}`,
  () => {
    let pcscd: Pcscd;
    let issued: TestCard;
    let folder: string;
    let card: VirtualCard;
    let link: VpcdLink;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "lanyard-opensc-"));
      issued = await issueTestCard(
        { ...CARD_PROFILES.careDigits, pukTries: 3 },
        { "9a": "p256", "9c": "p256", "9d": "rsa2048", "9e": "p256" },
      );
      pcscd = await startPcscd();
    });
    afterAll(async () => {
      await pcscd?.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    beforeEach(async () => {
      card = testCard(await certified(issued));
      link = linkToVpcd({ host: "127.0.0.1", port: pcscd.ports[0], card });
      await link.inserted;
    });
    afterEach(() => link.eject());

    const run = async (program: string, ...words: string[]): Promise<string> => {
      const env = { ...process.env, LC_ALL: "C", HOME: folder };
      const options = { timeout: CLIENT_LIMIT_MS, env, cwd: folder };
      const { stdout, stderr } = await promisify(execFile)(program, words, options);
      return `${stdout}${stderr}`;
    };
    const openSc = (program: string, ...words: string[]) =>
      run(program, "--reader", pcscd.readers[0], ...words);
    const pkcs11 = (...words: string[]) => run("pkcs11-tool", ...words);
    const yubico = (...words: string[]) =>
      run("yubico-piv-tool", "--reader", pcscd.readers[0], ...words);
    const blockPasscode = async () => {
      const wrong = ["--verify-pin", "--pin", "999999"];
      for (let tries = 3; tries > 0; tries -= 1)
        await expect(openSc("pkcs15-tool", ...wrong)).rejects.toThrow();
      expect(card.state.passcode.triesLeft).toBe(0);
    };

    test("opensc-tool names it a PIV card", async () => {
      expect(await openSc("opensc-tool", "-n")).toContain("Personal Identity Verification Card");
    });

    test("pkcs15-tool lists its PIN, PUK, keys and certificates", async () => {
      const listed = await openSc("pkcs15-tool", "-D");
      for (const text of ["PIN [PIN]", "PIN [PIV PUK]", "PIV AUTH key", "SIGN key", "KEY MAN key"])
        expect(listed).toContain(text);
      expect(listed).toContain("Certificate for PIV Authentication");
    });

    test("pkcs15-tool verifies, changes and unblocks the passcode", async () => {
      await openSc("pkcs15-tool", "--verify-pin", "--pin", TEST_CARD.passcode);
      const change = ["--change-pin", "--pin", TEST_CARD.passcode, "--new-pin", "640918"];
      await openSc("pkcs15-tool", ...change);
      await openSc("pkcs15-tool", "--verify-pin", "--pin", "640918");
      await blockPasscode();
      await openSc("pkcs15-tool", "--unblock-pin", "--puk", PUK, "--new-pin", NEW_PASSCODE);
      await openSc("pkcs15-tool", "--verify-pin", "--pin", NEW_PASSCODE);
      expect(card.state.passcode.triesLeft).toBe(3);
    });

    test.each([
      ["9a", "01"],
      ["9c", "02"],
    ] as const)(
      "pkcs11-tool logs in and signs with %s; the signature verifies",
      async (slot, id) => {
        const message = "evidence";
        const digest = createHash("sha256").update(message).digest();
        writeFileSync(join(folder, "digest"), digest);
        const login = ["--login", "--pin", TEST_CARD.passcode];
        const files = ["--input-file", "digest", "--output-file", "signature"];
        // 9C wants its passcode once more, just before: CKU_CONTEXT_SPECIFIC with the same PIN.
        await pkcs11(...login, "--sign", "--id", id, "--mechanism", "ECDSA", ...files);
        const signature = readFileSync(join(folder, "signature"));
        const key = { key: issued.publicKeys[slot], dsaEncoding: "ieee-p1363" } as const;
        expect(verify("sha256", Buffer.from(message), key, signature)).toBe(true);
      },
    );

    test("pkcs11-tool logs in and decrypts with the RSA key 9D", async () => {
      const padding = constants.RSA_PKCS1_PADDING;
      const sealed = publicEncrypt({ key: issued.publicKeys["9d"], padding }, Buffer.from("hello"));
      writeFileSync(join(folder, "sealed"), sealed);
      const login = ["--login", "--pin", TEST_CARD.passcode];
      const files = ["--input-file", "sealed", "--output-file", "opened"];
      await pkcs11(...login, "--decrypt", "--id", "03", "--mechanism", "RSA-PKCS", ...files);
      expect(readFileSync(join(folder, "opened"), "utf8")).toBe("hello");
    });

    test("yubico-piv-tool verifies, changes and unblocks the passcode", async () => {
      expect(await yubico("-a", "verify-pin", "-P", TEST_CARD.passcode)).toContain("Successfully");
      await yubico("-a", "change-pin", "-P", TEST_CARD.passcode, "-N", "640918");
      await blockPasscode();
      expect(await yubico("-a", "unblock-pin", "-P", PUK, "-N", NEW_PASSCODE)).toContain(
        "Successfully",
      );
      expect(await yubico("-a", "verify-pin", "-P", NEW_PASSCODE)).toContain("Successfully");
    });

    test("yubico-piv-tool reads status and changes the PUK", async () => {
      expect(await yubico("-a", "status")).toContain("CHUID");
      await yubico("-a", "change-puk", "-P", PUK, "-N", "87654321");
      await blockPasscode();
      await yubico("-a", "unblock-pin", "-P", "87654321", "-N", NEW_PASSCODE);
      expect(card.state.passcode.triesLeft).toBe(3);
    });
  },
);

/** The card with certificates, as OpenSC shows no key without one, and with a PUK of digits. */
async function certified(issued: TestCard): Promise<CardState> {
  const puk = { ...issued.state.puk, value: Buffer.from(PUK).toString("hex") };
  const card = testCard({ ...issued.state, puk });
  const reader = createVirtualReader("issuing");
  reader.insert(card);
  const session = openVirtualSession(reader);
  const piv = await openPivSession(session);
  const { algorithm, value } = card.state.managementKey;
  const key = new Secret(fromHex(value));
  await piv.authenticateManagementKey({ algorithm, key, cipher: nodeBlockCipher }, randomBytes);
  for (const slot of ["9a", "9c", "9d", "9e"] as const)
    await piv.writeCertificate(
      slot,
      testCertificate(`Synthetic holder ${slot}`, issued.publicKeys[slot]),
    );
  await session.close();
  return card.state;
}
