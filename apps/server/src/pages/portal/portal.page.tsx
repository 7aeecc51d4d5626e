import { Notice } from "@lanyard/pages";
import type { ReactElement } from "react";
import { DeskReaders, type DeskStatus } from "../desk-status/desk-status.tsx";
import type { Frame } from "../frame.ts";
import { SitePage } from "../parts/site-page.tsx";
import { WORDS } from "./words.ts";

export interface PortalProps {
  /** Undefined while this browser has not met its desk. */
  readonly desk?: DeskStatus | undefined;
}

/** The page to bookmark: one link, what it leads to, and the readers once the desk is known. */
export function portalPage(frame: Frame, { desk }: PortalProps): ReactElement {
  return (
    <SitePage frame={frame} title={WORDS.title} heading={WORDS.heading}>
      <p>{WORDS.intro}</p>
      <Notice>
        <p className="nhsuk-heading-m">
          <a href="/cis" target="_blank" rel="noopener">
            {WORDS.launch}
          </a>
        </p>
        <p>{WORDS.newWindow}</p>
      </Notice>
      {desk === undefined ? null : <DeskReaders status={desk} />}
      <h2 className="nhsuk-heading-m">{WORDS.howTo}</h2>
      <ol className="nhsuk-list nhsuk-list--number">
        {WORDS.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <p>{WORDS.bookmark}</p>
    </SitePage>
  );
}
