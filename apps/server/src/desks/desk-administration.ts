import { randomBytes } from "node:crypto";
import { enrolmentVerifier } from "@lanyard/crypto";
import type { CareId, Desk } from "@lanyard/identity";
import { ENROLMENT_CODE, type EnrolmentCode, makeEnrolmentCode } from "@lanyard/wire";
import { record } from "../audit/record.ts";
import type { Config } from "../config.ts";
import type { Core } from "../core.ts";
import { enrol } from "./enrol.ts";

/** What the books of desks are kept with: less than a running server, so that the command line may keep them too. */
export interface DeskGround extends Pick<Core, "store" | "now"> {
  readonly config: Pick<Config, "origin">;
}

/** Who acts. Undefined: somebody at the server's command line. */
export type Administrator = CareId | undefined;

export interface DeskPlace {
  readonly organisationCode: string;
  /** Undefined: what its agent calls it. */
  readonly name: string | undefined;
}

/** A code's handle is one of 1024: another is drawn when a living code has it. */
const DRAWS = 20;

/** The books of desks: codes, approval, names, revocation on record. What is live is {@link shutOut}'s. */
export class DeskAdministration {
  readonly #ground: DeskGround;

  constructor(ground: DeskGround) {
    this.#ground = ground;
  }

  /** A one-time code for one desk. It is shown once: only the public half of what it stands for is kept. */
  async makeCode(place: DeskPlace, by: Administrator): Promise<EnrolmentCode> {
    for (let draw = 0; draw < DRAWS; draw += 1) {
      const code = makeEnrolmentCode(randomBytes(ENROLMENT_CODE.randomBytes));
      if (await this.#keepCode(code, place, by)) return code;
    }
    throw new Error("There are too many codes at once.");
  }

  /** Lets a desk in that asked. `undefined`: it does not ask any more, or was refused. */
  approve(keyHash: string, place: DeskPlace, by: Administrator): Promise<Desk | undefined> {
    const { store, now } = this.#ground;
    return store.transaction(async (records) => {
      const request = await records.enrolments.findRequest(keyHash);
      if (request === undefined || request.refusedAt !== undefined) return undefined;
      if (!(await records.enrolments.forgetRequest(keyHash))) return undefined;
      const { organisationCode } = place;
      const name = place.name ?? request.name;
      const { key } = request;
      return enrol(records, now(), { keyHash, key, name, organisationCode, how: "approval", by });
    });
  }

  /** Refuses a desk that asked, for good: it may still be let in by a code. */
  refuse(keyHash: string, by: Administrator): Promise<boolean> {
    const at = this.#ground.now();
    return this.#ground.store.transaction(async (records) => {
      if (!(await records.enrolments.refuseRequest(keyHash, at))) return false;
      await record(records, {
        action: "desk.request_refused",
        at,
        actor: by,
        details: { keyHash },
      });
      return true;
    });
  }

  rename(desk: Desk, name: string, by: Administrator): Promise<void> {
    return this.#ground.store.transaction(async (records) => {
      await records.desks.rename(desk.id, name);
      const at = this.#ground.now();
      const details = { before: desk.name, name };
      await record(records, { action: "desk.renamed", at, actor: by, deskId: desk.id, details });
    });
  }

  /** Writes it down; false if it had been revoked already. From this commit on the desk is refused. */
  revoke(deskId: string, by: Administrator): Promise<boolean> {
    const at = this.#ground.now();
    return this.#ground.store.transaction(async (records) => {
      if (!(await records.desks.revoke(deskId, at))) return false;
      await record(records, { action: "desk.revoked", at, actor: by, deskId });
      return true;
    });
  }

  async #keepCode(code: EnrolmentCode, place: DeskPlace, by: Administrator): Promise<boolean> {
    const { store, now, config } = this.#ground;
    const { handle, symbols } = code;
    const verifier = await enrolmentVerifier(symbols, config.origin);
    const madeAt = now();
    const expiresAt = new Date(madeAt.getTime() + ENROLMENT_CODE.minutes * 60_000);
    const { organisationCode, name: deskName } = place;
    return store.transaction(async (records) => {
      const kept = await records.enrolments.addCode({
        ...{ handle, verifier, organisationCode, deskName, madeAt, expiresAt },
        madeBy: by,
        triesLeft: ENROLMENT_CODE.tries,
      });
      const details = { code: handle, organisation: organisationCode };
      if (kept) await record(records, { action: "desk.code_made", at: madeAt, actor: by, details });
      return kept;
    });
  }
}
