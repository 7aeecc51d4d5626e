import { type CardStanding, type CareId, type Person, parseCareId } from "@lanyard/identity";
import type { AssetUrls } from "@lanyard/pages";
import type { DeskStatus } from "../desk-status/desk-status.tsx";
import type { Frame } from "../frame.ts";
import type { DeviceView } from "../parts/device.tsx";
import type { HolderView } from "../parts/holder.ts";

export const SERVICE_DESK = "the CSU service desk, 01632 960 199";
export const CEREMONY = "Q2VyZW1vbnktMDAwMDAwMQ";

export function careId(digits: string): CareId {
  const parsed = parseCareId(digits);
  if (parsed === undefined) throw new Error(`${digits} is no care identity number`);
  return parsed;
}

export function signedOutFrame(assets: AssetUrls): Frame {
  return { assets, operator: undefined, navigation: [], serviceDesk: SERVICE_DESK };
}

const ADMINISTER = { text: "Administration", href: "/administration" };
const FIND = { text: "Find a person", href: "/cis" };
const MANAGE = { text: "Manage Smartcard", href: "/manage-smartcard" };

export function signedInFrame(assets: AssetUrls, current: "find" | "manage" = "manage"): Frame {
  return {
    assets,
    operator: { name: "Ms Siân Prosser", roleName: "RA Agent", organisation: "RQX" },
    navigation: [
      { ...FIND, current: current === "find" },
      { ...MANAGE, current: current === "manage" },
    ],
    serviceDesk: SERVICE_DESK,
  };
}

/** An RA Manager at the Administration tab. */
export function administrationFrame(assets: AssetUrls): Frame {
  return {
    assets,
    operator: { name: "Ms Priya Raman", roleName: "RA Manager", organisation: "RQX" },
    navigation: [FIND, MANAGE, { ...ADMINISTER, current: true }],
    serviceDesk: SERVICE_DESK,
  };
}

/** A Smartcard Administrator where the tab is off. */
export function frameWithoutTab(assets: AssetUrls): Frame {
  return {
    assets,
    operator: {
      name: "Mr Tom Achterberg",
      roleName: "Smartcard Administrator",
      organisation: "RQX",
    },
    navigation: [{ ...FIND, current: true }],
    serviceDesk: SERVICE_DESK,
  };
}

export const PERSON: Person = {
  careId: careId("555083916274"),
  title: "Dr",
  givenNames: "Maria Ngozi",
  familyName: "Okafor-Lindqvist",
  dateOfBirth: "1984-03-07",
  email: "maria.okafor-lindqvist@riverside-infirmary.example",
  phone: "01632 960 017",
  jobTitle: "Specialty registrar, paediatrics",
  status: "open",
  organisationCode: "RQX",
};

export const HOLDER: HolderView = {
  person: PERSON,
  organisation: "Riverside and Northmoor Infirmary",
  hasPhoto: true,
};

export const COLLEAGUE: HolderView = {
  person: { ...PERSON, careId: careId("555083910001"), givenNames: "Mary", jobTitle: undefined },
  organisation: "Northmoor Pharmacy",
  hasPhoto: false,
};

export function device(serial: string, standing: CardStanding): DeviceView {
  const issuedAt = new Date("2024-06-03T09:00:00Z");
  const expiresAt = standing === "cleared" ? undefined : new Date("2027-06-03T09:00:00Z");
  return { serial, issuedAt, expiresAt, standing };
}

export const DEVICE = device("40012345", "in_date");
export const DEVICES = [DEVICE, device("39876543", "expired"), device("38111222", "cancelled")];

export const DESK_READY: DeskStatus = {
  serviceDesk: SERVICE_DESK,
  state: "readers",
  readers: [
    { name: "Keyboard reader 00 00", state: "card", whose: { kind: "yours" } },
    {
      name: "Desk reader 01 00",
      state: "card",
      whose: { kind: "person", name: "Dr Maria Ngozi Okafor-Lindqvist" },
    },
  ],
};

export const DESK_EMPTY: DeskStatus = {
  serviceDesk: SERVICE_DESK,
  state: "readers",
  readers: [
    { name: "Keyboard reader 00 00", state: "empty" },
    { name: "Desk reader 01 00", state: "empty" },
  ],
};

export const AGENT_DOWN: DeskStatus = { serviceDesk: SERVICE_DESK, state: "agent_down" };
