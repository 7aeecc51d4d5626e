import type { SessionEndReason } from "@lanyard/identity";
import { ButtonLink, Section } from "@lanyard/pages";
import type { ReactElement } from "react";
import type { Frame } from "../frame.ts";
import { type Outcome, OutcomeSentences } from "../outcome/outcome.tsx";
import { OUTCOMES } from "../outcome/words.ts";
import { SitePage } from "../parts/site-page.tsx";
import { SESSION_ENDS, WORDS } from "./words.ts";

export interface SignedOutProps {
  /** Undefined when it is not known, or there was no session. */
  readonly reason: SessionEndReason | undefined;
  /** The unlock this browser's last session had under way. */
  readonly outcome?: Outcome | undefined;
}

/** Why the session ended, and how an unlock under way ended; nothing about anybody. */
export function signedOutPage(frame: Frame, { reason, outcome }: SignedOutProps): ReactElement {
  return (
    <SitePage frame={frame} title={WORDS.title}>
      <p>{reason === undefined ? WORDS.unknown : SESSION_ENDS[reason]}</p>
      {outcome === undefined ? null : signedOutOutcome(outcome)}
      <ButtonLink href="/cis">{WORDS.again}</ButtonLink>
    </SitePage>
  );
}

/** An outcome for a browser that may not see whose card it was. */
export function signedOutOutcome(outcome: Outcome): ReactElement {
  return (
    <Section title={WORDS.outcome}>
      <p>
        <strong>{OUTCOMES[outcome.phase].title}</strong>
      </p>
      <OutcomeSentences {...outcome} />
    </Section>
  );
}
