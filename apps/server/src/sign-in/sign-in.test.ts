import { createHash } from "node:crypto";
import type { Person } from "@lanyard/identity";
import type { RequestOf } from "@lanyard/wire";
import { describe, expect, test } from "vitest";
import { createAuthority, openAuthority } from "../certificates/authority.ts";
import { webEidTokenOf } from "../testing/scripted-desk.ts";
import { type CardWish, found, makeCard, type TestCard } from "../testing/test-card.ts";
import {
  bind,
  meetDesk,
  proveSignIn,
  signedInDesk,
  signIn,
  type TestDesk,
} from "../testing/test-desk.ts";
import { siteForTests } from "../testing/test-world.ts";

const place = siteForTests();
const DAY_MS = 86_400_000;

/** A desk whose operator's card is of this kind. */
async function deskWith(wish: Partial<CardWish>, person: Partial<Person> = {}): Promise<TestDesk> {
  const { world } = place();
  const met = await meetDesk(place());
  const operator = await world.person(person, ["RA Agent"]);
  const card = await world.card(operator.careId, wish);
  await met.desk.insert(0, card);
  return { ...met, operator, card };
}

function daysFromNow(days: number): Date {
  return new Date(place().world.clock.now().getTime() + days * DAY_MS);
}

/** Bound for a sign-in: the visit, and what its task asks for. */
async function boundVisit(met: TestDesk) {
  const visit = await bind(met.desk, met.browser, (await met.browser.post("/sign-in")).location);
  const status = await met.desk.call("visit_status", { visit });
  if (status.state !== "bound" || status.task.purpose !== "sign_in") throw new Error("not bound");
  return { visit, nonce: status.task.nonce, insertion: found(met.desk.insertions[0]) };
}

async function signInWith(
  met: TestDesk,
  token: (nonce: string) => RequestOf<"sign_in">["token"],
): Promise<unknown> {
  const { visit, nonce, insertion } = await boundVisit(met);
  return met.desk.call("sign_in", { visit, insertion, token: token(nonce) });
}

describe("[DESIGN 4] sign-in by card", () => {
  test("a good card signs in, and the session is on record with who, where and which card", async () => {
    const met = await signedInDesk(place());
    expect((await met.browser.get("/cis")).body).toContain(met.operator.familyName);
    const entries = (await place().world.record()).filter(
      ({ actor }) => actor === met.operator.careId,
    );
    expect(entries).toMatchObject([
      { action: "session.started", cardSerial: met.card.record.serial },
    ]);
    expect(met.desk.served.filter(({ call }) => call === "session_begin")).toEqual([
      {
        call: "session_begin",
        body: expect.objectContaining({ insertion: met.desk.insertions[0] }),
      },
    ]);
  });

  test("[RFC6265BIS §4.1.3.2] the session's cookie is __Host-, Secure, HttpOnly, Lax, and not in the record", async () => {
    const met = await meetDesk(place());
    const proven = await proveSignIn(place().site, met);
    if ("refused" in proven) throw new Error(proven.refused);
    const { headers } = await met.browser.get(proven.back);
    const line = [headers["set-cookie"] ?? []]
      .flat()
      .find((one) => one.startsWith("__Host-session"));
    expect(line).toMatch(
      /^__Host-session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    const value = found(met.browser.cookies.get("__Host-session"));
    expect(JSON.stringify(await place().world.record())).not.toContain(value);
    expect(place().site.logged.join("")).not.toContain(value);
  });
});

describe("the desk keeps the card before there is a session", () => {
  test("a round in between finds no session whose card the agent does not know yet", async () => {
    const met = await meetDesk(place());
    const begin = met.desk.answers.session_begin;
    const inBetween: number[] = [];
    met.desk.answers.session_begin = async (request) => {
      const open = await place().world.store.transaction(({ sessions }) => sessions.open());
      inBetween.push(open.filter(({ id }) => id === request.session).length);
      return begin(request);
    };
    await signIn(place().site, met);
    expect(inBetween).toEqual([0]);
  });

  test("pulled just then: nobody is signed in", async () => {
    const met = await meetDesk(place());
    const begin = met.desk.answers.session_begin;
    met.desk.answers.session_begin = async (request) => {
      const reply = await begin(request);
      await met.desk.remove(0);
      return reply;
    };
    const proven = await proveSignIn(place().site, met);
    if ("refused" in proven) throw new Error(proven.refused);
    await met.browser.get(proven.back);
    expect((await met.browser.get("/people?q=x")).location).toBe("/signed-out");
  });
});

describe("each refusal has its own reason, and nobody is signed in", () => {
  const refusedAs = async (met: TestDesk) => {
    const outcome = await proveSignIn(place().site, met);
    expect((await met.browser.get("/people?q=x")).location).toBe("/signed-out");
    return outcome;
  };

  test("a card of an authority that nobody trusts: not genuine", async () => {
    const met = await meetDesk(place());
    const validity = { notBefore: daysFromNow(-1), notAfter: daysFromNow(1000) };
    const forger = await openAuthority(await createAuthority("Tests", validity));
    const { careId, serial } = met.card.record;
    const forged = await makeCard(forger, { careId, serial, issuedAt: validity.notBefore });
    expect(await refusedAs({ ...met, card: forged })).toEqual({ refused: "card_not_genuine" });
  });

  test("a genuine card that is not on record: unknown", async () => {
    const { world } = place();
    const met = await meetDesk(place());
    const { careId } = met.operator;
    const wish = { careId, serial: "39999999", issuedAt: world.clock.now() };
    const unknown = await makeCard(world.authority, wish);
    expect(await refusedAs({ ...met, card: unknown })).toEqual({ refused: "card_unknown" });
    // Nobody to name, but a desk and a reason: the record has it all the same.
    const refusals = (await world.record()).filter(({ action }) => action === "session.refused");
    expect(refusals.at(-1)).toMatchObject({ details: { reason: "card_unknown" } });
    expect(refusals.at(-1)?.["actor"]).toBeUndefined();
  });

  test("a card whose certificate names somebody else: not genuine", async () => {
    const other = await place().world.person();
    const met = await deskWith({ certifiedAs: { careId: other.careId, cardSerial: "31111111" } });
    expect(await refusedAs(met)).toEqual({ refused: "card_not_genuine" });
  });

  // biome-ignore format: the columns are the documentation
  const KINDS: readonly (readonly [string, Partial<CardWish> | "expired", Partial<Person>, string])[] = [
    ["an expired card",                       "expired",                  {},                   "card_expired"],
    ["a cancelled card",                      { life: "cancelled" },      {},                   "card_cancelled"],
    ["a cleared card",                        { life: "cleared" },        {},                   "card_cancelled"],
    ["a card with a revoked certificate",     { revoked: ["9A"] },        {},                   "card_cancelled"],
    ["a card that has no passcode yet",       { life: "issued_locked" },  {},                   "card_locked"],
    ["a card of a closed account",            {},                         { status: "closed" }, "person_closed"],
  ];

  test.each(KINDS)("%s", async (_, wish, person, refused) => {
    const kind = wish === "expired" ? { notAfter: daysFromNow(-1) } : wish;
    const met = await deskWith(kind, person);
    expect(await refusedAs(met)).toEqual({ refused });
    const entries = (await place().world.record()).filter(
      ({ actor }) => actor === met.operator.careId,
    );
    expect(entries).toMatchObject([{ action: "session.refused", details: { reason: refused } }]);
  });

  test("cancelled is told before expired: only one of them can be mended", async () => {
    const met = await deskWith({ life: "cancelled", notAfter: daysFromNow(-1) });
    expect(await refusedAs(met)).toEqual({ refused: "card_cancelled" });
  });

  test("an account that is closed while somebody is signed in: the next page is refused", async () => {
    const met = await signedInDesk(place());
    expect((await met.browser.get("/people?q=x")).status).toBe(200);
    await place().world.closeAccount(met.operator.careId);
    expect((await met.browser.get("/people?q=x")).location).toBe("/signed-out");
  });
});

describe("[WEB-EID] the signature counts for this origin, this nonce and the authentication key only", () => {
  const invalid = { code: "signature_invalid" };

  test("over another origin", async () => {
    const met = await meetDesk(place());
    const attempt = signInWith(met, (nonce) =>
      webEidTokenOf(met.card, { origin: "https://evil.example", nonce }),
    );
    await expect(attempt).rejects.toMatchObject(invalid);
  });

  test("over another nonce, such as that of another visit", async () => {
    const met = await meetDesk(place());
    const { nonce: elsewhere } = await boundVisit(met);
    const { origin } = place().site.config;
    const attempt = signInWith(met, () => webEidTokenOf(met.card, { origin, nonce: elsewhere }));
    await expect(attempt).rejects.toMatchObject(invalid);
  });

  test("by another card than the certificate's", async () => {
    const met = await meetDesk(place());
    const other = await place().world.card(met.operator.careId);
    const { origin } = place().site.config;
    const attempt = signInWith(met, (nonce) => ({
      ...webEidTokenOf(other, { origin, nonce }),
      unverifiedCertificate: met.card.certificate("9A"),
    }));
    await expect(attempt).rejects.toMatchObject(invalid);
  });

  test.each(["9C", "9E"] as const)(
    "by the card's %s key, which asks for no passcode or for another purpose",
    async (slot) => {
      const met = await meetDesk(place());
      const { origin } = place().site.config;
      const asAuthentication: TestCard = {
        ...met.card,
        certificate: () => met.card.certificate(slot),
        sign: (_, message) => met.card.sign(slot, message),
      };
      const attempt = signInWith(met, (nonce) =>
        webEidTokenOf(asAuthentication, { origin, nonce }),
      );
      await expect(attempt).rejects.toMatchObject(invalid);
    },
  );

  test.each(["ES384", "RS256"] as const)("said to be %s by a P-256 key", async (algorithm) => {
    const met = await meetDesk(place());
    const { origin } = place().site.config;
    const attempt = signInWith(met, (nonce) => ({
      ...webEidTokenOf(met.card, { origin, nonce }),
      algorithm,
    }));
    await expect(attempt).rejects.toMatchObject(invalid);
  });

  test("a token is good once: the visit is over with it", async () => {
    const met = await meetDesk(place());
    const { visit, nonce, insertion } = await boundVisit(met);
    const token = webEidTokenOf(met.card, { origin: place().site.config.origin, nonce });
    await met.desk.call("sign_in", { visit, insertion, token });
    const again = met.desk.call("sign_in", { visit, insertion, token });
    await expect(again).rejects.toMatchObject({ code: "visit_over" });
  });

  test("garbage where the certificate should be is not genuine, and harms nothing", async () => {
    const met = await meetDesk(place());
    const { origin } = place().site.config;
    for (const bytes of ["", "AAAA", createHash("sha256").update("x").digest("base64")]) {
      const attempt = signInWith(met, (nonce) => ({
        ...webEidTokenOf(met.card, { origin, nonce }),
        unverifiedCertificate: bytes,
      }));
      await expect(attempt).rejects.toMatchObject({ code: "card_not_genuine" });
    }
  });
});

describe("collecting the session", () => {
  test("a card that has gone by then signs nobody in", async () => {
    const met = await meetDesk(place());
    const proven = await proveSignIn(place().site, met);
    if ("refused" in proven) throw new Error(proven.refused);
    await met.desk.remove(0);
    const page = await met.browser.get(proven.back);
    expect(page.status).toBe(200);
    expect(met.browser.cookies.has("__Host-session")).toBe(false);
    expect((await met.browser.get("/people?q=x")).location).toBe("/signed-out");
  });

  test("whoever signs in at a desk ends the session that was open there", async () => {
    const first = await signedInDesk(place());
    const operator = await place().world.person({}, ["RA Agent"]);
    const card = await place().world.card(operator.careId);
    const cookie = found(first.browser.cookies.get("__Host-session"));
    const second = { ...first, operator, card };
    await first.desk.insert(0, card);
    const proven = await proveSignIn(place().site, second);
    if ("refused" in proven) throw new Error(proven.refused);
    await first.browser.get(proven.back);
    const session = await place().world.store.transaction(({ sessions }) =>
      sessions.find(createHash("sha256").update(cookie).digest("hex")),
    );
    expect(session?.endedAt).toBeDefined();
  });
});
