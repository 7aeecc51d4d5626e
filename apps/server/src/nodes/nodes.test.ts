import { setTimeout as delay } from "node:timers/promises";
import { Refusal } from "@lanyard/wire";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeOnPostgres } from "../sql/testing.ts";
import { listenAt } from "../testing/live-events.ts";
import { newDeskKey, openDesk } from "../testing/scripted-desk.ts";
import { TestBrowser } from "../testing/test-browser.ts";
import { found } from "../testing/test-card.ts";
import { meetDesk, signedInDesk, signIn } from "../testing/test-desk.ts";
import { type TestSite, worldForTests } from "../testing/test-world.ts";
import {
  actionsOf,
  atAgent,
  authorisation,
  authorise,
  chooseUnlock,
  comeBack,
  expectPhase,
  holderDesk,
  openRelease,
  prove,
  pukOf,
  readCard,
  report,
  type Unlocking,
} from "../testing/unlock-desk.ts";

const PATIENCE_MS = 15_000;

/** Asks again until it is so. Unlike `vi.waitFor` it lets no interval go by: a round is made by hand or not at all. */
async function soon<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;)
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(10);
    }
}

describeOnPostgres("two nodes", () => {
  const world = worldForTests("postgres");
  let nodes: { readonly a: TestSite; readonly b: TestSite } | undefined;
  beforeAll(async () => {
    nodes = { a: await world().start(), b: await world().start() };
  });
  afterAll(async () => {
    await nodes?.a.close();
    await nodes?.b.close();
  });

  /** The desk's leash ends at A, its browser goes to B. */
  const apart = () => {
    const { a, b } = found(nodes);
    return { world: world(), site: b, leashAt: a, key: newDeskKey() };
  };

  describe("a desk at one node, its browser at the other", () => {
    test("the whole unlock", async () => {
      const unlocking = await atAgent(await holderDesk(apart()));
      const released = await openRelease(unlocking, await authorise(unlocking));
      expect(released).toEqual([await pukOf(unlocking, 0), await pukOf(unlocking, 1)]);
      expect(await report(unlocking, "reset", 0x9000)).toEqual({ next: "go_on" });
      expect(await report(unlocking, "rotate", 0x9000)).toEqual({ next: "go_on" });
      const page = await comeBack(unlocking, await prove(unlocking));
      expect(page.body).toContain("Smartcard successfully unlocked");
      await expectPhase(unlocking, { phase: "verified" });
    });

    test("the card is pulled: the page at the other node is told, and so is the next request", async () => {
      const place = apart();
      const met = await signedInDesk(place);
      const page = await listenAt(place.site, met.browser);
      await soon(() => expect(page.said()).toContain("Your own card"));
      await met.desk.remove(0);
      await soon(() => expect(page.said()).toContain("event: signed-out"));
      page.leave();
      expect((await met.browser.get("/people?q=x")).location).toBe("/signed-out");
      await soon(() => expect(met.desk.served.at(-1)?.call).toBe("session_end"));
    });

    test("a card put in is seen at the other node", async () => {
      const place = apart();
      const met = await signedInDesk(place);
      const page = await listenAt(place.site, met.browser);
      const holder = await world().person();
      await met.desk.insert(1, await world().card(holder.careId));
      await soon(() => expect(page.said()).toContain(holder.familyName));
      page.leave();
    });

    test("signing out at the one lets the card go at the other", async () => {
      const met = await signedInDesk(apart());
      await met.browser.post("/sign-out");
      await soon(() => expect(met.desk.served.at(-1)?.call).toBe("session_end"));
    });

    test("what the desk refuses there is refused here", async () => {
      const met = await holderDesk(apart());
      met.desk.answers.card_prove = () => Promise.reject(new Refusal("card_busy"));
      const { body } = await met.browser.post("/manage-smartcard");
      expect(body).toContain("Another program is using");
    });
  });

  describe("the desk comes back at the other node", () => {
    /** A is gone as far as this desk is concerned: it redials, and its browser is sent to B as well. */
    const move = async <Met extends { readonly desk: Unlocking["desk"] }>(
      met: Met,
      { site, key }: ReturnType<typeof apart>,
    ): Promise<Met> => {
      await met.desk.cut();
      return { ...met, desk: await openDesk(site, { key, before: met.desk }) };
    };

    const tell: readonly ((unlocking: Unlocking) => Promise<unknown>)[] = [
      authorise,
      (unlocking) => report(unlocking, "reset", 0x9000),
      (unlocking) => report(unlocking, "rotate", 0x9000),
    ];

    test.each([
      ["before the release", 0, 0],
      ["after the release, its answer lost", 1, 0],
      ["after the reset", 2, 1],
      ["after the rotation", 3, 1],
    ] as const)("%s: the unlock is finished there", async (_, told, known) => {
      const place = apart();
      const unlocking = await atAgent(await holderDesk(place));
      for (const step of tell.slice(0, told)) await step(unlocking);
      const moved = await move(unlocking, place);
      if (known < 1) {
        const progress = await moved.desk.call("unlock_authorise", authorisation(moved));
        const puks = [await pukOf(moved, 0), await pukOf(moved, 1)];
        expect(await openRelease(moved, progress)).toEqual(puks);
      }
      // What was told already is told again: an agent that heard no answer cannot know.
      await report(moved, "reset", 0x9000);
      await report(moved, "rotate", 0x9000);
      await comeBack(moved, await prove(moved));
      await expectPhase(moved, { phase: "verified", rotated: true });
      const actions = await actionsOf(moved);
      expect(actions.filter((action) => action === "unlock.released")).toHaveLength(1);
      expect(actions.filter((action) => action === "unlock.verified")).toHaveLength(1);
    });

    test("it never comes back: the other node ends the ceremony as uncertain", async () => {
      const place = apart();
      const unlocking = await atAgent(await holderDesk(place));
      await authorise(unlocking);
      await unlocking.desk.cut();
      world().clock.advance(60_001);
      await soon(async () => {
        world().round();
        await expectPhase(unlocking, { phase: "uncertain" });
      });
      expect((await actionsOf(unlocking)).filter((one) => one === "unlock.uncertain")).toHaveLength(
        1,
      );
    });

    test("its first proof there is by 9A: a card that lost power on the way is found out", async () => {
      const place = apart();
      const met = await signedInDesk(place);
      const moved = await move(met, place);
      world().clock.advance(1_000);
      const slots = () =>
        moved.desk.served.flatMap(({ call, body }) =>
          call === "presence" && typeof body === "object" && body !== null && "slot" in body
            ? [body.slot]
            : [],
        );
      await soon(() => {
        world().round();
        expect(slots().length).toBeGreaterThan(1);
      });
      expect(slots()[0]).toBe("9A");
      expect(slots().at(-1)).toBe("9E");
    });
  });

  describe("one desk, two leashes", () => {
    test("the newer one counts, at every node, and the older is hung up", async () => {
      const { a, b } = found(nodes);
      const key = newDeskKey();
      const met = await meetDesk({ world: world(), site: a, key });
      const newer = await openDesk(b, { key, before: met.desk });
      expect((await met.desk.closed).code).toBe(1012);
      await signIn(a, { ...met, desk: newer });
      expect(newer.served.map(({ call }) => call)).toContain("session_begin");
    });

    test("what the older one still says counts for nothing", async () => {
      const { a, b } = found(nodes);
      const key = newDeskKey();
      const met = await signedInDesk({ world: world(), site: b, leashAt: a, key });
      // The newer leash is known to the database, and word of it has not reached A.
      await sql`update desk_leash set leash_id = nextval('leash_number')`.execute(
        world().database.db,
      );
      await expect(met.desk.call("desk_view", { service: "up", readers: [] })).rejects.toThrow();
      expect((await met.browser.get("/people?q=x")).status).toBe(200);
    });
  });

  describe("nothing is missed", () => {
    const cutEveryLine = () =>
      sql`select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = 'lanyard nodes'`.execute(world().database.db);

    test("the card is pulled while no node hears the other: the page is told when they do again", async () => {
      const place = apart();
      const met = await signedInDesk(place);
      const page = await listenAt(place.site, met.browser);
      await soon(() => expect(page.said()).toContain("Your own card"));
      await cutEveryLine();
      await met.desk.remove(0);
      await soon(() => expect(page.said()).toContain("event: signed-out"));
      page.leave();
    });

    test("a node that ended a session and died before it could tell: the next round shows it", async () => {
      const place = apart();
      const met = await signedInDesk(place);
      const page = await listenAt(place.site, met.browser);
      await soon(() => expect(page.said()).toContain("Your own card"));
      await world().store.transaction(async ({ sessions }) => {
        const mine = (await sessions.open()).find((one) => one.careId === met.operator.careId);
        await sessions.end(found(mine).id, world().clock.now(), "card_removed");
      });
      await soon(() => {
        world().round();
        expect(page.said()).toContain("event: signed-out");
      });
      page.leave();
    });

    test("the database forgot where the desks are, as after a crash: they are told anew", async () => {
      const place = apart();
      const met = await signedInDesk(place);
      await sql`truncate node, desk_leash`.execute(world().database.db);
      await soon(async () => {
        world().round();
        const again = await met.browser.post("/manage-smartcard");
        expect(again.body).not.toContain("card agent");
      });
    });

    test("a node not heard of for 30 s counts for nothing, and its desks are forgotten", async () => {
      const { b } = found(nodes);
      const { db } = world().database;
      await sql`insert into node values ('dead', clock_timestamp() - interval '31 seconds')`.execute(
        db,
      );
      await sql`insert into desk_leash values ('its-desk', nextval('leash_number'), 'dead', 'Gone', '{"service":"up","readers":[]}')`.execute(
        db,
      );
      const browser = new TestBrowser(b);
      await browser.get("/cis");
      const seen = await world().store.transaction(({ leashes }) =>
        leashes.find("its-desk", 30_000),
      );
      expect(seen).toBeUndefined();
      await soon(async () => {
        world().round();
        const { rows } = await sql`select 1 from desk_leash where node_id = 'dead'`.execute(db);
        expect(rows).toEqual([]);
      });
    });
  });

  test("of what crosses between nodes nothing is kept, and no secret is among it", async () => {
    const place = apart();
    const met = await holderDesk(place);
    const ceremony = await readCard(met);
    await chooseUnlock(met, ceremony);
    const { rows } = await sql`select call from call_across where reply is not null`.execute(
      world().database.db,
    );
    expect(rows.map((row) => JSON.stringify(row))).not.toContain("card_prove");
  });
});
