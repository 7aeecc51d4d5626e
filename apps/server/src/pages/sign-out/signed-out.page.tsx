import type { SessionEndReason } from "@lanyard/identity";
import { ButtonLink, Section } from "@lanyard/pages";
import type { ReactElement } from "react";
import type { Frame } from "../frame.ts";
import { SitePage } from "../parts/site-page.tsx";
import { SESSION_ENDS, WORDS } from "./words.ts";

/** How a ceremony stands, for a browser that may not see whose card it was. */
export interface EndedOutcome {
  /** What had been under way. */
  readonly heading: string;
  readonly title: string;
  readonly sentences: ReactElement;
}

export interface SignedOutProps {
  /** Undefined when it is not known, or there was no session. */
  readonly reason: SessionEndReason | undefined;
  /** The ceremony this browser's last session had under way. */
  readonly outcome?: EndedOutcome | undefined;
}

/** Why the session ended, and how a ceremony under way ended; nothing about anybody. */
export function signedOutPage(frame: Frame, { reason, outcome }: SignedOutProps): ReactElement {
  return (
    <SitePage frame={frame} title={WORDS.title}>
      <p>{reason === undefined ? WORDS.unknown : SESSION_ENDS[reason]}</p>
      {outcome === undefined ? null : (
        <Section title={outcome.heading}>
          <p>
            <strong>{outcome.title}</strong>
          </p>
          {outcome.sentences}
        </Section>
      )}
      <ButtonLink href="/cis">{WORDS.again}</ButtonLink>
    </SitePage>
  );
}
