import { displayName, type Permission } from "@lanyard/identity";
import {
  Notice,
  PersonHeader,
  PostForm,
  RadioField,
  Section,
  Submit,
  SummaryList,
} from "@lanyard/pages";
import type { ReactElement } from "react";
import type { Frame } from "../frame.ts";
import { type DeviceView, deviceChoice, deviceDates, StandingTag } from "../parts/device.tsx";
import {
  type HolderView,
  personalRows,
  personLines,
  photoHref,
  profileHref,
} from "../parts/holder.ts";
import { SitePage } from "../parts/site-page.tsx";
import { DEVICE_WORDS } from "../parts/words.ts";
import { CardNotes, type CardNotesProps } from "./card-notes.tsx";
import { PROFILE_WORDS, SERVICE_DENIALS } from "./words.ts";

export interface ProfileProps {
  readonly holder: HolderView;
  /** Latest issued first. */
  readonly devices: readonly DeviceView[];
  /** Serial of the latest in-date device, if there is one. */
  readonly selected: string | undefined;
  /** Whether this operator may service this person's cards. */
  readonly service: Permission;
  readonly cards: CardNotesProps;
  /** Service was pressed without a device of this person. */
  readonly noDeviceChosen?: boolean | undefined;
}

/** The green box's way in: who it is, which cards there are, and Service. */
export function profilePage(frame: Frame, props: ProfileProps): ReactElement {
  const { holder, noDeviceChosen } = props;
  const { person } = holder;
  const errors =
    noDeviceChosen === true ? [{ text: PROFILE_WORDS.chooseOne, field: "device" }] : [];
  return (
    <SitePage
      frame={frame}
      title={PROFILE_WORDS.personal}
      errors={errors}
      back={{ href: "/cis", text: PROFILE_WORDS.backToSearch }}
    >
      <PersonHeader
        name={displayName(person)}
        photoSrc={photoHref(holder)}
        lines={personLines(holder)}
      />
      <SummaryList rows={personalRows(holder)} />
      <Section title={PROFILE_WORDS.smartcards} id="smartcard-details">
        <CardNotes {...props.cards} />
        <Devices {...props} />
      </Section>
    </SitePage>
  );
}

function Devices(props: ProfileProps): ReactElement {
  const { devices, holder, service } = props;
  if (devices.length === 0) return <p>{PROFILE_WORDS.noDevices}</p>;
  if (holder.person.status === "closed")
    return <ReadOnlyDevices devices={devices} why={PROFILE_WORDS.closed} />;
  if (!service.allowed)
    return <ReadOnlyDevices devices={devices} why={SERVICE_DENIALS[service.reason]} />;
  return <ServiceForm {...props} />;
}

function ServiceForm({ holder, devices, selected, noDeviceChosen }: ProfileProps): ReactElement {
  return (
    <PostForm action={`${profileHref(holder.person)}/service`}>
      <RadioField
        name="device"
        label={PROFILE_WORDS.which}
        hint={selected === undefined ? PROFILE_WORDS.noneInDate : PROFILE_WORDS.whichHint}
        value={selected}
        choices={devices.map((device) => deviceChoice(device))}
        error={noDeviceChosen === true ? PROFILE_WORDS.chooseOne : undefined}
      />
      <Submit>{PROFILE_WORDS.button}</Submit>
    </PostForm>
  );
}

function ReadOnlyDevices(props: {
  readonly devices: readonly DeviceView[];
  readonly why: string;
}): ReactElement {
  return (
    <>
      <SummaryList
        rows={props.devices.map((device) => ({
          key: DEVICE_WORDS.serial(device.serial),
          value: (
            <>
              <StandingTag standing={device.standing} />
              <br />
              {deviceDates(device)}
            </>
          ),
        }))}
      />
      <Notice>
        <p>{props.why}</p>
      </Notice>
    </>
  );
}
