import type { CardStanding, PersonStatus } from "@lanyard/identity";

/** Keys of Personal Details. */
export const ROWS = {
  name: "Name",
  uuid: "UUID",
  dateOfBirth: "Date of birth",
  email: "E-mail",
  phone: "Phone",
  status: "Status",
  device: "Device",
} as const;

export const PERSON_STATUSES = {
  open: "Open",
  closed: "Closed",
} as const satisfies Record<PersonStatus, string>;

/** What a card may be used for today, in a word or two. */
export const STANDINGS = {
  in_date: "In date",
  issued_locked: "Waiting for its first passcode",
  expired: "Expired",
  cancelled: "Cancelled",
  cleared: "Cleared",
  revoked: "Revoked",
} as const satisfies Record<CardStanding, string>;

export const DEVICE_WORDS = {
  serial: (serial: string) => `Device ${serial}`,
  issued: (day: string) => `Issued ${day}`,
  expires: (day: string) => `Expires ${day}`,
  noCertificates: "Has no certificates",
  inReader: "In the reader",
} as const;
