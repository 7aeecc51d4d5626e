import { randomInt } from "node:crypto";
import { toHex } from "@lanyard/bytes";
import { sha256 } from "@lanyard/crypto";
import {
  deskFingerprint,
  type EnrolmentCode,
  isRefusalCode,
  type LeashHandlers,
  REFUSALS,
  Refusal,
  type ReplyOf,
  type RequestOf,
} from "@lanyard/wire";
import type { AgentConfig } from "../config.ts";
import { type DeviceKey, openDeviceKey } from "../device-key.ts";
import { AgentError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { systemTimers, within } from "../timers.ts";
import { answerHello } from "./hello.ts";
import { dial, type Line } from "./line.ts";

/** Long enough for a slow PC to stretch the code, and for a server under load. */
const PATIENCE_MS = 30_000;
const ASK_AGAIN_MS = 50;

/** What two people compare: this PC's own name for its device key. */
export function fingerprintOf({ publicKey }: Pick<DeviceKey, "publicKey">): string {
  return deskFingerprint(toHex(sha256(publicKey)));
}

/**
 * Enrols this PC's device key at its server by a one-time code. A running agent need not be stopped: it is let in when
 * it next dials, within seconds. Gives the fingerprint of the key.
 *
 * @throws {AgentError} `enrolment/refused` | `enrolment/no_server` | `device_key/loose_permissions` | `device_key/unreadable`
 */
export async function enrolDesk(
  config: AgentConfig,
  code: EnrolmentCode,
  { agentVersion, log }: { readonly agentVersion: string; readonly log: Logger },
): Promise<string> {
  const deviceKey = await openDeviceKey(config.dataDirectory);
  const { serverOrigin, deskName } = config;
  const identity = { serverOrigin, deskName, agentVersion, deviceKey, code };
  const { promise: closed, resolve: onClosed } = settledLater<string>();
  const { promise: greeted, resolve: onGreeted } = settledLater<void>();
  const hello = async (request: RequestOf<"hello">): Promise<ReplyOf<"hello">> => {
    const reply = await answerHello(request, identity);
    systemTimers.after(0, onGreeted);
    return reply;
  };
  const url = leashUrl(serverOrigin);
  const line = dial({ url, handlers: { ...NOTHING, hello }, timers: systemTimers, log, onClosed });
  try {
    const outcome = Promise.race([closed, greeted.then(() => known(line))]);
    const reason = await within(systemTimers, PATIENCE_MS, outcome);
    if (reason === KNOWN) return fingerprintOf(deviceKey);
    throw failure(reason ?? "", serverOrigin);
  } finally {
    line.hangUp();
  }
}

function settledLater<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: (value: Value) => resolve(value) };
}

/** Where agents dial in. */
export function leashUrl(serverOrigin: string): string {
  return `${serverOrigin.replace(/^http/, "ws")}/leash`;
}

const KNOWN = Symbol("known");

/** A server answers a desk it knows, and refuses every call of one it does not. */
async function known({ peer }: Line): Promise<typeof KNOWN | string> {
  // A name nobody has: asked after only to be told that it is not there.
  const visit = `enrolment-${randomInt(2 ** 40)}`.padEnd(22, "-");
  for (;;)
    try {
      await peer.call("visit_status", { visit });
      return KNOWN;
    } catch (error) {
      if (!(error instanceof Refusal)) return new Promise(() => undefined);
      if (error.code !== "desk_unknown") return KNOWN;
      await new Promise<void>((resolve) => systemTimers.after(ASK_AGAIN_MS, resolve));
    }
}

function failure(reason: string, serverOrigin: string): AgentError {
  if (isRefusalCode(reason)) return new AgentError("enrolment/refused", REFUSALS[reason]);
  return new AgentError(
    "enrolment/no_server",
    `${serverOrigin} does not answer. Is it the right address (LANYARD_SERVER), and is the server running?`,
  );
}

const no = (): Promise<never> => Promise.reject(new Refusal("card_not_ready"));

/** While it enrols, this end does nothing with any card. */
const NOTHING: Omit<LeashHandlers<"agent">, "hello"> = {
  card_prove: no,
  card_release: no,
  session_begin: no,
  session_end: no,
  puk_rotate: no,
  presence: no,
};
