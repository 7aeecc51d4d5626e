import type { Card } from "./card.ts";

/** Makes callers wait for each other, so that the APDUs of two commands never mix. One failure stops nobody else. */
export function withOneAtATime(card: Card): Card {
  let last: Promise<unknown> = Promise.resolve();
  return {
    transmit(apdu) {
      const answer = last.then(() => card.transmit(apdu));
      last = answer.catch(() => undefined);
      return answer;
    },
  };
}
