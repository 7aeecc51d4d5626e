import { toBase64, toHex } from "@lanyard/bytes";
import { sha256, signWithCode } from "@lanyard/crypto";
import {
  type EnrolmentCode,
  LEASH_PROTOCOL,
  Refusal,
  type ReplyOf,
  type RequestOf,
  statements,
} from "@lanyard/wire";
import type { DeviceKey } from "../device-key.ts";

/** Who answers a hello. */
export interface DeskIdentity {
  readonly serverOrigin: string;
  readonly deskName: string;
  readonly agentVersion: string;
  readonly deviceKey: DeviceKey;
  /** A one-time code, while this desk is being enrolled by it. */
  readonly code?: EnrolmentCode;
}

/**
 * Answers the server's first question. The origin signed over is the one in our own configuration. A code never goes
 * along: what its key signed does, and is good for this device key alone.
 *
 * @throws {Refusal} `protocol_unsupported`
 */
export async function answerHello(
  request: RequestOf<"hello">,
  desk: DeskIdentity,
): Promise<ReplyOf<"hello">> {
  if (request.protocol !== LEASH_PROTOCOL) throw new Refusal("protocol_unsupported");
  const { serverOrigin: origin, deviceKey, code } = desk;
  const { nonce } = request;
  const statement = statements.deskHello({ origin, nonce });
  return {
    protocol: LEASH_PROTOCOL,
    deskName: desk.deskName,
    agentVersion: desk.agentVersion,
    deskKey: toBase64(deviceKey.publicKey),
    signature: toBase64(deviceKey.sign(statement)),
    ...(code && { enrolment: await enrolmentProof(code, desk, nonce) }),
  };
}

async function enrolmentProof(
  { handle, symbols }: EnrolmentCode,
  { serverOrigin: origin, deviceKey }: DeskIdentity,
  nonce: string,
): Promise<NonNullable<ReplyOf<"hello">["enrolment"]>> {
  const keyHash = toHex(sha256(deviceKey.publicKey));
  const statement = statements.deskEnrol({ origin, nonce, keyHash });
  return { handle, signature: toBase64(await signWithCode(symbols, origin, statement)) };
}
