import { type CareId, formatCareId, type NoticeState } from "@lanyard/identity";
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
import { nextCardHref } from "../parts/tabs.ts";
import { WhatNow } from "../parts/what-now.tsx";
import { ROWS } from "../parts/words.ts";
import { type Outcome, type OutcomePhase, OutcomeSentences } from "./outcome.tsx";
import { END_REASONS, OUTCOMES, TOLD, WORDS } from "./words.ts";

export interface OutcomeProps extends Outcome {
  /** The ceremony's id. */
  readonly ceremony: string;
  readonly holderName: string;
  readonly careId: CareId;
  readonly serial: string;
  /** How it stands with telling the holder by mail. */
  readonly told?: NoticeState | undefined;
}

/** How-to J, and every other way it can end. Success only where the card has proved it. */
export function outcomePage(frame: Frame, props: OutcomeProps): ReactElement {
  const { phase } = props;
  const { title } = OUTCOMES[phase];
  if (phase === "verified") return <Unlocked frame={frame} {...props} />;
  return (
    <SitePage frame={frame} title={title}>
      <Notice tone={TONES[phase]}>
        <OutcomeSentences {...props} />
      </Notice>
      <HolderAndDevice {...props} />
      <Told {...props} />
      <Next frame={frame} {...props} />
    </SitePage>
  );
}

const TONES: Readonly<Record<OutcomePhase, Tone>> = {
  chosen: "neutral",
  released: "neutral",
  pin_set: "neutral",
  verified: "good",
  aborted: "problem",
  uncertain: "attention",
  confirmed_later: "good",
  settled_unknown: "attention",
};

type InFrame = OutcomeProps & { readonly frame: Frame };

function Unlocked(props: InFrame): ReactElement {
  const { title, text } = OUTCOMES.verified;
  return (
    <SitePage frame={props.frame} title={title} heading={false}>
      <Confirmation title={title}>{props.holderName}</Confirmation>
      <p>{text}</p>
      <HolderAndDevice {...props} />
      <h2 className="nhsuk-heading-m">{WORDS.whatNow}</h2>
      <p>{WORDS.user}</p>
      <p>{WORDS.keepSecret}</p>
      <Told {...props} />
      <ButtonLink href={nextCardHref(props.frame)}>{WORDS.another}</ButtonLink>
    </SitePage>
  );
}

function Told({ told }: OutcomeProps): ReactElement | null {
  return told === undefined ? null : <p>{TOLD[told]}</p>;
}

function HolderAndDevice({ holderName, careId, serial }: OutcomeProps): ReactElement {
  return (
    <SummaryList
      rows={[
        { key: ROWS.name, value: holderName },
        { key: ROWS.uuid, value: formatCareId(careId) },
        { key: ROWS.device, value: serial },
      ]}
    />
  );
}

function Next(props: InFrame): ReactElement {
  switch (props.phase) {
    case "chosen":
      return <GoOn {...props} />;
    case "released":
    case "pin_set":
      return <LookAgain {...props} />;
    case "aborted":
      return <AfterAbort {...props} />;
    case "uncertain":
      return <AfterDoubt {...props} />;
    default:
      return <ButtonLink href={nextCardHref(props.frame)}>{WORDS.another}</ButtonLink>;
  }
}

/** Chosen, but the browser has left the agent's page: the same press as before leads there again. */
function GoOn({ ceremony }: InFrame): ReactElement {
  return (
    <PostForm
      action={`/ceremonies/${encodeURIComponent(ceremony)}/service`}
      hidden={{ operation: "unlock" }}
    >
      <p>{WORDS.goOn}</p>
      <Submit>{WORDS.goOnButton}</Submit>
    </PostForm>
  );
}

function LookAgain({ ceremony }: InFrame): ReactElement {
  return (
    <>
      <p>{WORDS.lookHint}</p>
      <ButtonLink href={`/ceremonies/${encodeURIComponent(ceremony)}`}>{WORDS.look}</ButtonLink>
    </>
  );
}

function AfterAbort({ frame, reason }: InFrame): ReactElement {
  const end = reason === undefined ? undefined : END_REASONS[reason];
  return (
    <>
      <WhatNow title={WORDS.whatNow} end={end} serviceDesk={frame.serviceDesk} />
      <ButtonLink href={nextCardHref(frame)}>{WORDS.again}</ButtonLink>
    </>
  );
}

function AfterDoubt({ frame }: InFrame): ReactElement {
  return (
    <>
      <h2 className="nhsuk-heading-m">{WORDS.whatNow}</h2>
      <ol className="nhsuk-list nhsuk-list--number">
        <li>{WORDS.uncertainSignIn}</li>
        <li>{WORDS.uncertainAgain}</li>
      </ol>
      <ServiceDesk contact={frame.serviceDesk} />
      <ButtonLink href={nextCardHref(frame)}>{WORDS.again}</ButtonLink>
    </>
  );
}
