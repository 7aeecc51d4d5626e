import type { PivSession } from "@lanyard/piv";
import { expect, it } from "vitest";
import { type Desk, PROFILE, passcode, puk, secret, wrongPuk } from "./desk.ts";

export function passcodeCases(desk: Desk): void {
  it("[PIV-2 §3.2.1] a wrong passcode counts down to blocked, and then the right one is refused too", async () => {
    const piv = await desk.piv();
    expect(await piv.verifyStatus()).toEqual({ state: "tries_left", tries: 3 });
    expect(await piv.verify(secret("999999"))).toMatchObject({ reason: "wrong", triesLeft: 2 });
    expect(await piv.verify(secret("999999"))).toMatchObject({ reason: "wrong", triesLeft: 1 });
    expect(await piv.verify(secret("999999"))).toMatchObject({ ok: false, reason: "blocked" });
    expect(await piv.verify(passcode())).toEqual({ ok: false, reason: "blocked" });
    expect(await piv.verifyStatus()).toEqual({ state: "blocked" });
    expect(desk.card().state.passcode.triesLeft).toBe(0);
  });

  it("[PIV-2 §3.2.1] the right passcode fills the counter; a wrong one afterwards takes the status back", async () => {
    const piv = await desk.piv();
    await piv.verify(secret("999999"));
    expect(await piv.verify(passcode())).toEqual({ ok: true });
    expect(await piv.verifyStatus()).toEqual({ state: "verified" });
    expect(desk.card().state.passcode.triesLeft).toBe(3);
    await piv.verify(secret("999999"));
    expect(await piv.verifyStatus()).toEqual({ state: "tries_left", tries: 2 });
  });

  it("[PIV-2 §3.2.1] P1 = ff takes the status back and costs no try", async () => {
    const piv = await desk.piv();
    await piv.verify(passcode());
    await piv.resetVerification();
    expect(await piv.verifyStatus()).toEqual({ state: "tries_left", tries: 3 });
  });
}

export function pukCases(desk: Desk): void {
  it("[PIV-2 §3.2.3] the PUK unblocks and sets the passcode, without verifying it", async () => {
    const piv = await desk.piv();
    await block(piv);
    expect(await piv.resetRetryCounter(puk(), secret("731864"))).toMatchObject({
      effect: "applied",
    });
    expect(await piv.verifyStatus()).toEqual({ state: "tries_left", tries: 3 });
    expect(await piv.verify(passcode())).toMatchObject({ reason: "wrong" });
    expect(await piv.verify(secret("731864"))).toEqual({ ok: true });
  });

  it("[PIV-2 §3.2.3] a status that was verified stays verified", async () => {
    const piv = await desk.piv();
    await piv.verify(passcode());
    await piv.resetRetryCounter(puk(), secret("731864"));
    expect(await piv.verifyStatus()).toEqual({ state: "verified" });
  });

  it("[PIV-2 §3.2.3] a wrong PUK costs a PUK try, takes the status back and changes no passcode", async () => {
    const piv = await desk.piv();
    await piv.verify(passcode());
    expect(await piv.resetRetryCounter(wrongPuk(), secret("731864"))).toMatchObject({
      effect: "not_applied",
      triesLeft: 4,
    });
    expect(desk.card().state.puk.triesLeft).toBe(4);
    expect(await piv.verifyStatus()).toEqual({ state: "tries_left", tries: 3 });
    expect(await piv.verify(passcode())).toEqual({ ok: true });
  });

  it("[PIV-2 §3.2.3] a wrong PUK after a right one fails", async () => {
    const piv = await desk.piv();
    await piv.resetRetryCounter(puk(), secret("731864"));
    expect(await piv.resetRetryCounter(wrongPuk(), secret("640918"))).toMatchObject({
      effect: "not_applied",
    });
    expect(await piv.verify(secret("640918"))).toMatchObject({ reason: "wrong" });
  });

  it("[PIV-2 §3.2.3] a PUK without tries is refused, and so is the right one", async () => {
    const piv = await desk.piv();
    for (let left = 5; left > 0; left -= 1) await piv.resetRetryCounter(wrongPuk(), passcode());
    expect(await piv.resetRetryCounter(puk(), passcode())).toMatchObject({
      effect: "not_applied",
      blocked: true,
    });
  });

  it("[PIV-2 §3.2.3] a new passcode of the wrong form is refused and costs no PUK try", async () => {
    const piv = await desk.piv();
    expect(await piv.resetRetryCounter(puk(), secret("12!"))).toMatchObject({
      statusWord: 0x6a80,
    });
    expect(desk.card().state.puk.triesLeft).toBe(5);
  });

  it("[PIV-2 §3.2.3] whether a right PUK fills its own counter is the card's choice", async () => {
    const spent = async (): Promise<number> => {
      const piv = await desk.piv();
      await piv.resetRetryCounter(wrongPuk(), passcode());
      await piv.resetRetryCounter(puk(), passcode());
      return desk.card().state.puk.triesLeft;
    };
    expect(await spent()).toBe(5);
    await desk.useProfile({ ...PROFILE, resetsPukCounterOnSuccess: false });
    expect(await spent()).toBe(4);
  });
}

export function changeCases(desk: Desk): void {
  it("[PIV-2 §3.2.2] the old passcode sets a new one and is verified by that", async () => {
    const piv = await desk.piv();
    expect(await piv.changePasscode(passcode(), secret("a7Kd"))).toMatchObject({
      effect: "applied",
    });
    expect(await piv.verifyStatus()).toEqual({ state: "verified" });
    expect(await piv.verify(passcode())).toMatchObject({ reason: "wrong" });
    expect(await piv.verify(secret("a7Kd"))).toEqual({ ok: true });
  });

  it("[PIV-2 §3.2.2] a wrong old passcode costs a try and takes the status back", async () => {
    const piv = await desk.piv();
    await piv.verify(passcode());
    expect(await piv.changePasscode(secret("999999"), secret("731864"))).toMatchObject({
      effect: "not_applied",
      triesLeft: 2,
    });
    expect(await piv.verifyStatus()).toEqual({ state: "tries_left", tries: 2 });
  });

  it("[PIV-2 §3.2.2] the old PUK sets a new one; a wrong old PUK costs a PUK try", async () => {
    const piv = await desk.piv();
    expect(await piv.changePuk(wrongPuk(), secret("Nw9aT4cX"))).toMatchObject({ triesLeft: 4 });
    expect(desk.card().state.puk.triesLeft).toBe(4);
    expect(await piv.changePuk(puk(), secret("Nw9aT4cX"))).toMatchObject({ effect: "applied" });
    expect(await piv.resetRetryCounter(puk(), passcode())).toMatchObject({ triesLeft: 4 });
    expect(await piv.resetRetryCounter(secret("Nw9aT4cX"), passcode())).toMatchObject({
      effect: "applied",
    });
  });

  it("[PIV-2 §3.2.2] a card whose PUK cannot be changed says 6a88, and nothing is spent", async () => {
    await desk.useProfile({ ...PROFILE, pukChangeable: false });
    const piv = await desk.piv();
    expect(await piv.changePuk(puk(), secret("Nw9aT4cX"))).toMatchObject({ statusWord: 0x6a88 });
    expect(desk.card().state.puk.triesLeft).toBe(5);
  });
}

async function block(piv: PivSession): Promise<void> {
  for (let tries = 3; tries > 0; tries -= 1) await piv.verify(secret("999999"));
}
