import {
  CEREMONY_TIMES,
  type Ceremony,
  type CommonEvent,
  decide,
  type EndReason,
  isOfKind,
  type Store,
  type Table,
} from "@lanyard/identity";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { newToken } from "../random.ts";
import { openStore } from "../stores/index.ts";
import { Attempt, type Changing, changeNow, startChanging } from "../testing/change-desk.ts";
import { siteForTests } from "../testing/test-world.ts";
import { type CeremonyCore, CeremonyService } from "./ceremony.service.ts";
import { CHANGE } from "./change-kind.ts";
import type { StoredKind } from "./kind.ts";
import { CEREMONY_KINDS } from "./kinds.ts";
import { commitStep } from "./runner.ts";
import { oneOf } from "./schemas.ts";

/**
 * A ceremony that nothing but this file knows of: a label is written on the card. It shows all that a third kind brings
 * along; store, runner and rounds are the real ones, as they are.
 */
interface LabelTypes {
  readonly state: {
    readonly phase: keyof typeof PHASES;
    readonly reason: string | undefined;
    readonly label: string;
  };
  readonly event: CommonEvent | { readonly type: "writing" } | { readonly type: "written" };
  readonly command: { readonly type: "read_label" };
  readonly notes: { readonly writer: string };
}

// biome-ignore format: the columns are the documentation
const PHASES = {
  asked:   "open",
  writing: "released",
  written: "over",
  aborted: "aborted",
  unknown: "uncertain",
  works:   "over",
} as const;

type State = LabelTypes["state"];
type Outcome = { readonly ceremony: State; readonly commands: readonly LabelTypes["command"][] };

const to = (state: State, change: Partial<State>, commands: Outcome["commands"] = []): Outcome => ({
  ceremony: { ...state, ...change },
  commands,
});
const because =
  (phase: State["phase"]) =>
  (state: State, { reason }: { readonly reason: EndReason }): Outcome =>
    to(state, { phase, reason });

// biome-ignore format: the columns are the documentation
const TABLE: Table<State, LabelTypes["event"], Outcome> = {
  asked:   { writing: (state) => to(state, { phase: "writing" }), abort: because("aborted") },
  writing: { written: (state) => to(state, { phase: "written" }, [{ type: "read_label" }]), lost: because("unknown") },
  unknown: { signed_later: (state) => to(state, { phase: "works" }) },
  written: {}, aborted: {}, works: {},
};

const LABEL: StoredKind<LabelTypes> = {
  kind: "label",
  phases: PHASES,
  times: { ...CEREMONY_TIMES, openMs: 5 * 60_000 },
  step: ({ ceremony }, event) => decide(TABLE, ceremony, event),
  hasReleased: ({ phase }) => phase !== "asked" && phase !== "aborted",
  stateSchema: z
    .object({ phase: oneOf(PHASES), reason: z.string().optional(), label: z.string() })
    .transform(({ reason, ...rest }) => ({ ...rest, reason })),
  notesSchema: z.object({ writer: z.string() }),
  notices: { written: "passcode_changed" },
  // A real one has rows of its own among the record's actions.
  actions: {
    aborted: "change.aborted",
    uncertain: "change.uncertain",
    settled: "change.settled",
  },
};

type Label = Ceremony<LabelTypes>;
type LabelEvent = LabelTypes["event"];

const KINDS = [...CEREMONY_KINDS, LABEL];
const place = siteForTests();

/** As `app.ts` makes it, with one more row in the list of kinds. No desk has to be called in these tests. */
function coreOf({ world, site }: ReturnType<typeof place>): CeremonyCore {
  const { secrets, clock, database } = world;
  const links = { find: async () => undefined };
  const store = openStore(database, KINDS);
  return { store, kinds: KINDS, secrets, config: site.config, links, now: () => clock.now() };
}

/** A label ceremony at the place of a change that is over, its desk and card free again. */
async function beginLabel(store: Store, after: Changing): Promise<Label> {
  const { cardSerial, holder, operator, deskId, sessionId, insertion } = await changeNow(after);
  const startedAt = after.world.clock.now();
  const label: Label = {
    ...{ cardSerial, holder, operator, deskId, sessionId, insertion },
    id: newToken(),
    kind: LABEL.kind,
    state: { phase: "asked", reason: undefined, label: "Ward 7" },
    expectedSerial: undefined,
    startedAt,
    deadline: new Date(startedAt.getTime() + LABEL.times.openMs),
    notes: { writer: "first" },
  };
  await store.transaction(({ ceremonies }) => ceremonies.add(label));
  return label;
}

async function labelNow(store: Store, id: string): Promise<Label> {
  const found = await store.transaction(({ ceremonies }) => ceremonies.find(id));
  if (!isOfKind(LABEL, found)) throw new Error("There is no such label.");
  return found;
}

describe("a third kind of ceremony, on the machine as it is", () => {
  let core: CeremonyCore;
  let service: CeremonyService;
  beforeAll(() => {
    core = coreOf(place());
    service = new CeremonyService(core);
  });
  const step = (id: string, event: LabelEvent, notes: Partial<LabelTypes["notes"]> = {}) =>
    commitStep(core, { kind: LABEL, id, event, entry: { action: "change.sent", notes } });

  /** A change that left the card in doubt, its 9000 told; a second later a label is begun on the same card. */
  const begin = async () => {
    const changing = await startChanging(place());
    const attempt = new Attempt(changing);
    await attempt.send();
    await attempt.report(0x9000);
    await attempt.lost("agent_gone");
    changing.world.clock.advance(1000);
    return { changing, label: await beginLabel(core.store, changing) };
  };

  test("its table decides; state, notes, deadline, record and notice are one commit", async () => {
    const { label } = await begin();
    expect(await step(label.id, { type: "written" })).toBeUndefined();
    const deadline = new Date(core.now().getTime() + LABEL.times.releasedMs);
    await step(label.id, { type: "writing" }, { writer: "second" });
    expect(await labelNow(core.store, label.id)).toStrictEqual({
      ...label,
      state: { ...label.state, phase: "writing" },
      notes: { writer: "second" },
      deadline,
    });
    const last = await step(label.id, { type: "written" });
    expect(last?.commands).toEqual([{ type: "read_label" }]);
    const { world } = place();
    const entries = (await world.record()).filter((entry) => entry["ceremonyId"] === label.id);
    expect(entries.map((entry) => entry["details"])).toMatchObject([
      { phase: "writing" },
      { phase: "written" },
    ]);
    await core.store.transaction(async ({ notices }) => {
      expect(await notices.ofCeremony(label.id)).toMatchObject([{ state: "no_address" }]);
    });
  });

  test("while it is under way it has its desk and its card to itself", async () => {
    const { changing, label } = await begin();
    await expect(beginLabel(core.store, changing)).rejects.toMatchObject({
      code: "store/conflict",
    });
    await step(label.id, { type: "writing" });
    await step(label.id, { type: "written" });
    await beginLabel(core.store, changing);
  });

  test("silence ends it by its own times: aborted before release, in doubt after it", async () => {
    const { label } = await begin();
    const { label: released } = await begin();
    await step(released.id, { type: "writing" });
    place().world.clock.advance(LABEL.times.openMs + 1);
    await service.checkAll();
    const { state } = await labelNow(core.store, label.id);
    expect(state).toMatchObject({ phase: "aborted", reason: "timed_out" });
    const { state: doubt } = await labelNow(core.store, released.id);
    expect(doubt).toMatchObject({ phase: "unknown", reason: "agent_gone" });
  });

  test("a later signature of the card settles it", async () => {
    const { changing, label } = await begin();
    await step(label.id, { type: "writing" });
    await step(label.id, { type: "lost", reason: "answer_lost" });
    const card = await changing.world.cardNow(changing.card);
    await core.store.transaction((records) => service.settle(records, card));
    expect((await labelNow(core.store, label.id)).state.phase).toBe("works");
  });

  test.each([
    ["never came near the card", false, "confirmed_later"],
    ["may have changed the card", true, "settled_unknown"],
  ] as const)("a late proof of a change after which it %s", async (_, isReleased, phase) => {
    const { changing, label } = await begin();
    const event: LabelEvent = isReleased
      ? { type: "writing" }
      : { type: "abort", reason: "cancelled" };
    await step(label.id, event);
    const id = changing.task.ceremony;
    const entry = { action: "change.changed" } as const;
    await commitStep(core, { kind: CHANGE, id, event: { type: "proof_valid" }, entry });
    await core.store.transaction(async ({ ceremonies }) => {
      expect((await ceremonies.find(id))?.state.phase).toBe(phase);
    });
  });
});
