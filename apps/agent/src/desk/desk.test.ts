import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newCode, newNonce } from "../testing/scripted-server.ts";
import { issueCard } from "../testing/test-cards.ts";
import {
  HOLDER_READER,
  OPERATOR_READER,
  openTestDesk,
  type TestDesk,
} from "../testing/test-desk.ts";
import { cardsIn, HOLDER, SESSION, signIn } from "../testing/unlock-desk.ts";

describe("the desk as the server sees it", () => {
  let desk: TestDesk;
  beforeEach(async () => {
    desk = await openTestDesk();
  });
  afterEach(() => desk.close());

  const proveAt = (insertion: string, ceremony = newCode()) =>
    desk.server.call("card_prove", { ceremony, insertion, nonce: newNonce() });

  test("cards come, go and come back as other insertions; a service that stops empties the desk", async () => {
    const { card } = await issueCard(HOLDER);
    const first = await desk.readers.insert(HOLDER_READER, card);
    await cardsIn(desk, 1);
    desk.readers.remove(HOLDER_READER);
    await cardsIn(desk, 0);
    const second = await desk.readers.insert(HOLDER_READER, card);
    await cardsIn(desk, 1);
    expect(second).not.toBe(first);
    desk.readers.driver.setService("down");
    await desk.server.seeing(({ service }) => service === "down");
    desk.readers.driver.setService("up");
    await cardsIn(desk, 1);
    await expect(proveAt(second)).rejects.toMatchObject({ code: "card_not_ready" });
  });

  test("a card that answers slowly is shown as being read, and then as the card it is", async () => {
    const { card } = await issueCard(HOLDER);
    card.faults.arm({ kind: "delay", until: () => release });
    let letGo: () => void = () => undefined;
    const release = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await desk.readers.insert(HOLDER_READER, card);
    const view = await desk.server.seeing(({ readers }) =>
      readers.some(({ state }) => state === "reading"),
    );
    expect(view.readers[1]).toMatchObject({ name: HOLDER_READER, state: "reading" });
    letGo();
    await cardsIn(desk, 1);
  });

  test("a card without a PIV certificate is foreign, and never touched again", async () => {
    const { card } = await issueCard(HOLDER);
    card.faults.arm({ kind: "status_word", statusWord: 0x6a82, effect: "skipped" });
    await desk.readers.insert(HOLDER_READER, card);
    await desk.server.seeing(({ readers }) => readers.some(({ state }) => state === "foreign"));
  });

  test("card_prove for an insertion that is over, or for the session's own card, is refused", async () => {
    const { operatorInsertion } = await signIn(desk);
    await expect(proveAt("insertion-of-old")).rejects.toMatchObject({ code: "card_not_ready" });
    await expect(proveAt(operatorInsertion)).rejects.toMatchObject({ code: "card_busy" });
  });

  test("a new ceremony takes the card over; card_release frees it", async () => {
    const { card } = await issueCard(HOLDER);
    const insertion = await desk.readers.insert(HOLDER_READER, card);
    await cardsIn(desk, 1);
    await proveAt(insertion);
    const ceremony = newCode();
    await proveAt(insertion, ceremony);
    await proveAt(insertion, ceremony);
    await expect(desk.readers.driver.connect(HOLDER_READER, insertion)).rejects.toMatchObject({
      code: "reader/card_in_use",
    });
    await desk.server.call("card_release", { ceremony });
    await (await desk.readers.driver.connect(HOLDER_READER, insertion)).close();
  });

  test("the operator's card pulled: the view says so at once, and presence is refused", async () => {
    await signIn(desk);
    desk.readers.remove(OPERATOR_READER);
    await cardsIn(desk, 0);
    await expect(
      desk.server.call("presence", { session: SESSION, nonce: newNonce(), slot: "9E" }),
    ).rejects.toMatchObject({ code: "card_not_ready" });
  });

  test("[PIV-2 §3.2.4] presence by 9A fails when the verified state is gone", async () => {
    const { operator } = await signIn(desk);
    operator.card.faults.arm({ kind: "status_word", statusWord: 0x6982, effect: "skipped" });
    await expect(
      desk.server.call("presence", { session: SESSION, nonce: newNonce(), slot: "9A" }),
    ).rejects.toMatchObject({ code: "security_status" });
  });

  test("presence asked twenty times at once is answered twenty times", async () => {
    await signIn(desk);
    const asked = Array.from({ length: 20 }, () =>
      desk.server.call("presence", { session: SESSION, nonce: newNonce(), slot: "9E" }),
    );
    expect(await Promise.all(asked)).toHaveLength(20);
  });
});
