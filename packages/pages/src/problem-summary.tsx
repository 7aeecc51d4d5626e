import type { ReactElement } from "react";

export interface PageError {
  /** What is wrong and what to do, in one sentence. */
  readonly text: string;
  /** The `id` of the field to go to, without `#`. */
  readonly field?: string | undefined;
}

/** "There is a problem", above the heading, with the focus on it, even where no script runs. */
export function ProblemSummary({
  errors,
}: {
  readonly errors: readonly PageError[];
}): ReactElement | null {
  if (errors.length === 0) return null;
  return (
    <div
      className="nhsuk-error-summary"
      data-module="nhsuk-error-summary"
      data-disable-auto-focus="true"
      tabIndex={-1}
      // biome-ignore lint/a11y/noAutofocus: the pattern moves the focus here, and the agent's pages have no script to do it
      autoFocus
    >
      <div role="alert">
        <h2 className="nhsuk-error-summary__title">There is a problem</h2>
        <div className="nhsuk-error-summary__body">
          <ul className="nhsuk-list nhsuk-error-summary__list">
            {errors.map((error) => (
              <li key={`${error.field ?? ""} ${error.text}`}>
                {error.field === undefined ? (
                  error.text
                ) : (
                  <a href={`#${error.field}`}>{error.text}</a>
                )}
              </li>
            ))}
          </ul>
        </div>
      </div>
    </div>
  );
}

/** The message for one field, to hand to the field itself. */
export function errorFor(
  errors: readonly PageError[] | undefined,
  field: string,
): string | undefined {
  return errors?.find((error) => error.field === field)?.text;
}
