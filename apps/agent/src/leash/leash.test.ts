import { createPublicKey, verify } from "node:crypto";
import { fromBase64 } from "@lanyard/bytes";
import { LEASH_PROTOCOL, Refusal, statements } from "@lanyard/wire";
import { afterEach, describe, expect, test } from "vitest";
import { newCode, newNonce } from "../testing/scripted-server.ts";
import { issueCard } from "../testing/test-cards.ts";
import { OPERATOR_READER, openTestDesk, type TestDesk } from "../testing/test-desk.ts";
import { cardsIn, OPERATOR, SESSION, signIn, startUnlock } from "../testing/unlock-desk.ts";
import { systemTimers, type Timers } from "../timers.ts";
import { redialDelayMs } from "./back-off.ts";

/** A clock that runs fifty times as fast: half a minute of silence in half a second. */
const FAST: Timers = {
  now: () => systemTimers.now() * 50,
  after: (milliseconds, run) => systemTimers.after(milliseconds / 50, run),
};

describe("the leash", () => {
  let desk: TestDesk;
  afterEach(() => desk.close());

  test("hello: the device key signs nonce and the configured origin", async () => {
    desk = await openTestDesk();
    const hello = desk.server.hello;
    if (hello === undefined) throw new Error("No hello was answered.");
    const { nonce, reply } = hello;
    expect(reply).toMatchObject({ protocol: LEASH_PROTOCOL, deskName: "Test desk" });
    const spki = Buffer.from(fromBase64(reply.deskKey));
    const key = createPublicKey({ key: spki, type: "spki", format: "der" });
    const statement = statements.deskHello({ origin: desk.server.origin, nonce });
    const signature = fromBase64(reply.signature);
    expect(verify("sha256", statement, { key, dsaEncoding: "ieee-p1363" }, signature)).toBe(true);
  });

  test("[RFC6455] the upgrade carries neither Origin nor Cookie, and offers no compression", async () => {
    desk = await openTestDesk();
    const { origin, cookie, "sec-websocket-extensions": extensions } = desk.server.upgradeHeaders;
    expect([origin, cookie, extensions]).toEqual([undefined, undefined, undefined]);
  });

  test("another protocol is refused, and nothing is signed", async () => {
    desk = await openTestDesk();
    await expect(
      desk.server.call("hello", { protocol: LEASH_PROTOCOL + 1, nonce: newNonce() }),
    ).rejects.toMatchObject({ code: "protocol_unsupported" });
  });

  test("cut off, it dials again and shows the desk anew", async () => {
    desk = await openTestDesk({ timers: FAST });
    const before = desk.server.calls.length;
    desk.server.forgetView();
    desk.server.cut();
    await desk.server.seeing((view) => view.readers.length === 3);
    expect(desk.server.calls.slice(before)).toMatchObject([{ call: "desk_view" }]);
  });

  test("a view the server could not take is told again, so that it never goes by an old one", async () => {
    desk = await openTestDesk({ timers: FAST });
    const { desk_view: take } = desk.server.handlers;
    let refusals = 0;
    desk.server.handlers.desk_view = (view) => {
      refusals += 1;
      if (refusals < 3) throw new Refusal("internal");
      return take(view);
    };
    desk.server.forgetView();
    const before = desk.server.lines;
    desk.server.cut();
    await desk.server.seeing((view) => view.readers.length === 3);
    // On the same line: not by dialling anew.
    expect(desk.server.lines).toBe(before + 1);
    const { card } = await issueCard(OPERATOR);
    refusals = 0;
    await desk.readers.insert(OPERATOR_READER, card);
    await cardsIn(desk, 1);
  });

  test("a server that does not want this desk is told on the home page", async () => {
    desk = await openTestDesk({ timers: FAST });
    desk.server.turnAway("desk_revoked");
    desk.server.cut();
    await desk.server.turnedAway();
    await expect
      .poll(async () => (await desk.browser.go("/")).html)
      .toContain("This PC may no longer be used.");
  });

  test("a server that stays silent is dropped and dialled again", async () => {
    desk = await openTestDesk({ timers: FAST });
    const lines = desk.server.lines;
    await expect.poll(() => desk.server.lines, { timeout: 5000 }).toBeGreaterThan(lines);
  });

  test("without the leash a page says so, and nothing is asked", async () => {
    desk = await openTestDesk();
    desk.server.turnAway("desk_unknown");
    desk.server.cut();
    await desk.server.turnedAway();
    await expect
      .poll(async () => (await desk.browser.go(`/t/${newCode()}`)).html)
      .toContain("The server cannot be reached");
  });

  test("down for half a minute: the operator's card is let go with a reset", async () => {
    desk = await openTestDesk({ timers: FAST });
    await signIn(desk);
    desk.server.turnAway("internal");
    desk.server.cut();
    await expect.poll(() => desk.logged.join(""), { timeout: 5000 }).toContain("leash.silence");
    desk.server.letIn();
    desk.server.forgetView();
    await desk.server.seeing((view) => view.readers.length === 3);
    await expect(
      desk.server.call("presence", { session: SESSION, nonce: newNonce(), slot: "9E" }),
    ).rejects.toMatchObject({ code: "card_not_ready" });
  });

  test("lost for good in the middle of a burst: the card is finished, and the page claims nothing", async () => {
    desk = await openTestDesk({ timers: FAST });
    const at = await startUnlock(desk);
    at.script.before = (call) => {
      if (call !== "unlock_report reset") return;
      desk.server.turnAway("internal");
      desk.server.cut();
    };
    const answer = await at.confirm(at.page);
    expect(answer.status).toBe(503);
    expect(answer.html).toContain("Unlock not finished");
    expect(answer.html).toContain(`href="${desk.server.origin}/"`);
    expect(answer.html).not.toContain('type="password"');
    expect(at.holder.card.state.passcode.triesLeft).toBe(3);
  });
});

describe("dialling again", () => {
  test("waits longer each time, up to half a minute, never less than half of that", () => {
    expect(redialDelayMs(0, 0)).toBe(250);
    expect(redialDelayMs(0, 1)).toBe(500);
    expect(redialDelayMs(3, 0.5)).toBe(3000);
    expect(redialDelayMs(1000, 1)).toBe(30_000);
    expect(redialDelayMs(1000, 0)).toBe(15_000);
  });
});
