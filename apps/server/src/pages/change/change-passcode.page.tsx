import { Notice, type PageError, PostForm, Submit, SummaryList } from "@lanyard/pages";
import type { ReactElement } from "react";
import type { ChangeRefusal } from "../../ceremonies/change.service.ts";
import type { Frame } from "../frame.ts";
import { ServiceDesk } from "../parts/service-desk.tsx";
import { SitePage } from "../parts/site-page.tsx";
import { ROWS } from "../parts/words.ts";
import { REFUSALS, WORDS } from "./words.ts";

export interface ChangePasscodeProps {
  readonly holderName: string;
  readonly serial: string;
  /** "Use 4 to 8 letters or numbers." */
  readonly rule: string;
  /** Why Continue did not go on. */
  readonly refusal?: ChangeRefusal | undefined;
}

/** Before the card agent's page: what is needed, and by which rule. */
export function changePasscodePage(frame: Frame, props: ChangePasscodeProps): ReactElement {
  const { refusal } = props;
  const errors: readonly PageError[] =
    refusal === undefined ? [] : [{ text: REFUSALS[refusal].problem }];
  return (
    <SitePage frame={frame} title={WORDS.title} errors={errors}>
      {refusal === undefined ? null : (
        <Notice tone="attention">
          <p>{REFUSALS[refusal].toDo}</p>
          <ServiceDesk contact={frame.serviceDesk} />
        </Notice>
      )}
      <p>{WORDS.intro}</p>
      <p>{WORDS.forgotten}</p>
      <SummaryList
        rows={[
          { key: ROWS.name, value: props.holderName },
          { key: ROWS.device, value: props.serial },
          { key: WORDS.rule, value: props.rule },
        ]}
      />
      <p>
        <strong>{WORDS.leaveIn}</strong>
      </p>
      <PostForm action="/my-passcode">
        <Submit>{WORDS.button}</Submit>
      </PostForm>
    </SitePage>
  );
}
