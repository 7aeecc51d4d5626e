import { get } from "node:http";
import { describe, expect, test, vi } from "vitest";
import { DESK_EVENTS } from "../pages/desk-status/desk-status.tsx";
import { listenAt } from "../testing/live-events.ts";
import { signedInDesk, type TestDesk } from "../testing/test-desk.ts";
import { siteForTests } from "../testing/test-world.ts";

const place = siteForTests();

const listen = (met: Pick<TestDesk, "browser">) => listenAt(place().site, met.browser);

describe("[HTML §9.2] the live view of a desk", () => {
  test("tells what the readers hold, and whose card it is only to who is signed in there", async () => {
    const met = await signedInDesk(place());
    const holder = await place().world.person();
    const mine = await listen(met);
    await vi.waitFor(() => expect(mine.said()).toContain("Your own card"));
    await met.desk.insert(1, await place().world.card(holder.careId));
    await vi.waitFor(() => expect(mine.said()).toContain(holder.familyName));
    met.browser.cookies.delete("__Host-session");
    const stranger = await listen(met);
    await vi.waitFor(() => expect(stranger.said()).toContain("A smartcard is in"));
    expect(stranger.said()).not.toContain(holder.familyName);
    mine.leave();
    stranger.leave();
  });

  test("the operator's card is pulled: every page of the session hears of it", async () => {
    const met = await signedInDesk(place());
    const pages = await Promise.all([listen(met), listen(met)]);
    await vi.waitFor(() => expect(pages[0]?.said()).toContain("Your own card"));
    await met.desk.remove(0);
    for (const page of pages) {
      await vi.waitFor(() => expect(page.said()).toContain("event: signed-out"));
      page.leave();
    }
  });

  test("a page that asks after the session has ended hears of it at once", async () => {
    const met = await signedInDesk(place());
    await met.desk.remove(0);
    const ended = async () =>
      expect((await met.browser.get("/people?q=x")).location).toBe("/signed-out");
    await vi.waitFor(ended);
    const late = await listen(met);
    await vi.waitFor(() => expect(late.said()).toContain("event: signed-out"));
    late.leave();
  });

  test("a browser that has gone leaves nothing behind, however early it went", async () => {
    const met = await signedInDesk(place());
    const before = vi.getTimerCount();
    const stays = await listen(met);
    expect(vi.getTimerCount()).toBe(before + 1);
    stays.leave();
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(before));
    for (let hasty = 0; hasty < 20; hasty += 1) {
      const { config, port } = place().site;
      const cookie = [...met.browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const headers = { host: new URL(config.origin).host, cookie };
      const request = get({ host: "127.0.0.1", port, path: DESK_EVENTS, headers });
      request.on("error", () => undefined);
      await new Promise((sent) => request.once("finish", sent));
      request.destroy();
    }
    // Another request answered after them: the server has dealt with what came before.
    await met.browser.get("/cis");
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(before));
  });
});
