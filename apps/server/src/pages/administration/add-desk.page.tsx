import { ButtonLink, Notice, PostForm, SelectField, Submit, TextField } from "@lanyard/pages";
import type { ReactElement } from "react";
import type { Frame } from "../frame.ts";
import { SitePage } from "../parts/site-page.tsx";
import { ADD, DESKS } from "./words.ts";

export interface OrganisationChoice {
  readonly code: string;
  readonly name: string;
}

export interface AddDeskProps {
  readonly organisations: readonly OrganisationChoice[];
  readonly chosen: string | undefined;
  readonly name: string;
  /** What was sent named no organisation of these. */
  readonly noOrganisation?: boolean | undefined;
}

const BACK = { href: "/administration/desks", text: DESKS.title } as const;

/** Asks whose the desk will be; the code is on the page after this one. */
export function addDeskPage(frame: Frame, props: AddDeskProps): ReactElement {
  const error = props.noOrganisation === true ? ADD.organisationMissing : undefined;
  const errors = error === undefined ? [] : [{ text: error, field: "organisation" }];
  return (
    <SitePage frame={frame} title={ADD.title} back={BACK} errors={errors}>
      <p>{ADD.intro}</p>
      <PostForm action="/administration/desks/new">
        <OrganisationField {...props} error={error} />
        <TextField name="name" label={ADD.name} hint={ADD.nameHint} value={props.name} />
        <Submit>{ADD.button}</Submit>
      </PostForm>
    </SitePage>
  );
}

/** Whose a desk is to be: of the organisations this operator looks after desks in. */
export function OrganisationField(
  props: Pick<AddDeskProps, "organisations" | "chosen"> & { readonly error?: string | undefined },
): ReactElement {
  return (
    <SelectField
      name="organisation"
      label={ADD.organisation}
      value={props.chosen}
      error={props.error}
      choices={props.organisations.map(({ code, name }) => ({ value: code, text: name }))}
    />
  );
}

export interface DeskCodeProps {
  /** In groups, as it is read aloud. */
  readonly code: string;
  readonly minutes: number;
  readonly tries: number;
  readonly organisation: string;
}

/** The code, once: it is in no address, and nobody can look it up again. */
export function deskCodePage(frame: Frame, props: DeskCodeProps): ReactElement {
  return (
    <SitePage frame={frame} title={ADD.codeTitle} back={BACK}>
      <Notice tone="good" title={ADD.code}>
        <p className="lanyard-code">{props.code}</p>
      </Notice>
      <ol className="nhsuk-list nhsuk-list--number">
        <li>
          {ADD.command} <code>lanyard agent enrol</code>
        </li>
        <li>{ADD.type}</li>
        <li>{ADD.look}</li>
      </ol>
      <p>{ADD.limits(props.minutes, props.tries, props.organisation)}</p>
      <ButtonLink href="/administration/desks">{ADD.done}</ButtonLink>
    </SitePage>
  );
}
