import { spawn } from "node:child_process";
import { once } from "node:events";
import { pcscReaders } from "@lanyard/agent";
import { asciiBytes, Secret } from "@lanyard/bytes";
import { nodeCardCrypto } from "@lanyard/crypto";
import { type CardSession, openPivSession } from "@lanyard/piv";
import { blankCardState, CARD_PROFILES, createVirtualCard, FACTORY } from "@lanyard/virtual-card";
import { insertionShown, openVpcdDesk } from "../e2e/harness/vpcd-desk.ts";
import { ratio, say, timed } from "./report.ts";

const NEW_PASSCODE = "738261";

/**
 * The same RESET RETRY COUNTER on the same virtual card through the same pcscd: our client in a running process, and
 * two programs as they are, process start included. R S R S, so that a busy minute hits all of them.
 */
export async function benchApduPath(rounds: number): Promise<void> {
  const desk = await openVpcdDesk();
  const [reader] = desk.readerNames;
  const counter = { apdus: 0 };
  const driver = pcscReaders();
  const times: Times = { ours: [], yubico: [], opensc: [] };
  const apdus = { ours: 0, yubico: 0, opensc: 0 };
  try {
    await desk.insert(reader, countingCard(counter));
    const insertion = await insertionShown(driver, reader);
    const measure = async (who: keyof Times, work: () => Promise<void>): Promise<void> => {
      counter.apdus = 0;
      times[who].push(await timed(work));
      apdus[who] = counter.apdus;
    };
    for (let round = 0; round < rounds; round += 1) {
      await measure("ours", () => resetByOurs(() => driver.connect(reader, insertion)));
      await measure("yubico", () => run("yubico-piv-tool", yubicoWords(reader)));
      await measure("opensc", () => run("pkcs15-tool", OPENSC_WORDS));
    }
  } finally {
    await driver.close();
    await desk.end();
  }
  say(`RESET RETRY COUNTER through PC/SC (${rounds} rounds), ours to theirs; below 1 is quicker`);
  say(
    `  to yubico-piv-tool  ${ratio(times.ours, times.yubico)}  APDUs ${apdus.ours} to ${apdus.yubico}`,
  );
  say(
    `  to pkcs15-tool      ${ratio(times.ours, times.opensc)}  APDUs ${apdus.ours} to ${apdus.opensc}`,
  );
}

interface Times {
  readonly ours: number[];
  readonly yubico: number[];
  readonly opensc: number[];
}

function countingCard(counter: { apdus: number }) {
  const state = blankCardState(CARD_PROFILES.careDigits, {
    serial: "98269999",
    guid: new Uint8Array(16).fill(5),
    expires: "2036-12-31",
  });
  const card = createVirtualCard({ state, crypto: nodeCardCrypto, save: async () => {} });
  return {
    ...card,
    faults: card.faults,
    get state() {
      return card.state;
    },
    get isInserted() {
      return card.isInserted;
    },
    insert: () => {
      const contacts = card.insert();
      return {
        atr: contacts.atr,
        removed: contacts.removed,
        reset: () => contacts.reset(),
        remove: () => contacts.remove(),
        transmit: (apdu: Uint8Array) => {
          counter.apdus += 1;
          return contacts.transmit(apdu);
        },
      };
    },
  };
}

async function resetByOurs(connect: () => Promise<CardSession>): Promise<void> {
  const session = await connect();
  try {
    await session.transaction(async () => {
      const piv = await openPivSession(session, { extendedLength: true });
      const puk = new Secret(asciiBytes(FACTORY.puk));
      const { effect } = await piv.resetRetryCounter(puk, new Secret(asciiBytes(NEW_PASSCODE)));
      if (effect !== "applied") throw new Error("Our reset was refused.");
    });
  } finally {
    await session.close();
  }
}

function yubicoWords(reader: string): readonly string[] {
  return ["-r", reader, "-a", "unblock-pin", "-P", FACTORY.puk, "-N", NEW_PASSCODE];
}

const OPENSC_WORDS = ["--unblock-pin", "--puk", FACTORY.puk, "--new-pin", NEW_PASSCODE];

/** Codes on the command line are fit for a card without a holder, and for nothing else. */
async function run(program: string, words: readonly string[]): Promise<void> {
  // The card lives in this process: it must be free to answer while the program runs.
  const child = spawn(program, words, { stdio: ["ignore", "ignore", "pipe"] });
  const said: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${Buffer.concat(said)}`);
}
