import { Button, Checkboxes, Radios, Select, TextInput } from "nhsuk-react-components";
import type { ReactElement, ReactNode } from "react";

/** Name and value of hidden fields: the CSRF token, the step. */
export type HiddenFields = Readonly<Record<string, string>>;

interface PostFormProps {
  readonly action: string;
  readonly hidden?: HiddenFields | undefined;
  readonly method?: "post" | "get" | undefined;
  /** Makes the form a landmark of its own, as a search is. */
  readonly label?: string | undefined;
  readonly children: ReactNode;
}

/** A plain form. The server says what is wrong, so the browser's own bubbles are off. */
export function PostForm(props: PostFormProps): ReactElement {
  const { action, hidden = {}, method = "post", label, children } = props;
  return (
    <form action={action} method={method} noValidate aria-label={label}>
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children}
    </form>
  );
}

export interface FieldProps {
  /** Also the `id`, and so what an error in the summary links to. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  /** The label is the page's first heading: give `heading={false}` to the page. */
  readonly isPageHeading?: boolean | undefined;
}

export interface TextFieldProps extends FieldProps {
  readonly value?: string | undefined;
  readonly width?: "5" | "10" | "20" | undefined;
  readonly inputMode?: "text" | "numeric" | "email" | "tel" | undefined;
  readonly autoComplete?: string | undefined;
  readonly autoFocus?: boolean | undefined;
}

export function TextField(props: TextFieldProps): ReactElement {
  return (
    <TextInput
      id={props.name}
      name={props.name}
      label={props.label}
      labelProps={labelProps(props)}
      hint={props.hint ?? ""}
      error={props.error ?? ""}
      defaultValue={props.value}
      inputMode={props.inputMode}
      autoComplete={props.autoComplete ?? "off"}
      autoFocus={props.autoFocus}
      spellCheck={false}
      {...(props.width === undefined ? {} : { width: props.width })}
    />
  );
}

export interface PasscodeFieldProps extends FieldProps {
  readonly autoFocus?: boolean | undefined;
  /** Brings up the digits on a touch keyboard where the card takes digits only. */
  readonly digitsOnly?: boolean | undefined;
}

/**
 * Where a passcode is typed. `one-time-code` is the one form in which Chrome neither offers to save it
 * nor shows it to assistive technology in clear. It never has a value: what was typed is not sent back.
 */
export function PasscodeField(props: PasscodeFieldProps): ReactElement {
  return (
    <TextInput
      id={props.name}
      name={props.name}
      type="password"
      autoComplete="one-time-code"
      autoCapitalize="none"
      spellCheck={false}
      className="lanyard-passcode"
      width="10"
      label={props.label}
      labelProps={labelProps(props)}
      hint={props.hint ?? ""}
      error={props.error ?? ""}
      inputMode={props.digitsOnly === true ? "numeric" : "text"}
      autoFocus={props.autoFocus}
    />
  );
}

export interface Choice {
  readonly value: string;
  readonly text: ReactNode;
  readonly hint?: string | undefined;
  readonly disabled?: boolean | undefined;
}

export interface ChoiceFieldProps extends FieldProps {
  readonly choices: readonly Choice[];
  readonly value?: string | undefined;
  readonly small?: boolean | undefined;
}

/** One choice of several. The first option's `id` is the field's name, so that error links land on it. */
export function RadioField(props: ChoiceFieldProps): ReactElement {
  return (
    <Radios
      id={`${props.name}-choices`}
      name={props.name}
      legend={props.label}
      legendProps={labelProps(props)}
      hint={props.hint ?? ""}
      error={props.error ?? ""}
      small={props.small === true}
    >
      {props.choices.map((choice, index) => (
        <Radios.Item
          key={choice.value}
          id={index === 0 ? props.name : `${props.name}-${index + 1}`}
          value={choice.value}
          hint={choice.hint ?? ""}
          defaultChecked={choice.value === props.value}
          disabled={choice.disabled === true}
        >
          {choice.text}
        </Radios.Item>
      ))}
    </Radios>
  );
}

export interface ConfirmFieldProps {
  readonly name: string;
  readonly text: string;
  readonly value?: string | undefined;
  readonly checked?: boolean | undefined;
  readonly error?: string | undefined;
}

/** A single tick: "This is the person". */
export function ConfirmField(props: ConfirmFieldProps): ReactElement {
  return (
    <Checkboxes id={`${props.name}-choices`} name={props.name} error={props.error ?? ""}>
      <Checkboxes.Item
        id={props.name}
        value={props.value ?? "yes"}
        defaultChecked={props.checked === true}
        {...(props.error === undefined
          ? {}
          : { "aria-describedby": `${props.name}-choices--error-message` })}
      >
        {props.text}
      </Checkboxes.Item>
    </Checkboxes>
  );
}

export function SelectField(props: ChoiceFieldProps): ReactElement {
  return (
    <Select
      id={props.name}
      name={props.name}
      label={props.label}
      labelProps={labelProps(props)}
      hint={props.hint ?? ""}
      error={props.error ?? ""}
      defaultValue={props.value}
    >
      {props.choices.map((choice) => (
        <Select.Option key={choice.value} value={choice.value}>
          {choice.text}
        </Select.Option>
      ))}
    </Select>
  );
}

export interface SubmitProps {
  readonly children: ReactNode;
  readonly kind?: "primary" | "secondary" | "warning" | undefined;
  readonly name?: string | undefined;
  readonly value?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly id?: string | undefined;
}

/** A button that sends its form. A second press within a second is swallowed where script runs. */
export function Submit({ children, kind = "primary", ...rest }: SubmitProps): ReactElement {
  return (
    <Button
      type="submit"
      secondary={kind === "secondary"}
      warning={kind === "warning"}
      preventDoubleClick
      {...rest}
    >
      {children}
    </Button>
  );
}

/** A link that looks like a button: goes somewhere, changes nothing. */
export function ButtonLink(props: {
  readonly href: string;
  readonly children: ReactNode;
  readonly kind?: "primary" | "secondary" | undefined;
}): ReactElement {
  const look = props.kind === "secondary" ? "nhsuk-button nhsuk-button--secondary" : "nhsuk-button";
  return (
    <a className={look} href={props.href}>
      {props.children}
    </a>
  );
}

/** Buttons and links side by side, or stacked on a small screen. */
export function Buttons({ children }: { readonly children: ReactNode }): ReactElement {
  return <div className="nhsuk-button-group">{children}</div>;
}

function labelProps({ isPageHeading }: FieldProps): { isPageHeading: boolean; size: "l" | "s" } {
  return isPageHeading === true
    ? { isPageHeading: true, size: "l" }
    : { isPageHeading: false, size: "s" };
}
