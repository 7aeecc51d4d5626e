import { createHash, timingSafeEqual } from "node:crypto";
import type {
  Ceremony,
  Desk,
  Visit,
  VisitChange,
  VisitResult,
  VisitState,
} from "@lanyard/identity";
import { Refusal } from "@lanyard/wire";
import type { Core } from "../core.ts";
import { hashOf, newToken } from "../random.ts";

/** DESIGN 4: five minutes to be bound, fifteen to be authorised. */
const VISIT_TIMES = { bindMs: 5 * 60_000, workMs: 15 * 60_000 } as const;

export interface NewVisit extends Pick<Visit, "purpose"> {
  readonly browser: string;
  readonly nonce?: string;
  readonly sessionId?: string;
  readonly ceremony?: Pick<Ceremony, "id" | "deskId">;
}

/** The trips of the browser to the agent and back. The leash alone never completes one: the same browser must. */
export class VisitService {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Makes a visit and gives the address at the agent to send the browser to. */
  async start(wanted: NewVisit): Promise<string> {
    const now = this.#core.now();
    const visit: Visit = {
      id: newToken(),
      purpose: wanted.purpose,
      state: "new",
      cookieHash: hashOf(wanted.browser),
      bindHash: undefined,
      returnHash: undefined,
      deskId: wanted.ceremony?.deskId,
      sessionId: wanted.sessionId,
      ceremonyId: wanted.ceremony?.id,
      nonce: wanted.nonce,
      result: undefined,
      createdAt: now,
      deadline: new Date(now.getTime() + VISIT_TIMES.bindMs),
    };
    await this.#core.store.transaction((records) => records.visits.add(visit));
    return `${this.#core.config.agentOrigin}/t/${visit.id}`;
  }

  /**
   * A desk's agent says the browser came. Gives the secret the browser must bring to {@link bind}.
   *
   * @throws {Refusal} `visit_unknown` | `visit_taken` | `visit_over` | `wrong_desk`
   */
  async claim(desk: Pick<Desk, "id">, id: string): Promise<string> {
    const visit = await this.#find(id);
    if (visit === undefined || this.#isLate(visit)) throw new Refusal("visit_unknown");
    if (visit.state === "done" || visit.state === "dead") throw new Refusal("visit_over");
    // A ceremony's claiming desk must be its session's desk.
    if (visit.deskId !== undefined && visit.deskId !== desk.id) throw new Refusal("wrong_desk");
    const secret = newToken();
    const change = { state: "claimed", deskId: desk.id, bindHash: hashOf(secret) } as const;
    if (!(await this.#advance(id, "new", change))) throw new Refusal("visit_taken");
    return secret;
  }

  /** The browser comes by with the secret: only the one that started it binds it; any other kills it. */
  async bind(id: string, secret: string, browser: string): Promise<Visit | undefined> {
    const visit = await this.#find(id);
    if (visit?.state !== "claimed" || this.#isLate(visit)) return undefined;
    const mine = isHashOf(browser, visit.cookieHash) && isHashOf(secret, visit.bindHash);
    const deadline = new Date(this.#core.now().getTime() + VISIT_TIMES.workMs);
    // To meet a desk, claiming and binding is all there is to it.
    const bound = visit.purpose === "desk" ? "done" : "bound";
    const change: VisitChange = mine ? { state: bound, deadline } : { state: "dead" };
    const moved = await this.#advance(id, "claimed", change);
    return moved && mine ? { ...visit, ...change } : undefined;
  }

  /**
   * Bound or not, for the agent's page of the desk that claimed it: it asks on every load.
   *
   * @throws {Refusal} `visit_unknown` | `visit_taken` | `visit_over`
   */
  async status(desk: Pick<Desk, "id">, id: string): Promise<Visit> {
    const visit = await this.#find(id);
    if (visit === undefined || this.#isLate(visit)) throw new Refusal("visit_unknown");
    if (visit.state === "new") throw new Refusal("visit_unknown");
    if (visit.deskId !== desk.id) throw new Refusal("visit_taken");
    if (visit.state !== "claimed" && visit.state !== "bound") throw new Refusal("visit_over");
    return visit;
  }

  /**
   * The visit, once bound, for the desk that claimed it.
   *
   * @throws {Refusal} as {@link status} | `visit_not_bound`
   */
  async bound(desk: Pick<Desk, "id">, id: string): Promise<Visit> {
    const visit = await this.status(desk, id);
    if (visit.state === "claimed") throw new Refusal("visit_not_bound");
    return visit;
  }

  /**
   * The work at the agent is done or given up: a code to come back with, good once.
   *
   * @throws {Refusal} `visit_over`
   */
  async prove(id: string, result?: VisitResult): Promise<string> {
    const code = newToken();
    const change = { state: "proven", returnHash: hashOf(code) } as const;
    const whole: VisitChange = result === undefined ? change : { ...change, result };
    if (!(await this.#advance(id, "bound", whole))) throw new Refusal("visit_over");
    return code;
  }

  /**
   * As {@link prove}, for work whose outcome the server knows by itself: also when an earlier code was lost on the way.
   * `undefined`: no browser waits for it any more.
   */
  async proveAgain(id: string): Promise<string | undefined> {
    const code = newToken();
    const change = { state: "proven", returnHash: hashOf(code) } as const;
    for (const from of ["bound", "proven"] as const)
      if (await this.#advance(id, from, change)) return code;
    return undefined;
  }

  /** The visit, whatever has become of it, for the desk that claimed it. */
  async ofDesk(desk: Pick<Desk, "id">, id: string): Promise<Visit | undefined> {
    const visit = await this.#find(id);
    return visit?.deskId === desk.id ? visit : undefined;
  }

  /** The browser is back: only the one that started it, with the code, once. */
  async complete(id: string, code: string, browser: string): Promise<Visit | undefined> {
    const visit = await this.#find(id);
    if (visit?.state !== "proven" || this.#isLate(visit)) return undefined;
    const mine = isHashOf(browser, visit.cookieHash) && isHashOf(code, visit.returnHash);
    return mine && (await this.#advance(id, "proven", { state: "done" })) ? visit : undefined;
  }

  /** A visit that this browser started, whatever its state: it may see how its own visit ended. */
  async ofBrowser(id: string, browser: string): Promise<Visit | undefined> {
    const visit = await this.#find(id);
    return visit && isHashOf(browser, visit.cookieHash) ? visit : undefined;
  }

  #find(id: string): Promise<Visit | undefined> {
    return this.#core.store.transaction((records) => records.visits.find(id));
  }

  #advance(id: string, from: VisitState, change: VisitChange): Promise<boolean> {
    return this.#core.store.transaction((records) => records.visits.advance(id, from, change));
  }

  #isLate(visit: Visit): boolean {
    return visit.deadline < this.#core.now();
  }
}

/** In constant time, though a hash of 128 random bits would not need it. */
function isHashOf(secret: string, hash: string | undefined): boolean {
  if (hash === undefined) return false;
  const digest = createHash("sha256").update(secret).digest();
  return timingSafeEqual(digest, Buffer.from(hash, "hex"));
}
