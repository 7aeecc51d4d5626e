import { displayName } from "@lanyard/identity";
import {
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
import { type DeviceView, deviceChoice } from "../parts/device.tsx";
import { type HolderView, personLines } from "../parts/holder.ts";
import { SitePage } from "../parts/site-page.tsx";
import { CAPTIONS, DEVICE_PAGE_WORDS } from "./words.ts";

export interface ChooseDeviceProps {
  readonly ceremony: string;
  readonly holder: HolderView;
  /** All of the holder's, latest issued first. */
  readonly devices: readonly DeviceView[];
  /** Serial of the device in the reader. */
  readonly inReader: string;
  /** What was chosen when it was not the device in the reader; `undefined` in it: nothing of theirs. */
  readonly refused?: { readonly chosen: string | undefined } | undefined;
}

/** How-to G: select the device, then Service. */
export function chooseDevicePage(frame: Frame, props: ChooseDeviceProps): ReactElement {
  const { ceremony, holder, devices, inReader, refused } = props;
  const errors = refused === undefined ? [] : [deviceError(refused.chosen)];
  return (
    <SitePage
      frame={frame}
      title={DEVICE_PAGE_WORDS.title}
      caption={CAPTIONS.device}
      errors={errors}
    >
      {refused?.chosen === undefined ? null : (
        <Mismatch chosen={refused.chosen} inReader={inReader} />
      )}
      <PersonHeader name={displayName(holder.person)} lines={personLines(holder)} />
      <PostForm action={`/ceremonies/${encodeURIComponent(ceremony)}/device`}>
        <RadioField
          name="device"
          label={DEVICE_PAGE_WORDS.which}
          hint={DEVICE_PAGE_WORDS.hint}
          value={inReader}
          choices={devices.map((device) => deviceChoice(device, inReader))}
          error={errors[0]?.text}
        />
        <Submit>{DEVICE_PAGE_WORDS.button}</Submit>
      </PostForm>
    </SitePage>
  );
}

function deviceError(chosen: string | undefined): PageError {
  const text = chosen === undefined ? DEVICE_PAGE_WORDS.missing : DEVICE_PAGE_WORDS.another;
  return { text, field: "device" };
}

function Mismatch(props: { readonly chosen: string; readonly inReader: string }): ReactElement {
  return (
    <Notice tone="attention">
      <SummaryList
        rows={[
          { key: DEVICE_PAGE_WORDS.chosenSerial, value: props.chosen },
          { key: DEVICE_PAGE_WORDS.insertedSerial, value: props.inReader },
        ]}
      />
      <p>{DEVICE_PAGE_WORDS.nothingDone}</p>
    </Notice>
  );
}
