import {
  Buttons,
  errorFor,
  Notice,
  type PageError,
  PasscodeField,
  PostForm,
  Submit,
  SummaryList,
} from "@lanyard/pages";
import type { UnlockTask } from "@lanyard/wire";
import type { Answer } from "../http/answer.ts";
import type { FormContext, PageContext } from "./context.ts";
import { pageAnswer } from "./frame.tsx";
import { spacedCareId, WORDS } from "./words.ts";

export const UNLOCK_FIELDS = {
  token: "token",
  passcode: "new-passcode",
  again: "new-passcode-again",
  operatorPasscode: "operator-passcode",
  press: "press",
} as const;

/** Which button: the holder's Confirm, or the operator's own passcode. */
export const UNLOCK_PRESSES = { confirm: "confirm", authorise: "authorise" } as const;

export interface UnlockProps extends FormContext {
  readonly task: UnlockTask;
  /** "Use 4 to 8 letters or numbers." */
  readonly rule: string;
  readonly tip: string;
  readonly isDigitsOnly: boolean;
  readonly errors?: readonly PageError[];
}

const { unlock: words, operatorPasscode: operatorWords } = WORDS;

/** Step I: the holder types the new passcode twice. Calm, and the rule comes first. */
export function unlockPage(context: PageContext, props: UnlockProps): Answer {
  const { task, errors = [] } = props;
  return pageAnswer(context, {
    title: words.title,
    errors,
    children: (
      <>
        <Notice tone="attention" title={words.lookAwayTitle}>
          <p>{words.lookAway}</p>
        </Notice>
        <WhatHappens task={task} serverHost={context.serverHost} />
        <p className="nhsuk-lede-text">{props.rule}</p>
        <p>{props.tip}</p>
        <PostForm action={props.action} hidden={{ [UNLOCK_FIELDS.token]: props.formToken }}>
          <PasscodeField
            name={UNLOCK_FIELDS.passcode}
            label={words.passcode}
            error={errorFor(errors, UNLOCK_FIELDS.passcode)}
            digitsOnly={props.isDigitsOnly}
          />
          <PasscodeField
            name={UNLOCK_FIELDS.again}
            label={words.again}
            error={errorFor(errors, UNLOCK_FIELDS.again)}
            digitsOnly={props.isDigitsOnly}
          />
          <UnlockButtons confirm={words.button} press={UNLOCK_PRESSES.confirm} />
        </PostForm>
      </>
    ),
  });
}

function UnlockButtons(props: { readonly confirm: string; readonly press: string }) {
  const { confirm, press } = props;
  return (
    <Buttons>
      <Submit name={UNLOCK_FIELDS.press} value={press}>
        {confirm}
      </Submit>
      <Submit kind="secondary" name={UNLOCK_FIELDS.press} value="cancel">
        {words.cancel}
      </Submit>
    </Buttons>
  );
}

/** What the operator allows by the press: operation, holder, device, server. Short, so that the fields stay in sight. */
function WhatHappens(props: { readonly task: UnlockTask; readonly serverHost: string }) {
  const { holder, operator } = props.task;
  const careId = spacedCareId(holder.careId);
  return (
    <SummaryList
      rows={[
        { key: words.operation, value: words.operationName },
        { key: words.holder, value: words.whose({ ...holder, careId }) },
        { key: words.operator, value: words.allowed(operator.name, props.serverHost) },
      ]}
    />
  );
}

export interface OperatorPasscodeProps extends FormContext {
  readonly task: UnlockTask;
  readonly reason: "always" | "again";
  readonly errors?: readonly PageError[];
}

/** The operator's own passcode: by setting, or because their card asks for it. */
export function operatorPasscodePage(context: PageContext, props: OperatorPasscodeProps): Answer {
  const { task, reason, errors = [] } = props;
  return pageAnswer(context, {
    title: operatorWords.title,
    errors,
    children: (
      <>
        <p>{operatorWords[reason]}</p>
        <WhatHappens task={task} serverHost={context.serverHost} />
        <PostForm action={props.action} hidden={{ [UNLOCK_FIELDS.token]: props.formToken }}>
          <PasscodeField
            name={UNLOCK_FIELDS.operatorPasscode}
            label={operatorWords.passcode}
            error={errorFor(errors, UNLOCK_FIELDS.operatorPasscode)}
          />
          <UnlockButtons confirm={operatorWords.button} press={UNLOCK_PRESSES.authorise} />
        </PostForm>
      </>
    ),
  });
}
