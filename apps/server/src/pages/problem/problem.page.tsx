import type { Activity } from "@lanyard/identity";
import { ButtonLink } from "@lanyard/pages";
import type { ReactElement } from "react";
import type { Frame } from "../frame.ts";
import { ServiceDesk } from "../parts/service-desk.tsx";
import { SitePage } from "../parts/site-page.tsx";
import { ACTIVITY_WORDS, PROBLEMS, WORDS } from "./words.ts";

export type ProblemStatus = 400 | 403 | 404 | 410 | 421 | 500 | 503;

export interface ProblemProps {
  readonly status: ProblemStatus;
  /** What was not permitted. */
  readonly activity?: Activity | undefined;
  /** To find it in the server's log. */
  readonly requestId?: string | undefined;
}

/** What went wrong in one sentence, what to do in the next, and a way on. */
export function problemPage(frame: Frame, props: ProblemProps): ReactElement {
  const { status, activity, requestId } = props;
  const { title, text } = PROBLEMS[status];
  const isSignedIn = frame.operator !== undefined;
  return (
    <SitePage frame={frame} title={title}>
      {activity === undefined ? null : <p>{WORDS.notAllowed(ACTIVITY_WORDS[activity])}</p>}
      <p>{text}</p>
      {requestId === undefined ? null : (
        <p>
          {WORDS.request} <strong>{requestId}</strong>
        </p>
      )}
      <ServiceDesk contact={frame.serviceDesk} />
      <ButtonLink href={isSignedIn ? "/cis" : "/"}>
        {isSignedIn ? WORDS.signedInStart : WORDS.signedOutStart}
      </ButtonLink>
    </SitePage>
  );
}
