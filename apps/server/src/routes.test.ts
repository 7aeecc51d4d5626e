import {
  ACTIVITIES,
  type Activity,
  DEFAULT_PERMISSION_SETTINGS,
  mayPerform,
  ROLE_NAMES,
  type Role,
} from "@lanyard/identity";
import { beforeAll, describe, expect, test } from "vitest";
import type { Core } from "./core.ts";
import type { Route } from "./http/route.ts";
import type { DeskRooms } from "./leash/desk-calls.ts";
import { siteRoutes } from "./routes.ts";
import { TestBrowser } from "./testing/test-browser.ts";
import { signedInDesk, type TestDesk } from "./testing/test-desk.ts";
import { siteForTests, type TestSite } from "./testing/test-world.ts";

const place = siteForTests();

/** Making the list of routes touches none of the rooms: only a request does. */
const unused: { readonly core: Core; readonly rooms: DeskRooms } =
  JSON.parse('{"core":{},"rooms":{}}');
const ROUTES: readonly Route[] = siteRoutes(unused.core, unused.rooms);

/** The whole list, by hand: a new route is added here by somebody who has thought about it. */
// biome-ignore format: the columns are the documentation
const EXPECTED: Readonly<Record<string, string>> = {
  "GET /":                           "public",
  "GET /cis":                        "public",
  "POST /desk":                      "public",
  "POST /sign-in":                   "public",
  "POST /sign-out":                  "session",
  "GET /signed-out":                 "public",
  "GET /bind/:visit/:secret":        "public",
  "GET /return/:visit/:code":        "public",
  "GET /outcomes/:visit":            "public",
  "GET /people":                     "find-person",
  "GET /people/:careId":             "find-person",
  "GET /people/:careId/photo":       "find-person",
  "POST /people/:careId/service":    "unlock",
  "POST /people/:careId/frozen":     "settle-frozen-card",
  "GET /manage-smartcard":           "manage-smartcard-tab",
  "POST /manage-smartcard":          "manage-smartcard-tab",
  "GET /manage-smartcard/:serial":   "unlock",
  "POST /manage-smartcard/:serial":  "unlock",
  "GET /ceremonies/:id":             "unlock",
  "POST /ceremonies/:id/person":     "unlock",
  "POST /ceremonies/:id/device":     "unlock",
  "GET /ceremonies/:id/service":     "unlock",
  "POST /ceremonies/:id/service":    "unlock",
  "GET /administration":             "session",
  "GET /administration/master-keys": "see-key-versions",
  "GET /administration/audit":              "read-audit",
  "GET /administration/audit/export":       "read-audit",
  "GET /administration/audit/entries/:position": "read-audit",
  "GET /administration/desks":       "manage-desks",
  "GET /administration/desks/new":   "manage-desks",
  "POST /administration/desks/new":  "manage-desks",
  "GET /administration/desks/:id":   "manage-desks",
  "POST /administration/desks/:id/name":    "manage-desks",
  "GET /administration/desks/:id/revoke":   "manage-desks",
  "POST /administration/desks/:id/revoke":  "manage-desks",
  "GET /administration/desk-requests/:key":  "manage-desks",
  "POST /administration/desk-requests/:key": "manage-desks",
  "GET /my-passcode":                "change-own-passcode",
  "POST /my-passcode":               "change-own-passcode",
  "GET /my-passcode/:id":            "change-own-passcode",
};

const GUARDED = ROUTES.filter(({ access }) => access !== "public");

function nameOf({ method, path }: Pick<Route, "method" | "path">): string {
  return `${method} ${path}`;
}

/** An address of this route, with something in every place. */
function addressOf({ path }: Pick<Route, "path">): string {
  return path.replaceAll(/:[a-zA-Z]+/g, "555099999999");
}

function ask(browser: TestBrowser, route: Pick<Route, "method" | "path">) {
  return route.method === "GET"
    ? browser.get(addressOf(route))
    : browser.post(addressOf(route), {});
}

describe("[DESIGN 7] every route declares who may use it", () => {
  test("and the declarations are these", () => {
    const declared = Object.fromEntries(ROUTES.map((route) => [nameOf(route), route.access]));
    expect(declared).toEqual(EXPECTED);
    expect(ROUTES).toHaveLength(Object.keys(EXPECTED).length);
  });

  test.each(ROUTES.map((route) => [nameOf(route), route.access]))("%s: %s", (_, access) => {
    expect(["public", "session", ...ACTIVITIES]).toContain(access);
  });
});

describe("deny by default", () => {
  test.each(GUARDED.map((route) => [nameOf(route), route] as const))(
    "an anonymous browser is sent away: %s",
    async (_, route) => {
      const answer = await ask(new TestBrowser(place().site), route);
      expect([answer.status, answer.location]).toEqual([303, "/signed-out"]);
    },
  );

  test.each(GUARDED.map((route) => [nameOf(route), route] as const))(
    "so is one with a cookie of its own making: %s",
    async (_, route) => {
      const browser = new TestBrowser(place().site);
      browser.cookies.set("__Host-session", "A".repeat(43));
      const answer = await ask(browser, route);
      expect([answer.status, answer.location]).toEqual([303, "/signed-out"]);
    },
  );
});

/** A route's activity against the permission table, for each role by itself. */
function matrix(site: () => TestSite, tab: boolean): void {
  const settings = {
    ...DEFAULT_PERMISSION_SETTINGS,
    smartcardAdministratorsSeeManageTab: tab,
  };
  const byActivity = GUARDED.filter(
    (route): route is Route & { readonly access: Activity } => route.access !== "session",
  );

  describe.each([...ROLE_NAMES.map((role): readonly Role[] => [role]), []])("%s", (...roles) => {
    const held = roles.filter((role) => role !== undefined);
    let met: TestDesk;
    beforeAll(async () => {
      met = await signedInDesk({ world: place().world, site: site() }, held);
    });

    test.each(byActivity.map((route) => [nameOf(route), route] as const))(
      "%s",
      async (_, route) => {
        const actor = { roles: held.map((role) => ({ role, organisationCode: "RX1" })) };
        const { allowed } = mayPerform(route.access, actor, settings);
        const answer = await ask(met.browser, route);
        // Past the door the handler finds nothing of that number: anything but a 403 and the way out.
        expect(answer.status === 403).toBe(!allowed);
        expect(answer.location).not.toBe("/signed-out");
      },
    );
  });
}

describe("the permission table at the door: Smartcard Administrators see the tab", () => {
  matrix(() => place().site, true);
});

describe("the permission table at the door: the how-to's day, they do not", () => {
  let site: TestSite;
  beforeAll(async () => {
    site = await place().world.start({ LANYARD_ADMINISTRATOR_TAB: "off" });
    return () => site.close();
  });
  matrix(() => site, false);
});

describe("the target is checked as well as the activity", () => {
  test("finding people stops at one's own organisation and those below it", async () => {
    const { browser } = await signedInDesk(place(), ["ID Checker"]);
    const own = await place().world.person();
    const below = await place().world.person({ organisationCode: "A81" });
    const elsewhere = await place().world.person({ organisationCode: "RX2" });
    expect((await browser.get(`/people/${own.careId}`)).status).toBe(200);
    expect((await browser.get(`/people/${below.careId}`)).status).toBe(200);
    const refused = await browser.get(`/people/${elsewhere.careId}`);
    expect(refused.status).toBe(403);
    expect(refused.body).not.toContain(elsewhere.familyName);
    expect((await browser.get(`/people/${elsewhere.careId}/photo`)).status).toBe(403);
    const byName = await browser.get(`/people?q=${elsewhere.familyName}`);
    expect(byName.body).not.toContain(`/people/${elsewhere.careId}`);
    const byNumber = await browser.get(`/people?q=${elsewhere.careId}`);
    expect(byNumber.body).not.toContain(`/people/${elsewhere.careId}`);
  });

  test("by number an unlocker finds whose card is in hand, anywhere; by name not", async () => {
    const { browser } = await signedInDesk(place(), ["Smartcard Administrator"]);
    const elsewhere = await place().world.person({ organisationCode: "RX2" });
    const byNumber = await browser.get(`/people?q=${elsewhere.careId}`);
    expect(byNumber.body).toContain(`/people/${elsewhere.careId}`);
    const byName = await browser.get(`/people?q=${elsewhere.familyName}`);
    expect(byName.body).not.toContain(`/people/${elsewhere.careId}`);
  });

  test("with a narrower unlock scope, a device elsewhere does not give its holder's name away", async () => {
    const narrow = await place().world.start({ LANYARD_UNLOCK_SCOPE: "own-organisation" });
    const { browser } = await signedInDesk({ world: place().world, site: narrow }, ["RA Agent"]);
    const names: number[] = [];
    for (const organisationCode of ["RX1", "RX2"]) {
      const holder = await place().world.person({ organisationCode });
      const card = await place().world.card(holder.careId);
      const answer = await browser.get(`/manage-smartcard/${card.record.serial}`);
      names.push(answer.status);
      expect(answer.body.includes(holder.familyName)).toBe(organisationCode === "RX1");
    }
    expect(names).toEqual([200, 404]);
    await narrow.close();
  });

  test("an unlocker may open whose card is in hand, anywhere, and each look is on record", async () => {
    const { browser, operator } = await signedInDesk(place(), ["RA Agent"]);
    const elsewhere = await place().world.person({ organisationCode: "RX2" });
    expect((await browser.get(`/people/${elsewhere.careId}`)).status).toBe(200);
    const views = (await place().world.record()).filter(
      ({ action, actor }) => action === "person.viewed" && actor === operator.careId,
    );
    expect(views).toMatchObject([{ holder: elsewhere.careId }]);
  });

  test("a card that is not theirs is no device of theirs", async () => {
    const { browser } = await signedInDesk(place(), ["RA Agent"]);
    const [one, two] = [await place().world.person(), await place().world.person()];
    const card = await place().world.card(two.careId);
    const answer = await browser.post(`/people/${one.careId}/service`, {
      device: card.record.serial,
    });
    expect(answer.status).toBe(400);
  });
});
