import { AUDIT_ACTIONS, type AuditEntry } from "@lanyard/identity";
import {
  DataTable,
  Notice,
  PostForm,
  Section,
  SelectField,
  Submit,
  TextField,
} from "@lanyard/pages";
import type { ReactElement } from "react";
import { ADMINISTRATION } from "../administration/words.ts";
import type { Frame } from "../frame.ts";
import { SitePage } from "../parts/site-page.tsx";
import { actionText, momentText } from "./parts.ts";
import { AUDIT } from "./words.ts";

/** The form's fields as typed; empty where nothing was. */
export interface AuditQuery {
  readonly holder: string;
  readonly operator: string;
  readonly card: string;
  readonly ceremony: string;
  readonly action: string;
  readonly from: string;
  readonly until: string;
  /** The page: only what was written before this entry. */
  readonly before: string;
}

export interface AuditSearchProps {
  readonly query: AuditQuery;
  readonly wrong?: keyof AuditQuery | undefined;
  readonly entries: readonly { readonly position: number; readonly entry: AuditEntry }[];
  /** Where the next page begins, if there is one. */
  readonly next?: number | undefined;
}

/** The record's search form with what it found. */
export function auditSearchPage(frame: Frame, props: AuditSearchProps): ReactElement {
  const { query, wrong } = props;
  const field = wrong === "before" ? "holder" : wrong;
  const errors =
    wrong === undefined || field === undefined ? [] : [{ text: AUDIT.wrong[wrong], field }];
  return (
    <SitePage
      frame={frame}
      title={AUDIT.title}
      errors={errors}
      back={{ href: "/administration", text: ADMINISTRATION.title }}
    >
      <p>{AUDIT.intro}</p>
      <SearchForm query={query} wrong={wrong} />
      {wrong === undefined ? <Found {...props} /> : null}
      <Section title={AUDIT.export}>
        <p>{AUDIT.exportHint}</p>
        <p>
          <a href="/administration/audit/export" download="audit.log">
            {AUDIT.export}
          </a>
        </p>
      </Section>
    </SitePage>
  );
}

const TEXT_FIELDS = ["holder", "operator", "card", "ceremony", "from", "until"] as const;

function SearchForm({ query, wrong }: Pick<AuditSearchProps, "query" | "wrong">): ReactElement {
  const choices = Object.entries(AUDIT_ACTIONS).map(([value, text]) => ({ value, text }));
  return (
    <PostForm action="/administration/audit" method="get" label={AUDIT.find}>
      {TEXT_FIELDS.map((name) => (
        <TextField
          key={name}
          name={name}
          width="20"
          value={query[name]}
          {...AUDIT.fields[name]}
          error={wrong === name ? AUDIT.wrong[name] : undefined}
        />
      ))}
      <SelectField
        name="action"
        value={query.action}
        {...AUDIT.fields.action}
        choices={[{ value: "", text: AUDIT.anything }, ...choices]}
      />
      <Submit>{AUDIT.search}</Submit>
    </PostForm>
  );
}

function Found({ query, entries, next }: AuditSearchProps): ReactElement {
  if (entries.length === 0)
    return (
      <Notice tone="attention" title={AUDIT.none}>
        <p>{AUDIT.noneToDo}</p>
      </Notice>
    );
  return (
    <>
      <DataTable
        caption={AUDIT.caption}
        columns={AUDIT.columns}
        rows={entries.map(({ position, entry }) => ({
          key: String(position),
          cells: [
            <a key="at" href={`/administration/audit/entries/${position}`}>
              {momentText(entry.at)}
            </a>,
            actionText(entry.action),
            entry.actor ?? "",
            entry.holder ?? "",
            entry.cardSerial ?? "",
          ],
        }))}
      />
      {next === undefined ? null : (
        <p>
          <a href={`/administration/audit?${pageQuery(query, next)}`}>{AUDIT.next}</a>
        </p>
      )}
    </>
  );
}

function pageQuery(query: AuditQuery, before: number): string {
  return new URLSearchParams({ ...query, before: String(before) }).toString();
}
