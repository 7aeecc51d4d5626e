import { toBase64 } from "@lanyard/bytes";
import { LEASH_PROTOCOL, Refusal, type ReplyOf, type RequestOf, statements } from "@lanyard/wire";
import type { DeviceKey } from "../device-key.ts";

/** Who answers a hello. */
export interface DeskIdentity {
  readonly serverOrigin: string;
  readonly deskName: string;
  readonly agentVersion: string;
  readonly deviceKey: DeviceKey;
}

/**
 * Answers the server's first question. The origin signed over is the one in our own configuration.
 *
 * @throws {Refusal} `protocol_unsupported`
 */
export function answerHello(request: RequestOf<"hello">, desk: DeskIdentity): ReplyOf<"hello"> {
  if (request.protocol !== LEASH_PROTOCOL) throw new Refusal("protocol_unsupported");
  const statement = statements.deskHello({ origin: desk.serverOrigin, nonce: request.nonce });
  return {
    protocol: LEASH_PROTOCOL,
    deskName: desk.deskName,
    agentVersion: desk.agentVersion,
    deskKey: toBase64(desk.deviceKey.publicKey),
    signature: toBase64(desk.deviceKey.sign(statement)),
  };
}
