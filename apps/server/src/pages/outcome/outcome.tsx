import type { Unlock, UnlockEndReason, UnlockPhase } from "@lanyard/identity";
import type { ReactElement } from "react";
import type { EndedOutcome } from "../sign-out/signed-out.page.tsx";
import { DOUBT, END_REASONS, OUTCOMES, WORDS } from "./words.ts";

/** The phases in which there is an outcome, or the wait for one, to tell. */
export type OutcomePhase = Exclude<UnlockPhase, "card_proven" | "person_confirmed">;

export interface Outcome {
  readonly phase: OutcomePhase;
  readonly reason: UnlockEndReason | undefined;
  /** The card had said that it took the new passcode, before the doubt came. */
  readonly passcodeSet?: boolean | undefined;
}

/** For a browser that is signed out; `undefined` while there is nothing to tell yet. */
export function endedUnlock({
  phase,
  reason,
  passcodeSet,
}: Pick<Unlock, "phase" | "reason"> & Partial<Unlock>): EndedOutcome | undefined {
  if (phase === "card_proven" || phase === "person_confirmed") return undefined;
  return {
    heading: WORDS.underWay,
    title: OUTCOMES[phase].title,
    sentences: <OutcomeSentences phase={phase} reason={reason} passcodeSet={passcodeSet} />,
  };
}

/** The same sentences on the operator's page and on the signed-out page: no name, no number. */
export function OutcomeSentences({ phase, reason, passcodeSet }: Outcome): ReactElement {
  const end = reason === undefined ? undefined : END_REASONS[reason];
  return (
    <>
      {end === undefined || !TELLS_REASON[phase] ? null : <p>{end.happened}</p>}
      {phase === "aborted" && end !== undefined ? (
        <p>
          <strong>{end.card}</strong>
        </p>
      ) : (
        <p>{OUTCOMES[phase].text}</p>
      )}
      {phase === "uncertain" ? (
        <p>{passcodeSet === true ? DOUBT.passcodeSet : DOUBT.passcodeUnknown}</p>
      ) : null}
    </>
  );
}

/** A doubt that was settled needs no reason any more. */
const TELLS_REASON: Readonly<Record<OutcomePhase, boolean>> = {
  chosen: false,
  released: false,
  pin_set: false,
  verified: false,
  aborted: true,
  uncertain: true,
  confirmed_later: false,
  settled_unknown: false,
};
