import { fromHex, Secret } from "@lanyard/bytes";
import { nodeBlockCipher, randomBytes } from "@lanyard/crypto";
import { encodeCommand, getDataCommand, type PivSession, selectCommand } from "@lanyard/piv";
import { expect, it } from "vitest";
import { type Desk, PROFILE, passcode } from "./desk.ts";

const FACIAL_IMAGE = 0x5fc108;

export function selectionCases(desk: Desk): void {
  it("[PIV-2 §3.1.1] selects PIV by its name without version, and answers nothing else before", async () => {
    const session = await desk.harness().open();
    const status = await session.transmit(fromHex("00200080"));
    expect(status.statusWord).toBe(0x6d00);
    const selected = await session.transmit(encodeCommand(selectCommand()));
    expect(selected.statusWord).toBe(0x9000);
    expect(selected.data[0]).toBe(0x61);
  });

  it("[PIV-2 §3.1.1] a failed SELECT of another application leaves PIV and its status as they were", async () => {
    const { session, ...piv } = await desk.piv();
    await piv.verify(passcode());
    const foreign = await session.transmit(fromHex("00a4040007a0000005272001"));
    expect(foreign.statusWord).toBe(0x6a82);
    expect(await piv.verifyStatus()).toEqual({ state: "verified" });
  });
}

export function objectCases(desk: Desk): void {
  it("[PIV-2 §3.3.1] PUT DATA wants the management key", async () => {
    const piv = await desk.piv();
    await expect(piv.writeObject(FACIAL_IMAGE, new Uint8Array(9))).rejects.toMatchObject({
      code: "card/security_status",
    });
    expect(desk.card().state.objects["5fc108"]).toBeUndefined();
  });

  it.each([
    ["extended", true],
    ["chained short", false],
  ])(
    "[7816-4 §5.1] a large object goes in and comes out whole, in %s APDUs",
    async (_form, extendedLength) => {
      await desk.useProfile({ ...PROFILE, extendedLength });
      const piv = await desk.piv();
      expect(piv.extendedLength).toBe(extendedLength);
      expect(await authenticate(desk, piv)).toEqual({ ok: true });
      const image = randomBytes(9_000);
      await piv.writeObject(FACIAL_IMAGE, image);
      await expect(piv.readObject(FACIAL_IMAGE)).rejects.toMatchObject({
        code: "card/security_status",
      });
      await piv.verify(passcode());
      expect(Buffer.from((await piv.readObject(FACIAL_IMAGE)) ?? [])).toEqual(Buffer.from(image));
    },
  );

  it("[7816-4 §5.1] a short read gives its part and says how much is left, then starts afresh", async () => {
    const { session } = await desk.piv();
    const command = encodeCommand({ ...getDataCommand(0x5fc102), expectedBytes: 8 });
    const first = await session.transmit(command);
    expect(first.data.length).toBe(8);
    expect(first.statusWord >> 8).toBe(0x61);
    expect((await session.transmit(command)).data).toEqual(first.data);
  });
}

async function authenticate(desk: Desk, piv: PivSession) {
  const { algorithm, value } = desk.card().state.managementKey;
  const key = new Secret(fromHex(value));
  return piv.authenticateManagementKey({ algorithm, key, cipher: nodeBlockCipher }, randomBytes);
}
