import {
  ButtonLink,
  Notice,
  PostForm,
  Section,
  Submit,
  SummaryList,
  type SummaryRow,
  TextField,
} from "@lanyard/pages";
import type { ReactElement } from "react";
import type { Frame } from "../frame.ts";
import { formatMoment } from "../parts/dates.ts";
import { SitePage } from "../parts/site-page.tsx";
import { DeskStateTag, type DeskView, deskHref, enrolledText, lastSeenText } from "./desk-view.tsx";
import { DESK, DESK_WORDS, DESKS } from "./words.ts";

const BACK = { href: "/administration/desks", text: DESKS.title } as const;

export interface DeskProps {
  readonly desk: DeskView;
  /** The name that was sent was none. */
  readonly noName?: boolean | undefined;
}

/** One desk: what is known of it, another name, and the way to shut it out. */
export function deskPage(frame: Frame, { desk, noName }: DeskProps): ReactElement {
  const error = noName === true ? DESK.nameMissing : undefined;
  const errors = error === undefined ? [] : [{ text: error, field: "name" }];
  return (
    <SitePage frame={frame} title={DESK.title} heading={desk.name} back={BACK} errors={errors}>
      <SummaryList rows={rowsOf(desk)} />
      {desk.state === "revoked" ? null : (
        <>
          <Section title={DESK.rename}>
            <PostForm action={`${deskHref(desk)}/name`}>
              <TextField name="name" label={DESK.name} value={desk.name} error={error} />
              <Submit kind="secondary">{DESK.renameButton}</Submit>
            </PostForm>
          </Section>
          <Section title={DESK.revoke}>
            <p>{DESK.revokeHint}</p>
            <ButtonLink kind="secondary" href={`${deskHref(desk)}/revoke`}>
              {DESK.revoke}
            </ButtonLink>
          </Section>
        </>
      )}
    </SitePage>
  );
}

function rowsOf(desk: DeskView): readonly SummaryRow[] {
  return [
    { key: DESK_WORDS.state, value: <DeskStateTag state={desk.state} /> },
    { key: DESK_WORDS.organisation, value: desk.organisation ?? DESK_WORDS.nobodys },
    { key: DESK_WORDS.lastSeen, value: lastSeenText(desk) },
    { key: DESK_WORDS.history, value: enrolledText(desk) },
    ...(desk.revokedAt === undefined
      ? []
      : [{ key: DESK_WORDS.revoked, value: formatMoment(desk.revokedAt) }]),
    { key: DESK_WORDS.fingerprint, value: <code>{desk.fingerprint}</code> },
  ];
}

export interface RevokeDeskProps {
  readonly desk: DeskView;
  /** The operator who asks sits at this very desk. */
  readonly isOwn: boolean;
}

/** Asks once before a desk is shut out. */
export function revokeDeskPage(frame: Frame, { desk, isOwn }: RevokeDeskProps): ReactElement {
  return (
    <SitePage
      frame={frame}
      title={DESK.revokeTitle}
      back={{ href: deskHref(desk), text: DESK.title }}
    >
      <SummaryList
        rows={[
          { key: DESK.name, value: desk.name },
          { key: DESK_WORDS.organisation, value: desk.organisation ?? DESK_WORDS.nobodys },
        ]}
      />
      <Notice tone="attention">
        <p>{isOwn ? DESK.revokeOwn : DESK.revokeWhat}</p>
        <p>{DESK.revokeBack}</p>
      </Notice>
      <PostForm action={`${deskHref(desk)}/revoke`}>
        <Submit kind="warning">{DESK.revokeButton}</Submit>
      </PostForm>
    </SitePage>
  );
}
