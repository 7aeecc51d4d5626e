import { ButtonLink, Buttons, Notice } from "@lanyard/pages";
import { REFUSALS, type RefusalCode } from "@lanyard/wire";
import type { Answer } from "../http/answer.ts";
import type { PageContext } from "./context.ts";
import { pageAnswer } from "./frame.tsx";
import { WORDS } from "./words.ts";

interface TroubleProps {
  readonly title: string;
  readonly status: number;
  readonly sentences: readonly string[];
  /** Where to try the same again, when that makes sense. */
  readonly retryHref?: string | undefined;
}

/** A page that says one thing went wrong and what to do. The way back is always there. */
export function troublePage(context: PageContext, props: TroubleProps): Answer {
  return pageAnswer(context, {
    title: props.title,
    status: props.status,
    children: (
      <>
        <Notice tone="attention">
          {props.sentences.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </Notice>
        <Buttons>
          {props.retryHref === undefined ? null : (
            <ButtonLink href={props.retryHref}>{WORDS.trouble.startAgain}</ButtonLink>
          )}
          <ButtonLink
            href={`${context.serverOrigin}/`}
            kind={props.retryHref === undefined ? "primary" : "secondary"}
          >
            {WORDS.trouble.goBack}
          </ButtonLink>
        </Buttons>
      </>
    ),
  });
}

/** The server said no, with its reason. */
export function refusedPage(context: PageContext, code: RefusalCode): Answer {
  const title = code === "visit_over" ? WORDS.trouble.overTitle : WORDS.trouble.stopped;
  const status = code === "internal" ? 502 : 403;
  return troublePage(context, { title, status, sentences: [REFUSALS[code]] });
}

export function leashDownPage(context: PageContext, retryHref: string): Answer {
  const { leashDownTitle, leashDown } = WORDS.trouble;
  return troublePage(context, {
    title: leashDownTitle,
    status: 503,
    sentences: [leashDown],
    retryHref,
  });
}

/** The leash broke after the card may have changed. Never "failed". */
export function unknownOutcomePage(context: PageContext): Answer {
  const { unknownTitle, unknown, unknownNext } = WORDS.trouble;
  return troublePage(context, {
    title: unknownTitle,
    status: 503,
    sentences: [unknown, unknownNext],
  });
}

export function oldFormPage(context: PageContext, retryHref: string): Answer {
  const { stopped, oldForm } = WORDS.trouble;
  return troublePage(context, { title: stopped, status: 403, sentences: [oldForm], retryHref });
}

export function tooManyPage(context: PageContext): Answer {
  const { tooManyTitle, tooMany } = WORDS.trouble;
  return troublePage(context, { title: tooManyTitle, status: 429, sentences: [tooMany] });
}

export function internalPage(context: PageContext): Answer {
  const { stopped, internal } = WORDS.trouble;
  return troublePage(context, { title: stopped, status: 500, sentences: [internal] });
}
