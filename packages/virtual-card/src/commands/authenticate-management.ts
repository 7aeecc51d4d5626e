import { bytesEqual, fromHex } from "@lanyard/bytes";
import { ALGORITHMS } from "@lanyard/piv";
import type { CardView, Outcome } from "./command.ts";
import { type DynamicAuthentication, dynamicAuthentication } from "./dynamic-authentication.ts";

/**
 * The management key's side of GENERAL AUTHENTICATE [PIV-2 §A.1]: single authentication (challenge, response) and
 * mutual authentication (witness, challenge). The card never encrypts a challenge for somebody who has not
 * answered its own: that would answer its next challenge too.
 */
export function authenticateManagement(request: DynamicAuthentication, card: CardView): Outcome {
  const { witness, challenge, response } = request;
  if (witness !== undefined && witness.length > 0) return answerMutual(request, card);
  if (witness !== undefined && challenge === undefined) return giveWitness(card);
  if (challenge?.length === 0 && response === undefined) return giveChallenge(card);
  if (response !== undefined && response.length > 0 && challenge === undefined)
    return checkResponse(response, card);
  return { statusWord: 0x6a80 };
}

function giveWitness(card: CardView): Outcome {
  const answer = freshBlock(card);
  return {
    statusWord: 0x9000,
    data: dynamicAuthentication("witness", encrypt(answer, card)),
    status: { ...card.status, pending: { kind: "witness", answer } },
  };
}

function giveChallenge(card: CardView): Outcome {
  const challenge = freshBlock(card);
  return {
    statusWord: 0x9000,
    data: dynamicAuthentication("challenge", challenge),
    status: { ...card.status, pending: { kind: "challenge", answer: encrypt(challenge, card) } },
  };
}

/** A wrong answer takes the status back [PIV-2 §3.2.4]; there is no counter. */
function checkResponse(response: Uint8Array, card: CardView): Outcome {
  const { pending } = card.status;
  if (pending?.kind !== "challenge") return { statusWord: 0x6985 };
  const managementAuthenticated = bytesEqual(pending.answer, response);
  return {
    statusWord: managementAuthenticated ? 0x9000 : 0x6982,
    status: { ...card.status, managementAuthenticated },
  };
}

function answerMutual({ witness, challenge }: DynamicAuthentication, card: CardView): Outcome {
  const { pending } = card.status;
  if (pending?.kind !== "witness") return { statusWord: 0x6985 };
  if (witness === undefined || challenge?.length !== pending.answer.length)
    return { statusWord: 0x6a80 };
  if (!bytesEqual(pending.answer, witness))
    return { statusWord: 0x6982, status: { ...card.status, managementAuthenticated: false } };
  return {
    statusWord: 0x9000,
    data: dynamicAuthentication("response", encrypt(challenge, card)),
    status: { ...card.status, managementAuthenticated: true },
  };
}

function freshBlock({ crypto, state }: CardView): Uint8Array {
  return crypto.randomBytes(ALGORITHMS[state.managementKey.algorithm].blockBytes);
}

function encrypt(block: Uint8Array, { crypto, state }: CardView): Uint8Array {
  const { algorithm, value } = state.managementKey;
  return crypto.encryptBlock(algorithm, fromHex(value), block);
}
