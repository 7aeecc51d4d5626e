import {
  type CardPasscodeState,
  displayName,
  EVIDENCE_KINDS,
  type EvidenceKind,
} from "@lanyard/identity";
import {
  ConfirmField,
  errorFor,
  Notice,
  type PageError,
  PersonHeader,
  PostForm,
  RadioField,
  Submit,
  SummaryList,
} from "@lanyard/pages";
import type { ReactElement } from "react";
import type { Frame } from "../frame.ts";
import { type DeviceView, deviceDates, StandingTag } from "../parts/device.tsx";
import { type HolderView, personalRows, personLines, photoHref } from "../parts/holder.ts";
import { SitePage } from "../parts/site-page.tsx";
import { nextCardHref } from "../parts/tabs.ts";
import { ROWS } from "../parts/words.ts";
import { CAPTIONS, PERSON_WORDS } from "./words.ts";

export interface PersonalDetailsProps {
  /** The ceremony's id. */
  readonly ceremony: string;
  readonly holder: HolderView;
  /** The card that proved itself. */
  readonly device: DeviceView;
  readonly passcode: CardPasscodeState;
  /** What was sent, when it was not enough. */
  readonly answer?: PersonAnswer | undefined;
}

export interface PersonAnswer {
  readonly isPerson: boolean;
  readonly evidence: EvidenceKind | undefined;
}

/** How-to F: the correct user, and by what evidence. */
export function personalDetailsPage(frame: Frame, props: PersonalDetailsProps): ReactElement {
  const { holder, answer } = props;
  const errors = answer === undefined ? [] : missing(answer);
  return (
    <SitePage
      frame={frame}
      title={PERSON_WORDS.title}
      caption={CAPTIONS.person}
      errors={errors}
      back={{ href: nextCardHref(frame), text: PERSON_WORDS.back }}
    >
      <p>{PERSON_WORDS.check}</p>
      <PersonHeader
        name={displayName(holder.person)}
        photoSrc={photoHref(holder)}
        lines={personLines(holder)}
      />
      {holder.hasPhoto ? null : (
        <Notice tone="attention">
          <p>{PERSON_WORDS.noPhoto}</p>
        </Notice>
      )}
      <Facts {...props} />
      <Answer {...props} errors={errors} />
    </SitePage>
  );
}

function Facts({ holder, device, passcode }: PersonalDetailsProps): ReactElement {
  const value = (
    <>
      {device.serial} <StandingTag standing={device.standing} />
      <br />
      {deviceDates(device)}
    </>
  );
  return (
    <SummaryList
      rows={[
        ...personalRows(holder),
        { key: ROWS.device, value },
        { key: PERSON_WORDS.passcodeState, value: passcodeSentence(passcode) },
      ]}
    />
  );
}

function Answer(
  props: PersonalDetailsProps & { readonly errors: readonly PageError[] },
): ReactElement {
  const { ceremony, answer, errors } = props;
  return (
    <PostForm action={`/ceremonies/${encodeURIComponent(ceremony)}/person`}>
      <RadioField
        name="evidence"
        label={PERSON_WORDS.evidence}
        value={answer?.evidence}
        error={errorFor(errors, "evidence")}
        choices={Object.entries(EVIDENCE_KINDS).map(([value, text]) => ({ value, text }))}
      />
      <ConfirmField
        name="person"
        text={PERSON_WORDS.person}
        checked={answer?.isPerson}
        error={errorFor(errors, "person")}
      />
      <p>{PERSON_WORDS.notThem}</p>
      <Submit>{PERSON_WORDS.button}</Submit>
    </PostForm>
  );
}

/** In the order of the fields. */
function missing({ isPerson, evidence }: PersonAnswer): readonly PageError[] {
  return [
    ...(evidence === undefined ? [{ text: PERSON_WORDS.evidenceMissing, field: "evidence" }] : []),
    ...(isPerson ? [] : [{ text: PERSON_WORDS.personMissing, field: "person" }]),
  ];
}

function passcodeSentence(passcode: CardPasscodeState): string {
  if (passcode === "blocked") return PERSON_WORDS.locked;
  if (passcode === "unknown") return PERSON_WORDS.unknown;
  const { triesLeft } = passcode;
  return triesLeft === 0 ? PERSON_WORDS.locked : PERSON_WORDS.notLocked(triesLeft);
}
