import { createPublicKey, type KeyObject } from "node:crypto";
import type { Desk } from "@lanyard/identity";
import { Refusal, type ReplyOf, statements } from "@lanyard/wire";
import { record } from "../audit/record.ts";
import { isSignedBy } from "../certificates/signatures.ts";
import { keyHashOf } from "../certificates/trust.ts";
import type { Core } from "../core.ts";
import { newToken } from "../random.ts";

/** The desks: each known by its device key, which has proved itself before anything else is said on the leash. */
export class DeskService {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /**
   * Verifies a `hello` and finds the desk; a new one enrols itself only where that is open (the demo).
   *
   * @throws {Refusal} `desk_key_invalid` | `desk_unknown` | `desk_revoked`
   */
  async recognise(nonce: string, hello: ReplyOf<"hello">): Promise<Desk> {
    const key = readDeskKey(hello.deskKey);
    const message = statements.deskHello({ origin: this.#core.config.origin, nonce });
    const signature = { algorithm: "ES256", value: hello.signature } as const;
    if (key === undefined || !isSignedBy(key, message, signature))
      throw new Refusal("desk_key_invalid");
    const keyHash = keyHashOf(key);
    const known = await this.#core.store.transaction((records) => records.desks.findByKey(keyHash));
    if (known?.revokedAt !== undefined) {
      await this.#recordRevoked(known);
      throw new Refusal("desk_revoked");
    }
    if (known !== undefined) return this.#renamed(known, hello.deskName);
    if (!this.#core.config.openEnrolment) throw new Refusal("desk_unknown");
    return this.#enrol(key, keyHash, hello.deskName);
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

  async #renamed(desk: Desk, name: string): Promise<Desk> {
    if (desk.name === name) return desk;
    await this.#core.store.transaction((records) => records.desks.rename(desk.id, name));
    return { ...desk, name };
  }

  async #enrol(key: KeyObject, keyHash: string, name: string): Promise<Desk> {
    const desk: Desk = {
      id: newToken(),
      name,
      keyHash,
      key: key.export({ type: "spki", format: "der" }),
      enrolledAt: this.#core.now(),
      revokedAt: undefined,
    };
    await this.#core.store.transaction(async (records) => {
      await records.desks.add(desk);
      await record(records, {
        action: "desk.enrolled",
        at: desk.enrolledAt,
        deskId: desk.id,
        details: { keyHash, by: "open_enrolment" },
      });
    });
    this.#core.log.info({ desk: desk.id }, "desk.enrolled");
    return desk;
  }
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
