import type { Denial } from "@lanyard/identity";

export const SEARCH_WORDS = {
  formLabel: "Find a person",
  field: "UUID, name or card number",
  hint: "The UUID is the 12-digit number on the front of the card",
  button: "Search",
  title: "Search results",
  empty: "Type a UUID, a name or a card number",
  found: (count: number, query: string) =>
    count === 1 ? `1 person found for “${query}”` : `${count} people found for “${query}”`,
  none: (query: string) => `Nobody found for “${query}”`,
  noneToDo:
    "Check the number on the front of the card. By name, type the start of the given name or of the family name. You see only people of the organisations you work for.",
  tooMany: "There are more. Type more of the name, or the 12-digit number, to see fewer.",
} as const;

export const PROFILE_WORDS = {
  backToSearch: "Back to search",
  personal: "Personal Details",
  smartcards: "Smartcard Details",
  noDevices: "No smartcard has been issued to this person.",
  which: "Which device?",
  whichHint: "The latest in-date device is selected",
  noneInDate: "None of the devices is in date",
  button: "Service",
  chooseOne: "Select the device to service",
  closed: "This account is closed. Its smartcards cannot be serviced.",
} as const;

/** Why there is no Service button. */
export const SERVICE_DENIALS = {
  no_role: "Your role does not allow you to service smartcards.",
  setting_off: "Your role does not allow you to service smartcards at this site.",
  not_this_kind: "Your role does not allow you to service smartcards of this kind.",
  out_of_scope: "This person belongs to an organisation whose smartcards you do not service.",
  request_only: "Your role does not allow you to service smartcards; you can only ask for it.",
  own_card: "This is you. Ask a colleague to service your own smartcard.",
  not_own_card: "Only the person themselves may do this to their smartcard.",
  own_request: "You cannot decide on a request of your own.",
  above_own_rights: "This would give more rights than you have yourself.",
} as const satisfies Record<Denial, string>;
