import {
  Buttons,
  ConfirmField,
  Notice,
  PostForm,
  Submit,
  SummaryList,
  TextField,
} from "@lanyard/pages";
import type { ReactElement } from "react";
import type { Frame } from "../frame.ts";
import { formatMoment } from "../parts/dates.ts";
import { SitePage } from "../parts/site-page.tsx";
import { type AddDeskProps, OrganisationField } from "./add-desk.page.tsx";
import { type DeskRequestView, requestHref } from "./desk-view.tsx";
import { ADD, DESK_WORDS, DESKS, REQUEST } from "./words.ts";

export interface DeskRequestProps
  extends Pick<AddDeskProps, "organisations" | "chosen" | "noOrganisation"> {
  readonly request: DeskRequestView;
  /** Approved without saying that the fingerprints are the same. */
  readonly notCompared?: boolean | undefined;
}

/** Compare the fingerprint with the one on that PC, then let it in or not. */
export function deskRequestPage(frame: Frame, props: DeskRequestProps): ReactElement {
  const { request, notCompared, noOrganisation } = props;
  const compare = notCompared === true ? REQUEST.notCompared : undefined;
  const organisation = noOrganisation === true ? ADD.organisationMissing : undefined;
  const errors = [
    ...(compare === undefined ? [] : [{ text: compare, field: "same" }]),
    ...(organisation === undefined ? [] : [{ text: organisation, field: "organisation" }]),
  ];
  return (
    <SitePage
      frame={frame}
      title={REQUEST.title}
      back={{ href: "/administration/desks", text: DESKS.title }}
      errors={errors}
    >
      <SummaryList
        rows={[
          { key: REQUEST.callsItself, value: request.name },
          { key: DESK_WORDS.fingerprint, value: <code>{request.fingerprint}</code> },
          { key: REQUEST.first, value: formatMoment(request.askedAt) },
          { key: REQUEST.last, value: formatMoment(request.lastAskedAt) },
        ]}
      />
      <Notice tone="attention">
        <p>{REQUEST.compare}</p>
      </Notice>
      <PostForm action={requestHref(request)}>
        <ConfirmField name="same" text={REQUEST.same} error={compare} />
        <OrganisationField {...props} error={organisation} />
        <TextField name="name" label={ADD.name} value={request.name} />
        <Buttons>
          <Submit name="decision" value="approve">
            {REQUEST.approve}
          </Submit>
          <Submit kind="secondary" name="decision" value="refuse">
            {REQUEST.refuse}
          </Submit>
        </Buttons>
      </PostForm>
    </SitePage>
  );
}
