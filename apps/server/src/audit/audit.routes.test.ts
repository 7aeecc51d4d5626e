import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTrust } from "../certificates/trust.ts";
import { signedInDesk, type TestDesk } from "../testing/test-desk.ts";
import { worldForTests } from "../testing/test-world.ts";
import {
  atAgent,
  authorise,
  holderDesk,
  type Place,
  prove,
  report,
  type Unlocking,
} from "../testing/unlock-desk.ts";
import { createLogKeyFile, type LogKey, openLogKeyFile } from "./log-key.ts";
import { sealWaiting } from "./seal.ts";
import { verifyExport } from "./verify-export.ts";

const world = worldForTests();
let directory = "";
let key: LogKey;
let place: Place;
let unlocking: Unlocking;
let officer: TestDesk;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "lanyard-audit-pages-"));
  await createLogKeyFile(join(directory, "key"), "tests.example/audit");
  key = await openLogKeyFile(join(directory, "key"));
  place = { world: world(), site: await world().start({}, { logKey: key }) };
  unlocking = await atAgent(await holderDesk(place));
  await authorise(unlocking);
  await report(unlocking, "reset", 0x9000);
  await report(unlocking, "rotate", 0x9000);
  await prove(unlocking);
  await seal();
  officer = await signedInDesk(place, ["Privacy Officer"]);
}, 60_000);

afterAll(async () => {
  await place.site.close();
  rmSync(directory, { recursive: true, force: true });
});

async function seal(): Promise<void> {
  const { store, clock } = world();
  while ((await sealWaiting({ store, key, now: () => clock.now() })) > 0);
}

function entriesOf(html: string): readonly string[] {
  const links = [...html.matchAll(/href="(\/administration\/audit\/entries\/\d+)"/g)];
  return links.map(([, href = ""]) => href);
}

async function looks() {
  return (await world().record()).filter(({ action }) => action === "audit.viewed");
}

/** The page of the entry of this unlock with that action. */
async function entryPage(action: string): Promise<string> {
  const search = `/administration/audit?ceremony=${unlocking.task.ceremony}&action=${action}`;
  const [href = ""] = entriesOf((await officer.browser.get(search)).body);
  return (await officer.browser.get(href)).body;
}

describe("a Privacy Officer", () => {
  test("finds every entry of an unlock by its ceremony, and is on record for it", async () => {
    const before = (await looks()).length;
    const { ceremony } = unlocking.task;
    const { body } = await officer.browser.get(`/administration/audit?ceremony=${ceremony}`);
    expect(entriesOf(body)).toHaveLength(7);
    const after = await looks();
    expect(after).toHaveLength(before + 1);
    expect(after.at(-1)).toMatchObject({
      actor: officer.operator.careId,
      details: { look: "search", ceremony },
    });
  });

  test("sees the operator's signature checked, with everything to check it again", async () => {
    const page = await entryPage("unlock.released");
    expect(page).toContain("The operator&#x27;s card signed this");
    expect(page).toMatch(/>Valid</);
    expect(page).toContain(unlocking.operator.careId);
    expect(page).toContain(unlocking.card.record.serial);
    expect(page).toContain(unlocking.task.authoriseNonce);
    expect(page).toMatch(/Proven: number \d+ in the log/);
    expect(page).toContain("tests.example/audit");
  });

  test("sees the holder's closing signature", async () => {
    const page = await entryPage("unlock.verified");
    expect(page).toContain("The holder&#x27;s card signed this");
    expect(page).toMatch(/>Valid</);
  });

  test("is told when an entry is not sealed yet", async () => {
    await officer.browser.get("/administration/audit?card=nobody");
    const { body } = await officer.browser.get("/administration/audit?action=audit.viewed");
    const [href = ""] = entriesOf(body);
    expect((await officer.browser.get(href)).body).toContain("Not sealed yet");
    await seal();
    expect((await officer.browser.get(href)).body).toContain("Proven: number");
  });

  test("leaves a look at an entry on record, with whose card it was about", async () => {
    await entryPage("unlock.verified");
    expect((await looks()).at(-1)).toMatchObject({
      actor: officer.operator.careId,
      holder: unlocking.holder.careId,
      details: { look: "entry" },
    });
  });

  test("takes away an export that verifies without the server", async () => {
    await seal();
    const { body } = await officer.browser.get("/administration/audit/export");
    const trust = openTrust(world().authority.trustPem);
    async function* bytes() {
      yield Buffer.from(body);
    }
    const verdict = await verifyExport(bytes(), { key: key.verifier, trust });
    expect(verdict).toMatchObject({ ok: true, signatures: 3 });
    expect((await looks()).at(-1)).toMatchObject({ details: { look: "export", from: 0 } });
  });

  test.each(["holder=123", "from=yesterday", "until=2026-02-30x", "action=nothing", "before=x"])(
    "is told what is wrong with %s",
    async (query) => {
      const { status, body } = await officer.browser.get(`/administration/audit?${query}`);
      expect(status).toBe(400);
      expect(body).toContain("There is a problem");
    },
  );

  test.each(["999999", "x", "1e3"])("there is no entry %s", async (position) => {
    const answer = await officer.browser.get(`/administration/audit/entries/${position}`);
    expect(answer.status).toBe(404);
  });
});

test.each(["RA Manager", "RA Agent"] as const)("%s reads nothing of it", async (role) => {
  const { browser } = await signedInDesk(place, [role]);
  for (const path of ["", "/export", "/entries/1"])
    expect((await browser.get(`/administration/audit${path}`)).status).toBe(403);
});
