import { fromHex } from "@lanyard/bytes";

const FULL = "a000000308000010000100";
const WITHOUT_VERSION = "a00000030800001000";

/** The PIV card application's whole identifier, version 1.0 [PIV-1 §2.2]. A fresh copy each time. */
export function pivAid(): Uint8Array {
  return fromHex(FULL);
}

/** The same without its version: what SELECT sends, so that any version answers [PIV-2 §3.1.1]. */
export function pivAidWithoutVersion(): Uint8Array {
  return fromHex(WITHOUT_VERSION);
}
