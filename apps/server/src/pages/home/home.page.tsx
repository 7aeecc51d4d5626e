import { ButtonLink, Notice } from "@lanyard/pages";
import type { ReactElement } from "react";
import { DeskReaders, type DeskStatus } from "../desk-status/desk-status.tsx";
import type { Frame } from "../frame.ts";
import { SitePage } from "../parts/site-page.tsx";
import { hasManageTab } from "../parts/tabs.ts";
import { NOTE_WORDS } from "../people/card-note-words.ts";
import { SearchForm } from "../people/search-form.tsx";
import { Incidents, type IncidentView } from "./incidents.tsx";
import { WORDS } from "./words.ts";

export interface HomeProps {
  readonly desk: DeskStatus;
  /** How an unlock of this operator's own card that had been in doubt was settled, if one was of late. */
  readonly settled?: keyof typeof NOTE_WORDS.settled | undefined;
  /** Only for who may decide about them. */
  readonly incidents?: readonly IncidentView[] | undefined;
}

/** Where a signed-in operator starts: the tab for those who have it, the search for everybody. */
export function homePage(frame: Frame, { desk, settled, incidents = [] }: HomeProps): ReactElement {
  return (
    <SitePage frame={frame} title={WORDS.title}>
      {incidents.length === 0 ? null : <Incidents incidents={incidents} />}
      {settled === undefined ? null : (
        <Notice>
          <p>{NOTE_WORDS.settled[settled]}</p>
        </Notice>
      )}
      {hasManageTab(frame) ? <TabHint /> : <NoTabHint />}
      <SearchForm />
      <DeskReaders status={desk} />
      <p>
        <a href="/my-passcode">{WORDS.changePasscode}</a>
      </p>
    </SitePage>
  );
}

function TabHint(): ReactElement {
  return (
    <>
      <p>{WORDS.tabHint}</p>
      <ButtonLink href="/manage-smartcard">{WORDS.tabLink}</ButtonLink>
    </>
  );
}

/** The how-to's green box. */
function NoTabHint(): ReactElement {
  return (
    <Notice tone="good" title={WORDS.noTabTitle}>
      <ol className="nhsuk-list nhsuk-list--number">
        {WORDS.noTabSteps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </Notice>
  );
}
