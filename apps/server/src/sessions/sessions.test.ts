import { createHash } from "node:crypto";
import type { Session } from "@lanyard/identity";
import { LeashLost, Refusal, statements } from "@lanyard/wire";
import { describe, expect, test, vi } from "vitest";
import { newDeskKey, openDesk } from "../testing/scripted-desk.ts";
import { TestBrowser } from "../testing/test-browser.ts";
import { found } from "../testing/test-card.ts";
import { bind, meetDesk, signedInDesk, signIn, type TestDesk } from "../testing/test-desk.ts";
import { siteForTests } from "../testing/test-world.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

const place = siteForTests();

async function sessionOf(cookie: string): Promise<Session> {
  const id = createHash("sha256").update(cookie).digest("hex");
  return found(await place().world.store.transaction(({ sessions }) => sessions.find(id)));
}

/** Signed in, with the session's own cookie kept aside: the browser's is taken away at the end. */
async function signedIn(): Promise<TestDesk & { now(): Promise<Session> }> {
  const met = await signedInDesk(place());
  const cookie = found(met.browser.cookies.get("__Host-session"));
  return { ...met, now: () => sessionOf(cookie) };
}

const PATIENCE = { timeout: 10_000 } as const;

/** Looks over all sessions, as the server does every 10 s, until this one has ended. */
function roundUntilEnded(now: () => Promise<Session>): Promise<Session> {
  return vi.waitFor(async () => {
    place().world.round();
    const session = await now();
    expect(session.endedAt).toBeDefined();
    return session;
  }, PATIENCE);
}

/** The same until its card has proved itself at the present time. */
async function roundUntilProven(now: () => Promise<Session>): Promise<void> {
  const at = place().world.clock.now();
  await vi.waitFor(async () => {
    place().world.round();
    expect((await now()).provenAt).toEqual(at);
  }, PATIENCE);
}

function presenceSlots({ desk }: Pick<TestDesk, "desk">): readonly unknown[] {
  return desk.served.flatMap(({ call, body }) =>
    call === "presence" && typeof body === "object" && body !== null && "slot" in body
      ? [body.slot]
      : [],
  );
}

describe("[DESIGN 4] the session hangs on the card", () => {
  test("card out: it ends at once, is on record, the desk is told to let go, and the page says why", async () => {
    const { now, ...met } = await signedIn();
    await met.desk.remove(0);
    expect(await now()).toMatchObject({ endReason: "card_removed" });
    const page = await met.browser.get("/people?q=x");
    expect(page.location).toBe("/signed-out");
    // Every tab of the browser asks for itself; who goes on from there has read it.
    for (const _tab of ["this one", "another"])
      expect((await met.browser.get("/signed-out")).body).toContain("Your card was taken out");
    await met.browser.get("/cis");
    expect((await met.browser.get("/signed-out")).body).not.toContain("Your card was taken out");
    const entries = (await place().world.record()).filter(
      ({ actor, action }) => actor === met.operator.careId && action === "session.ended",
    );
    expect(entries).toMatchObject([{ details: { reason: "card_removed" } }]);
    await vi.waitFor(() => expect(met.desk.served.at(-1)?.call).toBe("session_end"));
  });

  test.each(["another card", "the same card again"])(
    "%s in its place does not revive it",
    async (which) => {
      const { now, ...met } = await signedIn();
      const other = await place().world.card(met.operator.careId);
      const cookies = new Map(met.browser.cookies);
      await met.desk.remove(0);
      await met.desk.insert(0, which === "another card" ? other : met.card);
      expect((await now()).endReason).toBe("card_removed");
      for (const [name, value] of cookies) met.browser.cookies.set(name, value);
      expect((await met.browser.get("/people?q=x")).location).toBe("/signed-out");
    },
  );

  test("a swap that the agent tells in one go ends it as well: the insertion is another", async () => {
    const { now, ...met } = await signedIn();
    await met.desk.insert(0, met.card);
    expect((await now()).endReason).toBe("card_removed");
  });

  test("another card coming and going in the other reader changes nothing", async () => {
    const { now, ...met } = await signedIn();
    const holder = await place().world.person();
    await met.desk.insert(1, await place().world.card(holder.careId));
    await met.desk.remove(1);
    expect((await now()).endedAt).toBeUndefined();
  });

  test("the card in the other reader is still the card: the order of readers means nothing", async () => {
    const { now, ...met } = await signedIn();
    const [first, second] = met.desk.view.readers;
    await met.desk.tell({ service: "up", readers: [found(second), found(first)] });
    expect((await now()).endedAt).toBeUndefined();
  });

  test("the readers' service down means the card is gone", async () => {
    const { now, ...met } = await signedIn();
    await met.desk.tell({ service: "down", readers: [] });
    expect((await now()).endReason).toBe("card_removed");
  });
});

describe("[DESIGN 4] every 10 s a signature over a fresh nonce", () => {
  test("by 9E, and with it the session goes on", async () => {
    const { now, ...met } = await signedIn();
    for (let round = 0; round < 4; round += 1) {
      place().world.clock.advance(10 * SECOND_MS);
      await roundUntilProven(now);
    }
    expect(new Set(presenceSlots(met))).toEqual(new Set(["9E"]));
    const nonces = met.desk.served
      .filter(({ call }) => call === "presence")
      .map(({ body }) => body);
    expect(new Set(nonces.map((body) => JSON.stringify(body))).size).toBe(nonces.length);
    expect(nonces.length).toBeGreaterThanOrEqual(4);
    expect((await now()).endedAt).toBeUndefined();
  });

  const origin = () => place().site.config.origin;

  // biome-ignore format: the columns are the documentation
  test.each([
    ["of another card",       async (met: TestDesk) => (await place().world.card(met.operator.careId)).sign],
    ["by another key",        async (met: TestDesk) => (_: unknown, message: Uint8Array) => met.card.sign("9C", message)],
    ["over another nonce",    async (met: TestDesk) => (_: unknown, _message: Uint8Array) => met.card.sign("9E", statements.presence({ origin: origin(), session: "ab".repeat(32), nonce: "A" }))],
    ["of nothing",            async () => () => ({ algorithm: "ES256", value: "" }) as const],
  ])("a signature %s ends it", async (_, make) => {
    const { now, ...met } = await signedIn();
    const sign = await make(met);
    met.desk.answers.presence = async ({ session, nonce, slot }) => ({
      signature: sign(slot, statements.presence({ origin: origin(), session, nonce })),
    });
    expect((await roundUntilEnded(now)).endReason).toBe("proof_failed");
    expect((await met.browser.get("/people?q=x")).location).toBe("/signed-out");
  });

  test.each([
    // Asked in the moment between the hand and the reader's own look: the desk's word of it is on its way.
    ["card_not_ready", "card_removed"],
    ["security_status", "proof_failed"],
  ] as const)("a card that cannot sign ends it: %s is told as %s", async (code, reason) => {
    const { now, ...met } = await signedIn();
    met.desk.answers.presence = () => Promise.reject(new Refusal(code));
    expect((await roundUntilEnded(now)).endReason).toBe(reason);
  });

  test("a card that is busy is asked again, and 30 s of that end it", async () => {
    const { now, ...met } = await signedIn();
    met.desk.answers.presence = () => Promise.reject(new Refusal("card_busy"));
    place().world.clock.advance(30 * SECOND_MS);
    await vi.waitFor(() => {
      place().world.round();
      expect(presenceSlots(met)).not.toHaveLength(0);
    }, PATIENCE);
    expect((await now()).endedAt).toBeUndefined();
    place().world.clock.advance(1);
    expect((await roundUntilEnded(now)).endReason).toBe("agent_silent");
  });

  test("the leash silent for 30 s: the server ends it by itself", async () => {
    const { now, ...met } = await signedIn();
    await met.desk.cut();
    place().world.clock.advance(30 * SECOND_MS + 1);
    expect((await roundUntilEnded(now)).endReason).toBe("agent_silent");
  });

  test("and does not wait for its round: a request then finds it ended", async () => {
    const { now, ...met } = await signedIn();
    await met.desk.cut();
    place().world.clock.advance(30 * SECOND_MS);
    expect((await met.browser.get("/people?q=x")).status).toBe(200);
    place().world.clock.advance(1);
    expect((await met.browser.get("/people?q=x")).location).toBe("/signed-out");
    expect((await now()).endReason).toBe("agent_silent");
  });
});

describe("[DESIGN 4] after a reconnect the first proof is by 9A, which fails if the card lost power", () => {
  const reconnect = async () => {
    const key = newDeskKey();
    const desk = await openDesk(place().site, { key });
    const browser = new TestBrowser(place().site);
    await browser.get("/cis");
    await bind(desk, browser, (await browser.post("/desk")).location);
    const operator = await place().world.person({}, ["RA Agent"]);
    const card = await place().world.card(operator.careId);
    await desk.insert(0, card);
    await signIn(place().site, { desk, browser, card });
    const cookie = found(browser.cookies.get("__Host-session"));
    await desk.cut();
    const again = await openDesk(place().site, { key, before: desk });
    return { desk: again, browser, operator, card, now: () => sessionOf(cookie) };
  };

  test("9A once, then 9E again", async () => {
    const { now, ...met } = await reconnect();
    place().world.clock.advance(SECOND_MS);
    await roundUntilProven(now);
    place().world.clock.advance(SECOND_MS);
    await roundUntilProven(now);
    const [first, ...rest] = presenceSlots(met);
    expect(first).toBe("9A");
    expect(new Set(rest)).toEqual(new Set(["9E"]));
  });

  test("a 9E signature in its place ends the session", async () => {
    const { now, ...met } = await reconnect();
    met.desk.answers.presence = async ({ session, nonce }) => ({
      signature: met.card.sign(
        "9E",
        statements.presence({ origin: place().site.config.origin, session, nonce }),
      ),
    });
    expect((await roundUntilEnded(now)).endReason).toBe("proof_failed");
  });

  test("the card asks for its passcode again: it had lost power", async () => {
    const { now, ...met } = await reconnect();
    met.desk.answers.presence = () => Promise.reject(new Refusal("security_status"));
    expect((await roundUntilEnded(now)).endReason).toBe("proof_failed");
  });
});

describe("[SP800-63B §2.3.3] limits", () => {
  /** Time goes by with the card proving itself all along, and requests or none. */
  const pass = async (
    { now, browser }: { now(): Promise<Session>; readonly browser: TestBrowser },
    { minutes, active }: { readonly minutes: number; readonly active: boolean },
  ) => {
    const { clock, store } = place().world;
    for (let minute = 0; minute < minutes; minute += 5) {
      clock.advance(5 * MINUTE_MS);
      // As the rounds in between would have left it.
      const { id } = await now();
      await store.transaction(({ sessions }) => sessions.touch(id, { provenAt: clock.now() }));
      if (active) await browser.get("/people?q=x");
    }
  };

  test("fifteen minutes without a request end it", async () => {
    const met = await signedIn();
    await pass(met, { minutes: 15, active: false });
    expect((await met.browser.get("/people?q=x")).status).toBe(200);
    await pass(met, { minutes: 15, active: false });
    place().world.clock.advance(1);
    expect((await roundUntilEnded(met.now)).endReason).toBe("idle");
    expect((await met.browser.get("/people?q=x")).location).toBe("/signed-out");
  });

  test("twelve hours end it, however busy", async () => {
    const met = await signedIn();
    await pass(met, { minutes: 12 * 60, active: true });
    expect((await met.now()).endedAt).toBeUndefined();
    place().world.clock.advance(1);
    expect((await met.browser.get("/people?q=x")).location).toBe("/signed-out");
    expect((await met.now()).endReason).toBe("absolute_limit");
  });

  test("a presence proof is no request: it keeps nobody from being idle", async () => {
    const met = await signedIn();
    const seen = (await met.now()).lastSeenAt;
    place().world.clock.advance(10 * SECOND_MS);
    await roundUntilProven(met.now);
    expect((await met.now()).lastSeenAt).toEqual(seen);
  });
});

describe("ends", () => {
  test("signing out ends it, and the cookie is worth nothing then", async () => {
    const { now, ...met } = await signedIn();
    const cookie = found(met.browser.cookies.get("__Host-session"));
    expect((await met.browser.post("/sign-out")).location).toBe("/signed-out");
    expect((await now()).endReason).toBe("signed_out");
    met.browser.cookies.set("__Host-session", cookie);
    expect((await met.browser.get("/people?q=x")).location).toBe("/signed-out");
  });

  test("[DESIGN 4] a card or an account that is ended meanwhile ends it with the next round", async () => {
    const [card, account] = [await signedIn(), await signedIn()];
    const { world } = place();
    await world.store.transaction(({ cards }) =>
      cards.setLife(card.card.record.serial, "cancelled"),
    );
    await world.closeAccount(account.operator.careId);
    expect((await roundUntilEnded(card.now)).endReason).toBe("card_ended");
    expect((await roundUntilEnded(account.now)).endReason).toBe("card_ended");
  });

  test("of one desk's card, another desk's session knows nothing", async () => {
    const { now } = await signedIn();
    const other = await meetDesk(place());
    await other.desk.remove(0);
    expect((await now()).endedAt).toBeUndefined();
  });

  test("no audit, no change: a session whose end cannot be recorded has not ended", async () => {
    const { now, ...met } = await signedIn();
    place().world.failAudit("session.ended");
    const removed = met.desk.remove(0);
    await expect(removed).rejects.not.toBeInstanceOf(LeashLost);
    expect((await now()).endedAt).toBeUndefined();
    place().world.failAudit(undefined);
    await met.desk.tell();
    expect((await now()).endReason).toBe("card_removed");
  });
});

test("[DESIGN 4] removal policy `ignore`: the card may go", async () => {
  const site = await place().world.start({ LANYARD_REMOVAL: "ignore" });
  const met = await signedInDesk({ world: place().world, site });
  await met.desk.remove(0);
  expect((await met.browser.get("/people?q=x")).status).toBe(200);
  await site.close();
});
