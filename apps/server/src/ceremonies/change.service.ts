import { beginChange, type Ceremony, isOfKind, type Session } from "@lanyard/identity";
import { record } from "../audit/record.ts";
import type { Core } from "../core.ts";
import { newNonce, newToken } from "../random.ts";
import { isIn } from "../sessions/session.service.ts";
import { StoreError } from "../stores/errors.ts";
import type { VisitService } from "../visits/visit.service.ts";
import type { CeremonyService } from "./ceremony.service.ts";
import { CHANGE, type ChangeCeremony } from "./change-kind.ts";
import { deadlineFrom } from "./runner.ts";

/** Why no change can begin; the page has the words for each. */
export type ChangeRefusal = "agent_not_running" | "card_gone" | "ceremony_running";

interface Rooms {
  readonly visits: VisitService;
  readonly ceremonies: CeremonyService;
}

/** The holder's side of a change of passcode: always of the card they are signed in with, never of another. */
export class ChangeService {
  readonly #core: Core;
  readonly #rooms: Rooms;

  constructor(core: Core, rooms: Rooms) {
    this.#core = core;
    this.#rooms = rooms;
  }

  /** The address at the agent where the passcodes are typed. A repeated press leads to the same change again. */
  async begin(
    session: Session,
    browser: string,
  ): Promise<{ readonly address: string } | { readonly refusal: ChangeRefusal }> {
    const view = (await this.#core.links.find(session.deskId))?.view;
    if (view === undefined) return { refusal: "agent_not_running" };
    if (!isIn(view, session.insertion)) return { refusal: "card_gone" };
    const ceremony = (await this.#openOf(session)) ?? (await this.#add(session));
    if (ceremony === undefined) return { refusal: "ceremony_running" };
    const { visits } = this.#rooms;
    const visit = { purpose: "ceremony", browser, sessionId: session.id, ceremony } as const;
    return { address: await visits.start(visit) };
  }

  /** One's own, whatever its phase. */
  async find(session: Session, id: string): Promise<ChangeCeremony | undefined> {
    const ceremony = await this.#core.store.transaction((records) => records.ceremonies.find(id));
    if (!isOfKind(CHANGE, ceremony)) return undefined;
    return ceremony.holder === session.careId ? ceremony : undefined;
  }

  /** The change that this session has begun already and that may still be typed for. */
  async #openOf(session: Session): Promise<ChangeCeremony | undefined> {
    const open = await this.#openAtDesk(session.deskId);
    return isBegunBy(session, open) ? open : undefined;
  }

  /** Whatever else is open at the desk or for the card gives way, unless a card may have changed in it. */
  async #add(session: Session): Promise<ChangeCeremony | undefined> {
    const { ceremonies } = this.#rooms;
    for (const other of await this.#inTheWay(session)) {
      // Another press was quicker: theirs is the one.
      if (isBegunBy(session, other)) return other;
      if (ceremonies.standing(other) === "released") return undefined;
      await ceremonies.abort(other, "replaced");
    }
    const ceremony = newChange(session, this.#core.now());
    try {
      await this.#save(ceremony);
    } catch (error) {
      // So it was, by less.
      if (error instanceof StoreError && error.code === "store/conflict")
        return this.#openOf(session);
      throw error;
    }
    return ceremony;
  }

  async #inTheWay(session: Session): Promise<readonly Ceremony[]> {
    const found = await this.#core.store.transaction(async ({ ceremonies }) => [
      await ceremonies.openAtDesk(session.deskId),
      await ceremonies.openOfCard(session.cardSerial),
    ]);
    return found.filter((ceremony) => ceremony !== undefined);
  }

  #openAtDesk(deskId: string): Promise<Ceremony | undefined> {
    return this.#core.store.transaction((records) => records.ceremonies.openAtDesk(deskId));
  }

  #save(ceremony: ChangeCeremony): Promise<void> {
    return this.#core.store.transaction(async (records) => {
      await records.ceremonies.add(ceremony);
      await record(records, {
        action: "change.started",
        at: ceremony.startedAt,
        actor: ceremony.operator,
        holder: ceremony.holder,
        cardSerial: ceremony.cardSerial,
        ceremonyId: ceremony.id,
        deskId: ceremony.deskId,
      });
    });
  }
}

function isBegunBy(session: Session, ceremony: Ceremony | undefined): ceremony is ChangeCeremony {
  if (!isOfKind(CHANGE, ceremony)) return false;
  return ceremony.sessionId === session.id && ceremony.state.phase === "begun";
}

function newChange(session: Session, now: Date): ChangeCeremony {
  const state = beginChange();
  return {
    id: newToken(),
    kind: CHANGE.kind,
    state,
    cardSerial: session.cardSerial,
    holder: session.careId,
    operator: session.careId,
    deskId: session.deskId,
    sessionId: session.id,
    insertion: session.insertion,
    expectedSerial: undefined,
    startedAt: now,
    deadline: deadlineFrom(CHANGE, "open", now) ?? now,
    notes: { doneNonce: newNonce(), attempt: undefined },
  };
}
