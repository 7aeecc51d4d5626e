import {
  ButtonLink,
  Buttons,
  errorFor,
  type PageError,
  PasscodeField,
  PostForm,
  RadioField,
  Submit,
  SummaryList,
} from "@lanyard/pages";
import { careIdIn } from "../desk/card-key.ts";
import type { PresentPivCard } from "../desk/desk-state.ts";
import type { Answer } from "../http/answer.ts";
import type { FormContext, PageContext } from "./context.ts";
import { pageAnswer } from "./frame.tsx";
import { spacedCareId, WORDS } from "./words.ts";

const { signIn: words } = WORDS;

/** The names of the form's fields and of its buttons' values. */
export const SIGN_IN_FIELDS = {
  token: "token",
  card: "card",
  passcode: "passcode",
  press: "press",
} as const;

export interface SignInProps extends FormContext {
  readonly cards: readonly PresentPivCard[];
  /** The insertion picked before, so that a wrong passcode does not ask again. */
  readonly picked?: string | undefined;
  readonly errors?: readonly PageError[];
}

/** Where the operator types their passcode: says at which server, and for which card. */
export function signInPage(context: PageContext, props: SignInProps): Answer {
  const { errors = [] } = props;
  return pageAnswer(context, {
    title: words.title,
    errors,
    children: (
      <>
        <p>{words.intro(context.serverHost)}</p>
        <PostForm action={props.action} hidden={{ [SIGN_IN_FIELDS.token]: props.formToken }}>
          <WhichCard {...props} />
          <PasscodeField
            name={SIGN_IN_FIELDS.passcode}
            label={words.passcode}
            hint={words.passcodeHint}
            error={errorFor(errors, SIGN_IN_FIELDS.passcode)}
            autoFocus={errors.length === 0 && props.cards.length === 1}
          />
          <Buttons>
            <Submit name={SIGN_IN_FIELDS.press} value="confirm">
              {words.button}
            </Submit>
            <Submit kind="secondary" name={SIGN_IN_FIELDS.press} value="cancel">
              {words.cancel}
            </Submit>
          </Buttons>
        </PostForm>
      </>
    ),
  });
}

/** One card: it is shown. Several: the operator says which, and only that one is asked. */
function WhichCard({ cards, picked, errors = [] }: SignInProps) {
  const [only] = cards;
  if (cards.length === 1 && only !== undefined)
    return (
      <>
        <SummaryList rows={[{ key: words.card, value: describe(only) }]} />
        <input type="hidden" name={SIGN_IN_FIELDS.card} value={only.insertion} />
      </>
    );
  return (
    <RadioField
      name={SIGN_IN_FIELDS.card}
      label={words.chooseCard}
      error={errorFor(errors, SIGN_IN_FIELDS.card)}
      value={picked}
      choices={cards.map((card) => ({
        value: card.insertion,
        text: describe(card),
        hint: card.readerName,
      }))}
    />
  );
}

/** What the card says of itself; nobody has checked it yet. */
function describe({ certificate, readerName }: PresentPivCard): string {
  const careId = careIdIn(certificate);
  return careId === undefined ? `Card in ${readerName}` : `UUID ${spacedCareId(careId)}`;
}

export interface NoCardProps extends FormContext {
  readonly state: "none" | "reading" | "mute" | "foreign";
}

const NO_CARD = {
  none: words.noCard,
  reading: words.reading,
  mute: words.mute,
  foreign: words.foreign,
} as const;

/** No usable card is in: what to do, a way to look again, a way out. */
export function noCardPage(context: PageContext, { state, ...form }: NoCardProps): Answer {
  return pageAnswer(context, {
    title: words.noCardTitle,
    children: (
      <>
        <p>{NO_CARD[state]}</p>
        <PostForm action={form.action} hidden={{ [SIGN_IN_FIELDS.token]: form.formToken }}>
          <Buttons>
            <ButtonLink href={form.action}>{words.lookAgain}</ButtonLink>
            <Submit kind="secondary" name={SIGN_IN_FIELDS.press} value="cancel">
              {words.cancel}
            </Submit>
          </Buttons>
        </PostForm>
      </>
    ),
  });
}

/** All tries are used up: who can help, and the way back, where the server says it too. */
export function lockedPage(context: PageContext, form: FormContext): Answer {
  return pageAnswer(context, {
    title: words.lockedTitle,
    errors: [{ text: words.locked }],
    children: (
      <PostForm action={form.action} hidden={{ [SIGN_IN_FIELDS.token]: form.formToken }}>
        <Submit name={SIGN_IN_FIELDS.press} value="locked">
          {words.goBack}
        </Submit>
      </PostForm>
    ),
  });
}
