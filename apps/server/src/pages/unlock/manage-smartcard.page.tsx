import { Notice, type PageError, PostForm, Section, Submit, SummaryList } from "@lanyard/pages";
import type { ReactElement } from "react";
import type { CardRefusal } from "../../ceremonies/holder-card.ts";
import { DeskReaders, type DeskStatus } from "../desk-status/desk-status.tsx";
import type { Frame } from "../frame.ts";
import { ServiceDesk } from "../parts/service-desk.tsx";
import { SitePage } from "../parts/site-page.tsx";
import { ROWS } from "../parts/words.ts";
import { CAPTIONS, CARD_REFUSALS, MANAGE_WORDS } from "./words.ts";

export interface ManageSmartcardProps {
  readonly desk: DeskStatus;
  /** The device chosen by search, and whose it is: no other will do. */
  readonly expected?: ExpectedDevice | undefined;
  /** Why Continue did not go on. */
  readonly refusal?: CardRefusal | undefined;
}

export interface ExpectedDevice {
  readonly serial: string;
  readonly holderName: string;
}

/** How-to E: the user's card goes into the second reader. Never moves on by itself. */
export function manageSmartcardPage(frame: Frame, props: ManageSmartcardProps): ReactElement {
  const { desk, expected, refusal } = props;
  const errors: readonly PageError[] =
    refusal === undefined ? [] : [{ text: CARD_REFUSALS[refusal.reason].problem }];
  const action =
    expected === undefined
      ? "/manage-smartcard"
      : `/manage-smartcard/${encodeURIComponent(expected.serial)}`;
  return (
    <SitePage frame={frame} title={MANAGE_WORDS.title} caption={CAPTIONS.card} errors={errors}>
      {refusal === undefined ? null : (
        <WhatToDo refusal={refusal} serviceDesk={frame.serviceDesk} />
      )}
      <p>
        {MANAGE_WORDS.place} <strong>{MANAGE_WORDS.keepOwn}</strong>
      </p>
      {expected === undefined ? null : <Expected {...expected} />}
      <DeskReaders status={desk} />
      <p>{MANAGE_WORDS.next}</p>
      <PostForm action={action}>
        <Submit>{MANAGE_WORDS.button}</Submit>
      </PostForm>
    </SitePage>
  );
}

function Expected({ serial, holderName }: ExpectedDevice): ReactElement {
  return (
    <Section title={MANAGE_WORDS.expected}>
      <SummaryList
        rows={[
          { key: ROWS.name, value: holderName },
          { key: ROWS.device, value: serial },
        ]}
      />
      <p>{MANAGE_WORDS.expectedHint}</p>
    </Section>
  );
}

function WhatToDo(props: {
  readonly refusal: CardRefusal;
  readonly serviceDesk: string;
}): ReactElement {
  const { refusal, serviceDesk } = props;
  const { toDo, mayNeedDesk } = CARD_REFUSALS[refusal.reason];
  return (
    <Notice tone="attention" title={MANAGE_WORDS.whatToDo}>
      {refusal.reason === "another_card" ? (
        <SummaryList
          rows={[
            { key: MANAGE_WORDS.expectedSerial, value: refusal.expected },
            { key: MANAGE_WORDS.foundSerial, value: refusal.found },
          ]}
        />
      ) : null}
      <p>{toDo}</p>
      {mayNeedDesk ? <ServiceDesk contact={serviceDesk} /> : null}
    </Notice>
  );
}
