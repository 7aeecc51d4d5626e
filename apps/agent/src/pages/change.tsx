import {
  Buttons,
  errorFor,
  type PageError,
  PasscodeField,
  PostForm,
  Submit,
  SummaryList,
} from "@lanyard/pages";
import type { ChangeTask } from "@lanyard/wire";
import type { Answer } from "../http/answer.ts";
import type { FormContext, PageContext } from "./context.ts";
import { pageAnswer } from "./frame.tsx";
import { troublePage } from "./trouble.tsx";
import { spacedCareId, WORDS } from "./words.ts";

export const CHANGE_FIELDS = {
  token: "token",
  current: "current-passcode",
  passcode: "new-passcode",
  again: "new-passcode-again",
  press: "press",
} as const;

export interface ChangeProps extends FormContext {
  readonly task: ChangeTask;
  /** "Use 4 to 8 letters or numbers." */
  readonly rule: string;
  readonly tip: string;
  readonly isDigitsOnly: boolean;
  readonly errors?: readonly PageError[];
}

const { change: words } = WORDS;

/** The holder types the present passcode and the new one twice. The rule comes first. */
export function changePage(context: PageContext, props: ChangeProps): Answer {
  const { task, errors = [], isDigitsOnly } = props;
  const field = (name: string, label: string, digitsOnly: boolean) => (
    <PasscodeField
      name={name}
      label={label}
      error={errorFor(errors, name)}
      digitsOnly={digitsOnly}
    />
  );
  return pageAnswer(context, {
    title: words.title,
    errors,
    children: (
      <>
        <WhoseCard task={task} serverHost={context.serverHost} />
        <p className="nhsuk-lede-text">
          {words.passcode}: {props.rule}
        </p>
        <p>{props.tip}</p>
        <p>{words.tries}</p>
        <PostForm action={props.action} hidden={{ [CHANGE_FIELDS.token]: props.formToken }}>
          {field(CHANGE_FIELDS.current, words.current, false)}
          {field(CHANGE_FIELDS.passcode, words.passcode, isDigitsOnly)}
          {field(CHANGE_FIELDS.again, words.again, isDigitsOnly)}
          <Buttons>
            <Submit name={CHANGE_FIELDS.press} value="confirm">
              {words.button}
            </Submit>
            <Submit kind="secondary" name={CHANGE_FIELDS.press} value="cancel">
              {words.cancel}
            </Submit>
          </Buttons>
        </PostForm>
      </>
    ),
  });
}

function WhoseCard(props: { readonly task: ChangeTask; readonly serverHost: string }) {
  const { holder } = props.task;
  const careId = spacedCareId(holder.careId);
  return (
    <SummaryList
      rows={[
        { key: words.operation, value: words.operationName(props.serverHost) },
        { key: words.holder, value: words.whose({ ...holder, careId }) },
      ]}
    />
  );
}

/** The leash broke after the card may have changed. Never "failed"; `set`: the card itself has shown that it is done. */
export function unknownChangePage(context: PageContext, how: "set" | "unknown"): Answer {
  const { title, sentences } = words.broken[how];
  return troublePage(context, { title, status: 503, sentences });
}
