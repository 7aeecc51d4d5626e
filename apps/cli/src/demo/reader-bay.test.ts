import { createServer } from "node:net";
import { nodeCardCrypto } from "@lanyard/crypto";
import { readAssets } from "@lanyard/pages/node";
import { blankCardState, CARD_PROFILES, createVirtualCard } from "@lanyard/virtual-card";
import { expect, test } from "vitest";
import { DEMO_PEOPLE } from "./people.ts";
import { openPcscBay } from "./reader-bay.ts";
import { openTray } from "./tray-server.ts";

const SAM = "98210046";

function samsCard() {
  const blank = { serial: SAM, guid: new Uint8Array(16), expires: "2036-12-31" };
  const state = blankCardState(CARD_PROFILES.care, blank);
  return createVirtualCard({ state, crypto: nodeCardCrypto, save: async () => undefined });
}

test("a smartcard service that is not there is told, and the tray goes on", async () => {
  const closed = openPcscBay("127.0.0.1", await closedPort());
  const shelf = new Map([[SAM, samsCard()]]);
  const parts = { port: 0, portal: "/", people: DEMO_PEOPLE, assets: await readAssets() };
  const other = await openTray({ ...parts, shelf, bay: closed });
  const body = new URLSearchParams({ serial: SAM });
  for (const _ of ["once", "again"]) {
    const answer = await fetch(new URL("readers/1/insert", other.url), { method: "POST", body });
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain("Are pcscd and its vpcd readers running on this PC?");
  }
  expect(shelf.get(SAM)?.isInserted).toBe(false);
  await other.close();
});

/** One that was free a moment ago. */
async function closedPort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return typeof address === "object" && address !== null ? address.port : 1;
}
