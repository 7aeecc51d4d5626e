import { displayName } from "@lanyard/identity";
import { ButtonLink, Notice, PersonHeader, PostForm, RadioField, Submit } from "@lanyard/pages";
import type { ReactElement } from "react";
import type { Frame } from "../frame.ts";
import { type DeviceView, deviceDates, StandingTag } from "../parts/device.tsx";
import { type HolderView, personLines } from "../parts/holder.ts";
import { ServiceDesk } from "../parts/service-desk.tsx";
import { SitePage } from "../parts/site-page.tsx";
import { nextCardHref } from "../parts/tabs.ts";
import { DEVICE_WORDS } from "../parts/words.ts";
import type { ServiceOffer, ServiceOption, ServiceUnavailable } from "./service-offer.ts";
import { CAPTIONS, SERVICE_WORDS, UNAVAILABLE } from "./words.ts";

export interface ServiceProps {
  readonly ceremony: string;
  readonly holder: HolderView;
  readonly device: DeviceView;
  readonly offer: ServiceOffer;
  /** Continue was pressed with nothing, or nothing on offer, selected. */
  readonly nothingChosen?: boolean | undefined;
}

/** How-to H: Unlock Smartcard, Continue; or why it cannot be. */
export function servicePage(frame: Frame, props: ServiceProps): ReactElement {
  const { holder, device, offer, nothingChosen } = props;
  const errors =
    nothingChosen === true && "options" in offer
      ? [{ text: SERVICE_WORDS.missing, field: "operation" }]
      : [];
  const deviceLine = (
    <>
      {DEVICE_WORDS.serial(device.serial)} <StandingTag standing={device.standing} />
    </>
  );
  return (
    <SitePage frame={frame} title={SERVICE_WORDS.title} caption={CAPTIONS.service} errors={errors}>
      <PersonHeader
        name={displayName(holder.person)}
        lines={[...personLines(holder), deviceLine, deviceDates(device)]}
      />
      {"options" in offer ? (
        <Options {...props} options={offer.options} error={errors[0]?.text} />
      ) : (
        <Unavailable why={offer.unavailable} frame={frame} />
      )}
    </SitePage>
  );
}

function Options(props: {
  readonly ceremony: string;
  readonly options: readonly ServiceOption[];
  readonly error: string | undefined;
}): ReactElement {
  const { ceremony, options, error } = props;
  const [only] = options;
  return (
    <PostForm action={`/ceremonies/${encodeURIComponent(ceremony)}/service`}>
      <RadioField
        name="operation"
        label={SERVICE_WORDS.which}
        value={options.length === 1 ? only?.value : undefined}
        choices={options.map(({ value, label, hint }) => ({ value, text: label, hint }))}
        error={error}
      />
      <p>{SERVICE_WORDS.next}</p>
      <Submit>{SERVICE_WORDS.button}</Submit>
    </PostForm>
  );
}

function Unavailable(props: {
  readonly why: ServiceUnavailable;
  readonly frame: Frame;
}): ReactElement {
  return (
    <>
      <Notice tone="attention" title={SERVICE_WORDS.unavailableTitle}>
        <p>{UNAVAILABLE[props.why]}</p>
        <ServiceDesk contact={props.frame.serviceDesk} />
      </Notice>
      <ButtonLink href={nextCardHref(props.frame)}>{SERVICE_WORDS.anotherCard}</ButtonLink>
    </>
  );
}
