import { fromHex } from "@lanyard/bytes";
import { CardError, openPivSession } from "@lanyard/piv";
import { expect, it } from "vitest";
import { type Desk, passcode } from "./desk.ts";

export function sessionCases(desk: Desk): void {
  it("a power cycle forgets selection and verification, on the same session", async () => {
    const { session, ...piv } = await desk.piv();
    await piv.verify(passcode());
    await session.powerCycle();
    expect((await session.transmit(fromHex("00200080"))).statusWord).toBe(0x6d00);
    const again = await openPivSession(session);
    expect(await again.verifyStatus()).toEqual({ state: "tries_left", tries: 3 });
  });

  it("a second session is refused while one is open, and sees nothing verified afterwards", async () => {
    const { session, ...piv } = await desk.piv();
    await piv.verify(passcode());
    const refused: unknown = await desk
      .harness()
      .open()
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(refused).toBeInstanceOf(Error);
    expect(refused).toHaveProperty("code");
    await session.close();
    await session.close();
    const next = await desk.piv();
    expect(await next.verifyStatus()).toEqual({ state: "tries_left", tries: 3 });
  });

  it("a closed session sends nothing more", async () => {
    const { session } = await desk.piv();
    await session.close();
    await expect(session.transmit(fromHex("00200080"))).rejects.toBeInstanceOf(CardError);
  });

  it("removal resolves `removed` and rejects with card/removed; the card needs a new session", async () => {
    const { session, ...piv } = await desk.piv();
    await piv.verify(passcode());
    await desk.harness().remove();
    expect(await session.removed).toBe("removed");
    await expect(session.transmit(fromHex("00200080"))).rejects.toMatchObject({
      code: "card/removed",
    });
    await desk.harness().insert();
    await expect(session.transmit(fromHex("00200080"))).rejects.toMatchObject({
      code: "card/removed",
    });
    await session.close();
    const next = await desk.piv();
    expect(await next.verifyStatus()).toEqual({ state: "tries_left", tries: 3 });
  });

  it("a card that leaves during a command rejects it with card/removed, and what it did stays done", async () => {
    const { session } = await desk.piv();
    desk.card().faults.arm({ kind: "power_cut", when: "after" });
    const wrong = fromHex("0020008008393939393939ffff");
    await expect(session.transmit(wrong)).rejects.toMatchObject({ code: "card/removed" });
    expect(await session.removed).toBe("removed");
    expect(desk.card().state.passcode.triesLeft).toBe(2);
  });

  it("transactions follow one another and give back what their work gives", async () => {
    const { session } = await desk.piv();
    const order: string[] = [];
    const work = (name: string) => async () => {
      order.push(`${name} begins`);
      await session.transmit(fromHex("00200080"));
      order.push(`${name} ends`);
      return name;
    };
    const both = [session.transaction(work("one")), session.transaction(work("two"))];
    expect(await Promise.all(both)).toEqual(["one", "two"]);
    expect(order).toEqual(["one begins", "one ends", "two begins", "two ends"]);
    const failing = session.transaction(async () => {
      throw new RangeError("work failed");
    });
    await expect(failing).rejects.toBeInstanceOf(RangeError);
    expect(await session.transaction(work("three"))).toBe("three");
  });
}
