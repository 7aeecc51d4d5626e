import { PostForm, Submit, TextField } from "@lanyard/pages";
import type { ReactElement } from "react";
import { SEARCH_WORDS } from "./words.ts";

/** The name of the search field, and of the query in the address. */
export const SEARCH_FIELD = "q";

export function SearchForm(props: {
  readonly query?: string | undefined;
  readonly error?: string | undefined;
}): ReactElement {
  return (
    <PostForm action="/people" method="get" label={SEARCH_WORDS.formLabel}>
      <TextField
        name={SEARCH_FIELD}
        label={SEARCH_WORDS.field}
        hint={SEARCH_WORDS.hint}
        value={props.query}
        error={props.error}
      />
      <Submit>{SEARCH_WORDS.button}</Submit>
    </PostForm>
  );
}
