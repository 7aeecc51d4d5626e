import { Notice, PostForm, Submit } from "@lanyard/pages";
import type { ReactElement } from "react";
import type { Frame } from "../frame.ts";
import { ServiceDesk } from "../parts/service-desk.tsx";
import { SitePage } from "../parts/site-page.tsx";
import { WORDS } from "./words.ts";

export interface MeetDeskProps {
  /** The browser came back from the agent without having met it. */
  readonly notCompleted?: boolean | undefined;
}

/** A browser that does not know its desk: what will happen, and what to do if it cannot connect. */
export function meetDeskPage(frame: Frame, { notCompleted }: MeetDeskProps = {}): ReactElement {
  const errors = notCompleted === true ? [{ text: WORDS.notCompleted }] : [];
  return (
    <SitePage frame={frame} title={WORDS.title} errors={errors}>
      <p>{WORDS.intro}</p>
      <p>{WORDS.ready}</p>
      <PostForm action="/desk">
        <Submit>{WORDS.button}</Submit>
      </PostForm>
      <Notice title={WORDS.cannotTitle}>
        {WORDS.cannot.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        <ServiceDesk contact={frame.serviceDesk} />
      </Notice>
    </SitePage>
  );
}
