import { createPublicKey, type KeyObject } from "node:crypto";
import { isSignedWithCode } from "@lanyard/crypto";
import type { Desk, Records, StoredEnrolmentCode } from "@lanyard/identity";
import { Refusal, type ReplyOf, statements } from "@lanyard/wire";
import { record } from "../audit/record.ts";
import { isSignedBy } from "../certificates/signatures.ts";
import { keyHashOf } from "../certificates/trust.ts";
import type { Core } from "../core.ts";
import { deskNameFrom } from "./desk-name.ts";
import { enrol } from "./enrol.ts";

/** How many strangers are noted at a time, and for how long after they last asked. */
export const REQUEST_LIMITS = { strangers: 50, forgottenAfterMs: 24 * 3_600_000 } as const;

type Hello = ReplyOf<"hello">;

/** A device key that has proved itself and that nobody here knows. */
interface Stranger {
  readonly keyHash: string;
  readonly key: Uint8Array;
  /** What it calls itself: good enough until an administrator gives it another. */
  readonly name: string;
}

/** The desks: each known by its device key, which has proved itself before anything else is said on the leash. */
export class DeskService {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /**
   * Verifies a `hello` and finds the desk. A new one is let in by a one-time code, or by itself where that is open (the
   * demo); otherwise it is noted, so that somebody may approve it.
   *
   * @throws {Refusal} `desk_key_invalid` | `desk_unknown` | `desk_revoked` | `enrolment_code_wrong`
   */
  async recognise(nonce: string, hello: Hello): Promise<Desk> {
    const key = this.#provenKey(nonce, hello);
    const keyHash = keyHashOf(key);
    const known = await this.#core.store.transaction((records) => records.desks.findByKey(keyHash));
    if (known?.revokedAt !== undefined) {
      await this.#recordRevoked(known);
      throw new Refusal("desk_revoked");
    }
    if (known !== undefined) return known;
    const name = deskNameFrom(hello.deskName) ?? "Desk";
    const stranger = { keyHash, key: key.export({ type: "spki", format: "der" }), name };
    if (hello.enrolment !== undefined) return this.#enrolByCode(stranger, nonce, hello.enrolment);
    if (this.#core.config.openEnrolment) return this.#enrolOpenly(stranger);
    await this.#note(stranger);
    throw new Refusal("desk_unknown");
  }

  #provenKey(nonce: string, hello: Hello): KeyObject {
    const key = readDeskKey(hello.deskKey);
    const message = statements.deskHello({ origin: this.#core.config.origin, nonce });
    const signature = { algorithm: "ES256", value: hello.signature } as const;
    if (key === undefined || !isSignedBy(key, message, signature))
      throw new Refusal("desk_key_invalid");
    return key;
  }

  /** A stranger's key is for the log alone, or anybody could fill the record; a revoked desk's is for the record. */
  #recordRevoked(desk: Desk): Promise<void> {
    return this.#core.store.transaction((records) =>
      record(records, {
        action: "desk.refused",
        at: this.#core.now(),
        deskId: desk.id,
        details: { reason: "desk_revoked" },
      }),
    );
  }

  /** One answer for every wrong code: a guesser learns nothing. Tries are counted in the same commit. */
  async #enrolByCode(
    stranger: Stranger,
    nonce: string,
    proof: NonNullable<Hello["enrolment"]>,
  ): Promise<Desk> {
    const { origin } = this.#core.config;
    const statement = statements.deskEnrol({ origin, nonce, keyHash: stranger.keyHash });
    const signature = Buffer.from(proof.signature, "base64");
    const desk = await this.#core.store.transaction(async (records) => {
      const code = await records.enrolments.lockCode(proof.handle);
      if (code === undefined || !(await isAlive(records, code, this.#core.now()))) return undefined;
      if (!isSignedWithCode(code.verifier, statement, signature))
        return this.#countWrong(records, code);
      await records.enrolments.setTriesLeft(code.handle, 0);
      return enrol(records, this.#core.now(), {
        ...stranger,
        name: code.deskName ?? stranger.name,
        organisationCode: code.organisationCode,
        how: "code",
        by: code.madeBy,
      });
    });
    if (desk === undefined) throw new Refusal("enrolment_code_wrong");
    this.#core.log.info({ desk: desk.id }, "desk.enrolled");
    return desk;
  }

  async #countWrong(records: Records, code: StoredEnrolmentCode): Promise<undefined> {
    const triesLeft = code.triesLeft - 1;
    await records.enrolments.setTriesLeft(code.handle, triesLeft);
    await record(records, {
      action: "desk.code_refused",
      at: this.#core.now(),
      details: { code: code.handle, triesLeft },
    });
  }

  async #enrolOpenly(stranger: Stranger): Promise<Desk> {
    const desk = await this.#core.store.transaction((records) =>
      enrol(records, this.#core.now(), {
        ...stranger,
        organisationCode: undefined,
        how: "open",
        by: undefined,
      }),
    );
    this.#core.log.info({ desk: desk.id }, "desk.enrolled");
    return desk;
  }

  async #note(stranger: Stranger): Promise<void> {
    const now = this.#core.now();
    const { strangers, forgottenAfterMs } = REQUEST_LIMITS;
    const noted = await this.#core.store.transaction(async ({ enrolments }) => {
      await enrolments.forgetRequestsBefore(new Date(now.getTime() - forgottenAfterMs));
      return enrolments.ask(stranger, now, strangers);
    });
    if (!noted) this.#core.log.warn("desk.too_many_ask");
  }
}

/**
 * Not used, not tried too often, not older than its time. Once seen expired it is dead, so that no clock turned back
 * revives it; one from further ahead than its whole life is of another clock.
 */
async function isAlive(records: Records, code: StoredEnrolmentCode, now: Date): Promise<boolean> {
  if (code.triesLeft === 0) return false;
  const life = code.expiresAt.getTime() - code.madeAt.getTime();
  if (Math.abs(now.getTime() - code.madeAt.getTime()) < life) return true;
  await records.enrolments.setTriesLeft(code.handle, 0);
  return false;
}

/** A P-256 public key, or nothing: hostile DER makes node:crypto throw what it likes. */
function readDeskKey(base64: string): KeyObject | undefined {
  try {
    const der = Buffer.from(base64, "base64");
    const key = createPublicKey({ key: der, type: "spki", format: "der" });
    return key.asymmetricKeyDetails?.namedCurve === "prime256v1" ? key : undefined;
  } catch {
    return undefined;
  }
}
