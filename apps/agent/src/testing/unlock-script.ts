import { type KeyObject, verify } from "node:crypto";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { asciiBytes, fromHex, Secret, toBase64 } from "@lanyard/bytes";
import { encryptBlock } from "@lanyard/crypto";
import { encodeHint } from "@lanyard/identity";
import { statusEffect } from "@lanyard/piv";
import {
  encodeRelease,
  type HintOrder,
  Refusal,
  type RequestOf,
  releaseInfo,
  type SealedRelease,
  statements,
  type UnlockProgress,
  type UnlockTask,
} from "@lanyard/wire";
import { newCode, newNonce, type ScriptedServer, type ScriptedVisit } from "./scripted-server.ts";
import type { IssuedCard } from "./test-cards.ts";

/** One unlock as the scripted server plays it: which PUKs it believes in, and what it was told. */
export interface UnlockScript {
  readonly task: UnlockTask;
  /** What was reported, proven or lost, in order. */
  readonly told: string[];
  /** Set once the closing signature was good. */
  isVerified: boolean;
  /** The ceremony PUKs are sealed for; any but the task's own must not open. */
  sealedFor: string;
  /** Another than the card's own. */
  managementKey: Uint8Array | undefined;
  /** Runs before the reply to each call: to pull a card, or cut the line. */
  before: (call: string) => void | Promise<void>;
}

export interface UnlockPlan {
  readonly server: ScriptedServer;
  readonly visit: ScriptedVisit;
  readonly holder: IssuedCard;
  readonly holderInsertion: string;
  readonly operator: IssuedCard;
  readonly operatorInsertion: string;
  readonly ceremony: string;
  /** The PUKs the card may hold, the likeliest first. One: it is known, and the next goes along. */
  readonly candidates: readonly string[];
  readonly next: string;
  readonly change?: Partial<UnlockTask>;
}

/** What the scripted server has written onto cards. */
export const HINT = encodeHint({ index: 4, mac: new Uint8Array(32).fill(5) });

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

export function isSignature(
  key: KeyObject,
  statement: Uint8Array,
  signature: { readonly value: string },
): boolean {
  const options = { key, dsaEncoding: "ieee-p1363" } as const;
  return verify("sha256", statement, options, Buffer.from(signature.value, "base64"));
}

/** Binds the visit to an unlock and scripts the server's answers to it. */
export function scriptUnlock(plan: UnlockPlan): UnlockScript {
  const { server, visit } = plan;
  const task = taskOf(plan);
  const script: UnlockScript = {
    task,
    told: [],
    isVerified: false,
    sealedFor: task.ceremony,
    managementKey: undefined,
    before: () => undefined,
  };
  visit.state = "bound";
  visit.task = task;
  const game = new UnlockGame(plan, script);
  server.handlers.unlock_authorise = (body) => game.authorise(body);
  server.handlers.unlock_report = (body) => game.report(body);
  server.handlers.unlock_hint = (body) => game.hint(body);
  server.handlers.unlock_prove = (body) => game.prove(body);
  server.handlers.unlock_lost = (body) => game.lost(body);
  return script;
}

function taskOf(plan: UnlockPlan): UnlockTask {
  const { holder } = plan;
  return {
    purpose: "unlock",
    ceremony: plan.ceremony,
    holder: { name: "Dr Maria Okafor", careId: holder.careId, cardSerial: holder.serial },
    insertion: plan.holderInsertion,
    keyHash: holder.keyHash,
    operator: { name: "Sam Reed", insertion: plan.operatorInsertion },
    locked: true,
    policy: { site: "care-4-8", cardRule: "alphanumeric-4-8" },
    tokens: { names: ["Maria", "Okafor"], dateOfBirth: "1984-03-17", numbers: [], codes: [] },
    evidence: "photo",
    pukChangeable: true,
    hint: false,
    authoriseNonce: newNonce(),
    doneNonce: newNonce(),
    authorise: "press",
    ...plan.change,
  };
}

class UnlockGame {
  readonly #plan: UnlockPlan;
  readonly #script: UnlockScript;
  #ephemeralKey = "";
  #tried = 0;

  constructor(plan: UnlockPlan, script: UnlockScript) {
    this.#plan = plan;
    this.#script = script;
  }

  async authorise(request: RequestOf<"unlock_authorise">): Promise<UnlockProgress> {
    await this.#script.before("unlock_authorise");
    const { task } = this.#script;
    const statement = statements.unlockAuthorise({
      ceremony: task.ceremony,
      careId: task.holder.careId,
      keyHash: task.keyHash,
      ephemeralKey: Buffer.from(request.ephemeralKey, "base64"),
      evidence: task.evidence,
      nonce: task.authoriseNonce,
    });
    const slot = request.slot === "9A" ? "9a" : "9c";
    if (!isSignature(this.#plan.operator.keys[slot], statement, request.signature))
      throw new Refusal("signature_invalid");
    this.#ephemeralKey = request.ephemeralKey;
    const { candidates, next } = this.#plan;
    const isKnown = candidates.length === 1;
    return this.#open(candidates[0], isKnown && task.pukChangeable ? next : undefined);
  }

  async report(request: RequestOf<"unlock_report">): Promise<UnlockProgress> {
    const { step, status, lost } = request;
    this.#script.told.push(`${step} ${lost ? "lost" : status.toString(16)}`);
    await this.#script.before(`unlock_report ${step}`);
    if (step !== "reset") return { next: "go_on" };
    const { candidates, next } = this.#plan;
    if (lost) return this.#return();
    if (statusEffect(status) === "applied")
      return candidates.length === 1 || !this.#script.task.pukChangeable
        ? { next: "go_on" }
        : this.#open(undefined, next);
    this.#tried += 1;
    const other = candidates[this.#tried];
    return other === undefined ? this.#return() : this.#open(other, undefined);
  }

  /** Answers with the management key of the very card, unless a test says another. */
  async hint({ challenge }: RequestOf<"unlock_hint">): Promise<HintOrder> {
    await this.#script.before("unlock_hint");
    const { algorithm, value } = this.#plan.holder.card.state.managementKey;
    const block = Buffer.from(challenge, "base64");
    const response = encryptBlock(algorithm, this.#script.managementKey ?? fromHex(value), block);
    return { response: toBase64(response), object: toBase64(HINT) };
  }

  async prove({ signature }: RequestOf<"unlock_prove">): Promise<UnlockProgress> {
    await this.#script.before("unlock_prove");
    const { task } = this.#script;
    const statement = statements.unlockDone({
      origin: this.#plan.server.origin,
      ceremony: task.ceremony,
      careId: task.holder.careId,
      nonce: task.doneNonce,
    });
    this.#script.isVerified = isSignature(this.#plan.holder.keys["9a"], statement, signature);
    this.#script.told.push("proof");
    return this.#return();
  }

  async lost({ reason }: RequestOf<"unlock_lost">): Promise<UnlockProgress> {
    this.#script.told.push(`lost ${reason}`);
    await this.#script.before("unlock_lost");
    return this.#return();
  }

  #return(): UnlockProgress {
    this.#plan.visit.state = "over";
    return { next: "return", returnCode: newCode() };
  }

  async #open(candidate: string | undefined, next: string | undefined): Promise<UnlockProgress> {
    const step = candidate === undefined ? "second" : "first";
    return { next: "open", release: await this.#seal(step, { candidate, next }) };
  }

  async #seal(
    step: SealedRelease["step"],
    puks: { readonly candidate: string | undefined; readonly next: string | undefined },
  ): Promise<SealedRelease> {
    const { task, sealedFor: ceremony } = this.#script;
    const { keyHash } = task;
    const secret = (puk: string | undefined) =>
      puk === undefined ? undefined : new Secret(asciiBytes(puk));
    const plain = encodeRelease({ candidate: secret(puks.candidate), next: secret(puks.next) });
    const recipientPublicKey = await suite.kem.deserializePublicKey(
      Buffer.from(this.#ephemeralKey, "base64"),
    );
    const info = releaseInfo({ ceremony, keyHash, step });
    const { enc, ct } = await suite.seal({ recipientPublicKey, info }, plain);
    const base64 = (bytes: ArrayBuffer) => Buffer.from(bytes).toString("base64");
    return { step, enc: base64(enc), ciphertext: base64(ct) };
  }
}
