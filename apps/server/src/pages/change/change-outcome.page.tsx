import type { ChangeEndReason, ChangePhase } from "@lanyard/identity";
import {
  ButtonLink,
  Confirmation,
  Notice,
  PostForm,
  Submit,
  SummaryList,
  type Tone,
} from "@lanyard/pages";
import type { ReactElement } from "react";
import type { Frame } from "../frame.ts";
import { ServiceDesk } from "../parts/service-desk.tsx";
import { SitePage } from "../parts/site-page.tsx";
import { WhatNow } from "../parts/what-now.tsx";
import { ROWS } from "../parts/words.ts";
import type { EndedOutcome } from "../sign-out/signed-out.page.tsx";
import { END_REASONS, OUTCOMES, WORDS } from "./words.ts";

export interface ChangeOutcome {
  readonly phase: ChangePhase;
  readonly reason: ChangeEndReason | undefined;
}

export interface ChangeOutcomeProps extends ChangeOutcome {
  /** The ceremony's id. */
  readonly ceremony: string;
  readonly holderName: string;
  readonly serial: string;
}

type InFrame = ChangeOutcomeProps & { readonly frame: Frame };

/** How a change of passcode stands or ended. Success only where the card has proved it. */
export function changeOutcomePage(frame: Frame, props: ChangeOutcomeProps): ReactElement {
  const { phase, holderName, serial } = props;
  const { title } = OUTCOMES[phase];
  if (phase === "changed") return <Changed frame={frame} {...props} />;
  return (
    <SitePage frame={frame} title={title}>
      <Notice tone={TONES[phase]}>
        <Sentences {...props} />
      </Notice>
      <SummaryList
        rows={[
          { key: ROWS.name, value: holderName },
          { key: ROWS.device, value: serial },
        ]}
      />
      <Next frame={frame} {...props} />
    </SitePage>
  );
}

/** The same for a browser that is signed out. */
export function endedChange(outcome: ChangeOutcome): EndedOutcome {
  return {
    heading: WORDS.underWay,
    title: OUTCOMES[outcome.phase].title,
    sentences: (
      <>
        <Sentences {...outcome} />
        {outcome.phase === "uncertain" ? <WhichPasscode /> : null}
      </>
    ),
  };
}

const TONES: Readonly<Record<ChangePhase, Tone>> = {
  begun: "neutral",
  sent: "neutral",
  set: "neutral",
  changed: "good",
  aborted: "problem",
  uncertain: "attention",
  confirmed_later: "good",
  settled_unknown: "good",
};

function Changed({ frame, holderName }: InFrame): ReactElement {
  const { title, text } = OUTCOMES.changed;
  return (
    <SitePage frame={frame} title={title} heading={false}>
      <Confirmation title={title}>{holderName}</Confirmation>
      <p>{text}</p>
      <p>{WORDS.keepSecret}</p>
      <ButtonLink href="/cis">{WORDS.home}</ButtonLink>
    </SitePage>
  );
}

/** No name, no number. A doubt that was settled needs no reason any more. */
function Sentences({ phase, reason }: ChangeOutcome): ReactElement {
  const end = reason === undefined ? undefined : END_REASONS[reason];
  const tellsReason = phase === "aborted" || phase === "uncertain";
  return (
    <>
      {end === undefined || !tellsReason ? null : <p>{end.happened}</p>}
      {phase === "aborted" && end !== undefined ? (
        <p>
          <strong>{end.card}</strong>
        </p>
      ) : (
        <p>{OUTCOMES[phase].text}</p>
      )}
    </>
  );
}

function WhichPasscode(): ReactElement {
  return (
    <ol className="nhsuk-list nhsuk-list--number">
      <li>{WORDS.tryNew}</li>
      <li>{WORDS.tryOld}</li>
    </ol>
  );
}

function Next(props: InFrame): ReactElement {
  const { phase, ceremony, frame } = props;
  switch (phase) {
    case "begun":
      return (
        <PostForm action="/my-passcode">
          <p>{WORDS.goOn}</p>
          <Submit>{WORDS.button}</Submit>
        </PostForm>
      );
    case "sent":
    case "set":
      return (
        <>
          <p>{WORDS.lookHint}</p>
          <ButtonLink href={`/my-passcode/${encodeURIComponent(ceremony)}`}>
            {WORDS.look}
          </ButtonLink>
        </>
      );
    case "aborted":
      return <AfterAbort {...props} />;
    case "uncertain":
      return (
        <>
          <h2 className="nhsuk-heading-m">{WORDS.whatNow}</h2>
          <WhichPasscode />
          <ServiceDesk contact={frame.serviceDesk} />
          <ButtonLink href="/cis">{WORDS.home}</ButtonLink>
        </>
      );
    default:
      return <ButtonLink href="/cis">{WORDS.home}</ButtonLink>;
  }
}

function AfterAbort({ frame, reason }: InFrame): ReactElement {
  const end = reason === undefined ? undefined : END_REASONS[reason];
  const isLocked = reason === "passcode_blocked";
  return (
    <>
      <WhatNow title={WORDS.whatNow} end={end} serviceDesk={frame.serviceDesk} />
      <ButtonLink href={isLocked ? "/cis" : "/my-passcode"}>
        {isLocked ? WORDS.home : WORDS.again}
      </ButtonLink>
    </>
  );
}
