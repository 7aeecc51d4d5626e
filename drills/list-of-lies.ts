import { randomBytes } from "node:crypto";
import type { RequestOf, UnlockProgress } from "@lanyard/wire";
import { webEidTokenOf } from "../apps/server/src/testing/scripted-desk.ts";
import {
  authorisation,
  authorise,
  type Chosen,
  closing,
  type Liar,
  newEphemeralKey,
  report,
} from "./world/liar.ts";

/** One thing an agent in the wrong hands may say. */
export interface Lie {
  readonly name: string;
  /** The operator's card signed truly before it, and a PUK was released. */
  readonly isReleased: boolean;
  /** It is the truth, or ends in a true closing signature: then success is right. */
  readonly isProven?: boolean;
  tell(liar: Liar, chosen: Chosen, other: Other): Promise<unknown>;
}

/** What a liar has kept from another unlock of the same card, and a second desk in the same hands. */
export interface Other {
  readonly chosen: Chosen;
  readonly authorisation: RequestOf<"unlock_authorise">;
  readonly closing: RequestOf<"unlock_prove">;
  readonly accomplice: Liar;
}

const prove = (liar: Liar, request: RequestOf<"unlock_prove">): Promise<UnlockProgress> =>
  liar.desk.call("unlock_prove", request);

/** Says that the card took everything, and gives this as its closing signature. */
export async function closeWith(
  liar: Liar,
  chosen: Chosen,
  request: RequestOf<"unlock_prove">,
): Promise<void> {
  await report(liar, chosen, "reset");
  await report(liar, chosen, "rotate");
  await prove(liar, request);
}

/** The truth first, then what is not. */
export const LIES: readonly Lie[] = [
  {
    name: "the truth, to see that it is believed",
    isReleased: true,
    isProven: true,
    tell: (liar, chosen) => closeWith(liar, chosen, closing(liar, chosen)),
  },
  {
    name: "the PUK was changed, when nobody asked the card",
    isReleased: true,
    isProven: true,
    tell: (liar, chosen) => closeWith(liar, chosen, closing(liar, chosen)),
  },
  {
    name: "9000 to RESET RETRY COUNTER, and nothing more",
    isReleased: true,
    tell: (liar, chosen) => report(liar, chosen, "reset"),
  },
  {
    name: "9000 to everything, and no signature",
    isReleased: true,
    tell: async (liar, chosen) => {
      await report(liar, chosen, "reset");
      await report(liar, chosen, "rotate");
    },
  },
  {
    name: "any bytes for a signature",
    isReleased: true,
    tell: (liar, chosen) => {
      const value = randomBytes(64).toString("base64");
      return closeWith(liar, chosen, {
        visit: chosen.visit,
        signature: { algorithm: "ES256", value },
      });
    },
  },
  {
    name: "the signature of another card",
    isReleased: true,
    tell: (liar, chosen, { accomplice }) =>
      closeWith(liar, chosen, closing(liar, chosen, { signer: accomplice.operator.card })),
  },
  {
    name: "the signature of the operator's own card",
    isReleased: true,
    tell: (liar, chosen) =>
      closeWith(liar, chosen, closing(liar, chosen, { signer: liar.operator.card })),
  },
  {
    name: "9E, which asks for no passcode, instead of 9A",
    isReleased: true,
    tell: (liar, chosen) => closeWith(liar, chosen, closing(liar, chosen, { slot: "9E" })),
  },
  {
    name: "a signature over another nonce",
    isReleased: true,
    tell: (liar, chosen) => {
      const nonce = randomBytes(32).toString("base64");
      return closeWith(liar, chosen, closing(liar, chosen, { statement: { nonce } }));
    },
  },
  {
    name: "a signature for another unlock",
    isReleased: true,
    tell: (liar, chosen, { chosen: { task } }) => {
      const statement = { ceremony: task.ceremony };
      return closeWith(liar, chosen, closing(liar, chosen, { statement }));
    },
  },
  {
    name: "a signature for another server",
    isReleased: true,
    tell: (liar, chosen) => {
      const statement = { origin: "https://elsewhere.example" };
      return closeWith(liar, chosen, closing(liar, chosen, { statement }));
    },
  },
  {
    name: "an old closing signature of this card",
    isReleased: true,
    tell: (liar, chosen, other) =>
      closeWith(liar, chosen, { visit: chosen.visit, signature: other.closing.signature }),
  },
  {
    name: "a sign-in of this card for its closing signature",
    isReleased: true,
    tell: (liar, chosen) => {
      const nonce = chosen.task.doneNonce;
      const { algorithm, signature: value } = webEidTokenOf(chosen.holder.card, {
        ...{ origin: liar.world.origin, nonce },
      });
      return closeWith(liar, chosen, { visit: chosen.visit, signature: { algorithm, value } });
    },
  },
  {
    name: "a true closing signature before anything was released",
    isReleased: false,
    tell: (liar, chosen) => prove(liar, closing(liar, chosen)),
  },
  {
    name: "reports of a card before anything was released",
    isReleased: false,
    tell: (liar, chosen) => closeWith(liar, chosen, closing(liar, chosen)),
  },
  {
    name: "another key than the operator's card signed for",
    isReleased: false,
    tell: (liar, chosen) => {
      const signedKey = newEphemeralKey();
      return liar.desk.call("unlock_authorise", authorisation(liar, chosen, { signedKey }));
    },
  },
  {
    name: "the operator's signature for another unlock",
    isReleased: false,
    tell: (liar, { visit }, other) =>
      liar.desk.call("unlock_authorise", { ...other.authorisation, visit }),
  },
  {
    name: "other evidence than the operator gave",
    isReleased: false,
    tell: (liar, chosen) => {
      const statement = { evidence: "biometric" };
      return liar.desk.call("unlock_authorise", authorisation(liar, chosen, { statement }));
    },
  },
  {
    name: "the holder's signature for the operator's",
    isReleased: false,
    tell: (liar, chosen) => {
      const signer = chosen.holder.card;
      return liar.desk.call("unlock_authorise", authorisation(liar, chosen, { signer }));
    },
  },
  {
    name: "a desk that did not claim it authorises",
    isReleased: false,
    tell: (liar, chosen, { accomplice }) =>
      accomplice.desk.call("unlock_authorise", authorisation(liar, chosen)),
  },
  {
    name: "a desk that did not claim it gives the closing signature",
    isReleased: true,
    tell: async (liar, chosen, { accomplice }) => {
      await report(liar, chosen, "reset");
      await prove(accomplice, closing(liar, chosen));
    },
  },
  {
    name: "a visit that is over, once more",
    isReleased: true,
    tell: async (liar, chosen, other) => {
      await report(liar, chosen, "reset");
      await prove(liar, { ...closing(liar, chosen), visit: other.chosen.visit });
    },
  },
  {
    name: "an unlock that was given up, taken up again",
    isReleased: false,
    tell: async (liar, chosen) => {
      await liar.desk.call("give_up", { visit: chosen.visit, reason: "cancelled" });
      await authorise(liar, chosen);
    },
  },
  {
    name: "an old proof that the operator is there",
    isReleased: false,
    tell: async (liar, chosen) => {
      const { presence } = liar.desk.answers;
      const old = presence({ session: sessionOf(liar), nonce: chosen.task.doneNonce, slot: "9E" });
      liar.desk.answers.presence = () => old;
      try {
        await liar.world.round();
      } finally {
        liar.desk.answers.presence = presence;
      }
      await authorise(liar, chosen);
    },
  },
];

function sessionOf({ desk }: Liar): string {
  const begun = desk.served.findLast(({ call }) => call === "session_begin")?.body;
  const isBody = typeof begun === "object" && begun !== null && "session" in begun;
  return isBody ? String(begun.session) : "";
}
