import { Refusal, statements } from "@lanyard/wire";
import { describe, expect, test } from "vitest";
import { createAuthority, openAuthority } from "../certificates/authority.ts";
import { found, makeCard } from "../testing/test-card.ts";
import { signedInDesk } from "../testing/test-desk.ts";
import { siteForTests } from "../testing/test-world.ts";
import { chooseUnlock, type HolderDesk, holderDesk, readCard } from "../testing/unlock-desk.ts";

const place = siteForTests();
const DAY_MS = 86_400_000;

/** Continue at step E, when it does not go on: the page. */
async function refusal({ browser }: Pick<HolderDesk, "browser">, serial?: string): Promise<string> {
  const path = serial === undefined ? "/manage-smartcard" : `/manage-smartcard/${serial}`;
  const page = await browser.post(path);
  expect(page.status).toBe(409);
  return page.body;
}

async function openAt({ desk, world, holderCard }: HolderDesk) {
  expect(desk.insertions).toHaveLength(2);
  const { serial } = holderCard.record;
  return world.store.transaction(({ ceremonies }) => ceremonies.openOfCard(serial));
}

async function reasonsFor({ world, operator }: Pick<HolderDesk, "world" | "operator">) {
  const all = await world.record();
  return all.filter(({ action, actor }) => action === "card.refused" && actor === operator.careId);
}

describe("[DESIGN 5] T:REQUESTED: the record is found by the key that signed", () => {
  test("a good card: the ceremony is open, and the proof is on record", async () => {
    const holder = await holderDesk(place());
    const id = await readCard(holder);
    expect(await openAt(holder)).toMatchObject({ id, state: { phase: "card_proven" } });
    const page = await holder.browser.get(`/ceremonies/${id}`);
    expect(page.body).toContain(holder.holder.familyName);
  });

  test("a repeated POST answers as the first did", async () => {
    const holder = await holderDesk(place());
    const id = await readCard(holder);
    expect(await readCard(holder)).toBe(id);
    expect(holder.desk.served.filter(({ call }) => call === "card_prove")).toHaveLength(1);
  });

  test("a card of an authority that nobody trusts", async () => {
    const holder = await holderDesk(place());
    const at = holder.world.clock.now();
    const validity = { notBefore: at, notAfter: new Date(at.getTime() + DAY_MS) };
    const forger = await openAuthority(await createAuthority("Tests", validity));
    const { careId, serial } = holder.holderCard.record;
    await holder.desk.insert(1, await makeCard(forger, { careId, serial, issuedAt: at }));
    await refusal(holder);
    expect(await reasonsFor(holder)).toMatchObject([{ details: { reason: "card_not_genuine" } }]);
  });

  test("a genuine card that is not on record", async () => {
    const holder = await holderDesk(place());
    const { world, desk } = holder;
    const wish = { careId: holder.holder.careId, serial: "38888888", issuedAt: world.clock.now() };
    await desk.insert(1, await makeCard(world.authority, wish));
    await refusal(holder);
    expect(await reasonsFor(holder)).toMatchObject([{ details: { reason: "card_unknown" } }]);
  });

  /** The desk's agent answers for the inserted card with this slot's key, over this nonce. */
  const withProof = async (slot: "9A" | "9E", nonce?: string) => {
    const holder = await holderDesk(place());
    const { desk, holderCard, site } = holder;
    desk.answers.card_prove = async (request) => {
      const { keyHash } = found(holderCard.record.certificates.find((one) => one.slot === slot));
      const message = statements.cardProof({
        origin: site.config.origin,
        ceremony: request.ceremony,
        keyHash,
        nonce: nonce ?? request.nonce,
      });
      return {
        certificate: holderCard.certificate(slot),
        signature: holderCard.sign(slot, message),
        passcode: { state: "blocked" },
      };
    };
    return holder;
  };

  const isNotGenuine = async (holder: HolderDesk) => {
    await refusal(holder);
    expect(await reasonsFor(holder)).toMatchObject([{ details: { reason: "card_not_genuine" } }]);
    expect(await openAt(holder)).toBeUndefined();
  };

  test("a proof of yesterday, without the card: the nonce is another", async () => {
    await isNotGenuine(await withProof("9E", `${"A".repeat(43)}=`));
  });

  test("a proof by another of its keys", async () => {
    await isNotGenuine(await withProof("9A"));
  });

  test("and the same proof by 9E over the nonce asked for is good", async () => {
    expect(await readCard(await withProof("9E"))).toHaveLength(22);
  });

  test("a card whose certificate names somebody else", async () => {
    const other = await place().world.person();
    const certifiedAs = { careId: other.careId, cardSerial: "37777777" };
    const holder = await holderDesk(place(), { certifiedAs });
    await refusal(holder);
    expect(await reasonsFor(holder)).toMatchObject([{ details: { reason: "card_not_genuine" } }]);
  });

  test("own card, any device of the same person: refused, and let go", async () => {
    const holder = await holderDesk(place());
    await holder.desk.insert(1, await holder.world.card(holder.operator.careId));
    await refusal(holder);
    expect(await reasonsFor(holder)).toMatchObject([{ details: { reason: "own_card" } }]);
    expect(holder.desk.served.at(-1)?.call).toBe("card_release");
  });

  test("found by search, another card inserted: both serials shown, nothing touched", async () => {
    const holder = await holderDesk(place());
    const expected = await holder.world.card(holder.holder.careId);
    const body = await refusal(holder, expected.record.serial);
    expect(body).toContain(expected.record.serial);
    expect(body).toContain(holder.holderCard.record.serial);
    expect(await reasonsFor(holder)).toMatchObject([
      {
        details: {
          reason: "another_card",
          expected: expected.record.serial,
          found: holder.holderCard.record.serial,
        },
      },
    ]);
    expect(await openAt(holder)).toBeUndefined();
  });

  test("found by search, that very card: it goes on", async () => {
    const holder = await holderDesk(place());
    const { serial } = holder.holderCard.record;
    await readCard(holder, serial);
    expect(await openAt(holder)).toMatchObject({ expectedSerial: serial });
  });
});

describe("what the readers hold", () => {
  // biome-ignore format: the columns are the documentation
  test.each([
    ["nothing in the second reader", { name: "B", state: "empty" },                                          "no user’s card"],
    ["a card that is mute",          { name: "B", state: "mute", insertion: "insertion-b" },                 ""],
    ["a card that is no PIV card",   { name: "B", state: "foreign", insertion: "insertion-b" },              ""],
    ["a card still being read",      { name: "B", state: "reading", insertion: "insertion-b" },              ""],
  ] as const)("%s: said, and no card is asked", async (_, second, words) => {
    const met = await signedInDesk(place());
    const first = found(met.desk.view.readers[0]);
    await met.desk.tell({ service: "up", readers: [first, second] });
    expect(await refusal(met)).toContain(words);
    expect(met.desk.served.map(({ call }) => call)).not.toContain("card_prove");
  });

  test("one reader, and three cards", async () => {
    const holder = await holderDesk(place());
    const [first, second] = holder.desk.view.readers;
    const third = { name: "C", state: "foreign", insertion: "insertion-c" } as const;
    await holder.desk.tell({ service: "up", readers: [found(first)] });
    expect(await refusal(holder)).toContain("only one smartcard reader");
    await holder.desk.tell({ service: "up", readers: [found(first), found(second), third] });
    await refusal(holder);
    expect(holder.desk.served.map(({ call }) => call)).not.toContain("card_prove");
  });

  test("the operator's card in the second reader: the card in the first is the holder's", async () => {
    const holder = await holderDesk(place());
    const [first, second] = holder.desk.view.readers;
    await holder.desk.tell({ service: "up", readers: [found(second), found(first)] });
    const id = await readCard(holder);
    expect(await openAt(holder)).toMatchObject({ id, insertion: holder.desk.insertions[1] });
  });

  test.each(["card_busy", "card_not_ready"] as const)(
    "the card would not answer: %s",
    async (code) => {
      const holder = await holderDesk(place());
      holder.desk.answers.card_prove = () => Promise.reject(new Refusal(code));
      await refusal(holder);
      expect(await openAt(holder)).toBeUndefined();
    },
  );
});

describe("who may go on with a ceremony, and when", () => {
  test("another operator sees none of it", async () => {
    const holder = await holderDesk(place());
    const id = await readCard(holder);
    const other = await signedInDesk(place());
    expect((await other.browser.get(`/ceremonies/${id}`)).status).toBe(404);
    const attempt = await other.browser.post(`/ceremonies/${id}/person`, {
      person: "yes",
      evidence: "photo",
    });
    expect(attempt.status).toBe(404);
    expect(await openAt(holder)).toMatchObject({ state: { phase: "card_proven" } });
  });

  test.each([
    {},
    { person: "yes" },
    { evidence: "photo" },
    { person: "no", evidence: "photo" },
    { person: "yes", evidence: "hunch" },
    { person: "yes", evidence: "toString" },
  ])("without tick and evidence nobody is confirmed: %j", async (form) => {
    const holder = await holderDesk(place());
    const id = await readCard(holder);
    expect((await holder.browser.post(`/ceremonies/${id}/person`, form)).status).toBe(400);
    expect(await openAt(holder)).toMatchObject({ state: { phase: "card_proven" } });
  });

  test("service before the person is confirmed leads nowhere", async () => {
    const holder = await holderDesk(place());
    const id = await readCard(holder);
    const jump = await holder.browser.post(`/ceremonies/${id}/service`, { operation: "unlock" });
    expect(jump.location).toBe(`/ceremonies/${id}`);
    expect(await openAt(holder)).toMatchObject({ state: { phase: "card_proven" } });
  });

  // biome-ignore format: the columns are the documentation
  test.each([
    ["expired",   { notAfter: new Date("2026-03-01T00:00:00Z") }],
    ["cancelled", { life: "cancelled" }],
    ["revoked",   { revoked: ["9A"] }],
  ] as const)("a card that is %s is shown and not unlocked", async (_, wish) => {
    const holder = await holderDesk(place(), wish);
    const id = await readCard(holder);
    const answer = await chooseUnlock(holder, id);
    expect(answer.location).not.toContain("/t/");
    expect(await openAt(holder)).toMatchObject({ state: { phase: "person_confirmed" } });
  });

  test("a card that was issued locked gets its first passcode this way", async () => {
    const holder = await holderDesk(place(), { life: "issued_locked" });
    const answer = await chooseUnlock(holder, await readCard(holder));
    expect(answer.location).toContain("/t/");
  });

  test("the same card at another desk: the first ceremony gives way", async () => {
    const first = await holderDesk(place());
    const id = await readCard(first);
    const second = await holderDesk(place());
    await second.desk.insert(1, first.holderCard);
    const next = await readCard(second);
    expect(next).not.toBe(id);
    const before = await place().world.store.transaction(({ ceremonies }) => ceremonies.find(id));
    expect(before?.state).toMatchObject({ phase: "aborted", reason: "replaced" });
  });
});
