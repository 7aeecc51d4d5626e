import { Page, type PageError, renderPage } from "@lanyard/pages";
import type { ReactNode } from "react";
import type { Answer } from "../http/answer.ts";
import type { PageContext } from "./context.ts";
import { WORDS } from "./words.ts";

export interface FrameProps {
  readonly title: string;
  readonly status?: number | undefined;
  readonly errors?: readonly PageError[] | undefined;
  readonly children: ReactNode;
}

/** One page of the agent as an answer: the shared layout, no script, the header leading back to the server. */
export function pageAnswer(context: PageContext, props: FrameProps): Answer {
  const html = renderPage(
    <Page
      title={props.title}
      assets={context.assets}
      service={WORDS.service}
      homeHref={`${context.serverOrigin}/`}
      errors={props.errors}
    >
      {props.children}
    </Page>,
  );
  return { kind: "page", status: props.status ?? 200, html };
}
