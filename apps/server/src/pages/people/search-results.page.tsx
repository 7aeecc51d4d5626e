import { displayName, formatCareId } from "@lanyard/identity";
import { CardList, type ListedCard, Notice } from "@lanyard/pages";
import type { ReactElement } from "react";
import type { Frame } from "../frame.ts";
import { formatCalendarDate } from "../parts/dates.ts";
import { type HolderView, photoHref, profileHref } from "../parts/holder.ts";
import { SitePage } from "../parts/site-page.tsx";
import { ROWS } from "../parts/words.ts";
import { SEARCH_FIELD, SearchForm } from "./search-form.tsx";
import { SEARCH_WORDS } from "./words.ts";

export interface SearchResultsProps {
  /** As typed, trimmed. Empty is an error. */
  readonly query: string;
  readonly results: readonly HolderView[];
  /** There were more than are shown. */
  readonly hasMore: boolean;
}

/** Whom a search found, each a link to the profile by its UUID. */
export function searchResultsPage(frame: Frame, props: SearchResultsProps): ReactElement {
  const { query } = props;
  const error = query === "" ? SEARCH_WORDS.empty : undefined;
  const errors = error === undefined ? [] : [{ text: error, field: SEARCH_FIELD }];
  return (
    <SitePage frame={frame} title={SEARCH_WORDS.title} errors={errors}>
      <SearchForm query={query} error={error} />
      {query === "" ? null : <Found {...props} />}
    </SitePage>
  );
}

function Found({ query, results, hasMore }: SearchResultsProps): ReactElement {
  if (results.length === 0)
    return (
      <Notice tone="attention" title={SEARCH_WORDS.none(query)}>
        <p>{SEARCH_WORDS.noneToDo}</p>
      </Notice>
    );
  return (
    <>
      <h2 className="nhsuk-heading-m">{SEARCH_WORDS.found(results.length, query)}</h2>
      <CardList level="h3" cards={results.map(listedPerson)} />
      {hasMore ? <p>{SEARCH_WORDS.tooMany}</p> : null}
    </>
  );
}

function listedPerson(holder: HolderView): ListedCard {
  const { person, organisation } = holder;
  const photo = photoHref(holder);
  const born = `${ROWS.dateOfBirth} ${formatCalendarDate(person.dateOfBirth)}`;
  return {
    href: profileHref(person),
    title: `${displayName(person)}, ${ROWS.uuid} ${formatCareId(person.careId)}`,
    text: [born, person.jobTitle, organisation].filter(Boolean).join(". "),
    photo: photo === undefined ? undefined : { src: photo },
  };
}
