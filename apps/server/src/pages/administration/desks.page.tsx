import {
  ButtonLink,
  CardList,
  type ListedCard,
  Notice,
  PostForm,
  Submit,
  TextField,
} from "@lanyard/pages";
import type { ReactElement } from "react";
import type { Frame } from "../frame.ts";
import { formatMoment } from "../parts/dates.ts";
import { SitePage } from "../parts/site-page.tsx";
import {
  type DeskRequestView,
  DeskStateTag,
  type DeskView,
  deskHref,
  enrolledText,
  lastSeenText,
  requestHref,
} from "./desk-view.tsx";
import { ADMINISTRATION, DESK_WORDS, DESKS } from "./words.ts";

export interface DesksProps {
  /** Part of a name, as typed. */
  readonly query: string;
  readonly desks: readonly DeskView[];
  readonly hasMore: boolean;
  readonly requests: readonly DeskRequestView[];
  /** One sentence about what has just been done. */
  readonly done?: string | undefined;
}

/** The desks an operator looks after, and those that ask to be let in, first. */
export function desksPage(frame: Frame, props: DesksProps): ReactElement {
  return (
    <SitePage
      frame={frame}
      title={DESKS.title}
      back={{ href: "/administration", text: ADMINISTRATION.title }}
    >
      {props.done === undefined ? null : (
        <Notice tone="good">
          <p>{props.done}</p>
        </Notice>
      )}
      <p>{DESKS.intro}</p>
      <ButtonLink href="/administration/desks/new">{DESKS.add}</ButtonLink>
      <Requests requests={props.requests} />
      <Desks {...props} />
    </SitePage>
  );
}

function Requests({ requests }: Pick<DesksProps, "requests">): ReactElement | null {
  if (requests.length === 0) return null;
  return (
    <>
      <h2 className="nhsuk-heading-m">{DESKS.asking}</h2>
      <p>{DESKS.askingHint}</p>
      <CardList level="h3" cards={requests.map(listedRequest)} />
    </>
  );
}

function listedRequest(request: DeskRequestView): ListedCard {
  return {
    href: requestHref(request),
    title: request.name,
    text: (
      <>
        {DESK_WORDS.lastAsked(formatMoment(request.lastAskedAt))}
        <br />
        {DESK_WORDS.fingerprint} <code>{request.fingerprint}</code>
      </>
    ),
  };
}

function Desks({ query, desks, hasMore }: DesksProps): ReactElement {
  return (
    <>
      <h2 className="nhsuk-heading-m">{DESKS.known}</h2>
      <PostForm action="/administration/desks" method="get" label={DESKS.filterLabel}>
        <TextField name="q" label={DESKS.filter} value={query} width="20" />
        <Submit kind="secondary">{DESKS.filterButton}</Submit>
      </PostForm>
      {desks.length === 0 ? (
        <p>{DESKS.none}</p>
      ) : (
        <CardList level="h3" cards={desks.map(listedDesk)} />
      )}
      {hasMore ? <p>{DESKS.tooMany}</p> : null}
    </>
  );
}

function listedDesk(desk: DeskView): ListedCard {
  return {
    href: deskHref(desk),
    title: desk.name,
    text: (
      <>
        {desk.organisation ?? DESK_WORDS.nobodys}
        <br />
        {DESK_WORDS.lastSeen} {lastSeenText(desk)}
        <br />
        {DESK_WORDS.history} {enrolledText(desk)}
      </>
    ),
    tag: <DeskStateTag state={desk.state} />,
  };
}
