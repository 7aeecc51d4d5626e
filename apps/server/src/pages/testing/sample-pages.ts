import type { NoticeState, Permission } from "@lanyard/identity";
import type { AssetUrls } from "@lanyard/pages";
import type { ReactElement } from "react";
import type { CardRefusal } from "../../ceremonies/holder-card.ts";
import {
  type ChangeOutcome,
  changeOutcomePage,
  endedChange,
} from "../change/change-outcome.page.tsx";
import { changePasscodePage } from "../change/change-passcode.page.tsx";
import * as changeWords from "../change/words.ts";
import { meetDeskPage } from "../desk/meet-desk.page.tsx";
import type { DeskStatus } from "../desk-status/desk-status.tsx";
import { homePage } from "../home/home.page.tsx";
import { outcomePage } from "../outcome/outcome.page.tsx";
import { endedUnlock, type Outcome } from "../outcome/outcome.tsx";
import { END_REASONS, OUTCOMES, TOLD } from "../outcome/words.ts";
import { profilePage } from "../people/profile.page.tsx";
import { searchResultsPage } from "../people/search-results.page.tsx";
import { portalPage } from "../portal/portal.page.tsx";
import { problemPage } from "../problem/problem.page.tsx";
import type { PROBLEMS } from "../problem/words.ts";
import { signInPage } from "../sign-in/sign-in.page.tsx";
import { SIGN_IN_PROBLEMS } from "../sign-in/words.ts";
import { signedOutPage } from "../sign-out/signed-out.page.tsx";
import { SESSION_ENDS } from "../sign-out/words.ts";
import { chooseDevicePage } from "../unlock/choose-device.page.tsx";
import { manageSmartcardPage } from "../unlock/manage-smartcard.page.tsx";
import { personalDetailsPage } from "../unlock/personal-details.page.tsx";
import { servicePage } from "../unlock/service.page.tsx";
import { serviceOffer } from "../unlock/service-offer.ts";
import { CARD_REFUSALS, UNAVAILABLE } from "../unlock/words.ts";
import { administrationPages } from "./sample-administration.ts";
import {
  AGENT_DOWN,
  CEREMONY,
  COLLEAGUE,
  DESK_EMPTY,
  DESK_READY,
  DEVICE,
  DEVICES,
  device,
  frameWithoutTab,
  HOLDER,
  PERSON,
  SERVICE_DESK,
  signedInFrame,
  signedOutFrame,
} from "./sample-models.ts";

export type SamplePages = Readonly<Record<string, ReactElement>>;

/** Every page in every state that has words of its own, by a name fit for an address. */
export function samplePages(assets: AssetUrls): SamplePages {
  return {
    ...signedOutPages(assets),
    ...peoplePages(assets),
    ...managePages(assets),
    ...ceremonyPages(assets),
    ...outcomePages(assets),
    ...changePages(assets),
    ...problemPages(assets),
    ...administrationPages(assets),
  };
}

const MAY: Permission = { allowed: true, via: "RA Agent", organisationCode: "RQX" };

const ODD_DESK: DeskStatus = {
  serviceDesk: SERVICE_DESK,
  state: "readers",
  readers: [
    { name: "Reader A", state: "mute" },
    { name: "Reader B", state: "foreign" },
    { name: "Reader C", state: "reading" },
    { name: "Reader D", state: "card", whose: { kind: "unknown" } },
    { name: "Reader E", state: "card", whose: { kind: "not_told" } },
  ],
};

function signedOutPages(assets: AssetUrls): SamplePages {
  const frame = signedOutFrame(assets);
  const { serviceDesk } = frame;
  return {
    portal: portalPage(frame, {}),
    "portal-with-desk": portalPage(frame, { desk: DESK_EMPTY }),
    "meet-desk": meetDeskPage(frame),
    "meet-desk-again": meetDeskPage(frame, { notCompleted: true }),
    "sign-in": signInPage(frame, { desk: DESK_EMPTY }),
    "sign-in-agent-down": signInPage(frame, { desk: AGENT_DOWN }),
    "sign-in-service-down": signInPage(frame, { desk: { serviceDesk, state: "service_down" } }),
    "sign-in-no-reader": signInPage(frame, {
      desk: { serviceDesk, state: "readers", readers: [] },
    }),
    "sign-in-one-reader": signInPage(frame, {
      desk: { serviceDesk, state: "readers", readers: [{ name: "Reader A", state: "empty" }] },
    }),
    "sign-in-odd-cards": signInPage(frame, { desk: ODD_DESK }),
    ...named("sign-in", SIGN_IN_PROBLEMS, (problem) =>
      signInPage(frame, { desk: DESK_EMPTY, problem }),
    ),
    "signed-out": signedOutPage(frame, { reason: undefined }),
    ...named("signed-out", SESSION_ENDS, (reason) => signedOutPage(frame, { reason })),
    "signed-out-uncertain": signedOutPage(frame, {
      reason: "card_removed",
      outcome: endedUnlock({ phase: "uncertain", reason: "operator_card_removed" }),
    }),
    "signed-out-change-uncertain": signedOutPage(frame, {
      reason: "card_removed",
      outcome: endedChange({ phase: "uncertain", reason: "holder_card_removed" }),
    }),
  };
}

const NO_NOTES = { notes: [], settleHref: undefined };

/** Everything there is to say of one card. */
const NOTES = [
  { kind: "incident", serial: DEVICE.serial, firstDesk: "Reception", foundAt: "Ward 4" },
  { kind: "frozen", serial: DEVICE.serial },
  { kind: "granted", serial: "98210047" },
  { kind: "unfinished", serial: DEVICE.serial, passcodeSet: true },
  { kind: "unfinished", serial: "98210047", passcodeSet: false },
] as const;

function peoplePages(assets: AssetUrls): SamplePages {
  const frame = signedInFrame(assets, "find");
  const profile = {
    holder: HOLDER,
    devices: DEVICES,
    selected: DEVICE.serial,
    service: MAY,
    cards: NO_NOTES,
  };
  return {
    home: homePage(frame, { desk: DESK_READY }),
    "home-without-tab": homePage(frameWithoutTab(assets), { desk: DESK_READY }),
    search: searchResultsPage(frame, {
      query: "okafor",
      results: [HOLDER, COLLEAGUE],
      hasMore: true,
    }),
    "search-none": searchResultsPage(frame, { query: "nobody", results: [], hasMore: false }),
    "search-empty": searchResultsPage(frame, { query: "", results: [], hasMore: false }),
    "home-incidents": homePage(frame, {
      desk: DESK_READY,
      incidents: [{ serial: DEVICE.serial, careId: PERSON.careId, firstDesk: "Reception" }],
    }),
    "home-settled": homePage(frame, { desk: DESK_READY, settled: "settled_unknown" }),
    profile: profilePage(frame, profile),
    "profile-notes": profilePage(frame, {
      ...profile,
      cards: { notes: NOTES, settleHref: "/people/555083916274/frozen" },
    }),
    "profile-none-chosen": profilePage(frame, { ...profile, noDeviceChosen: true }),
    "profile-refused": profilePage(frame, {
      ...profile,
      service: { allowed: false, reason: "own_card" },
    }),
    "profile-no-devices": profilePage(frame, { ...profile, holder: COLLEAGUE, devices: [] }),
    "profile-closed": profilePage(frame, {
      ...profile,
      holder: { ...HOLDER, person: { ...PERSON, status: "closed" } },
    }),
  };
}

function managePages(assets: AssetUrls): SamplePages {
  const frame = signedInFrame(assets);
  return {
    "manage-smartcard": manageSmartcardPage(frame, { desk: DESK_READY }),
    "manage-smartcard-expected": manageSmartcardPage(frameWithoutTab(assets), {
      desk: DESK_READY,
      expected: { serial: "40012345", holderName: "Dr Maria Ngozi Okafor-Lindqvist" },
    }),
    ...named("manage-smartcard", CARD_REFUSALS, (reason) =>
      manageSmartcardPage(frame, { desk: DESK_READY, refusal: refusalOf(reason) }),
    ),
  };
}

function refusalOf(reason: CardRefusal["reason"]): CardRefusal {
  return reason === "another_card"
    ? { reason, expected: "40012345", found: "39876543" }
    : { reason };
}

function ceremonyPages(assets: AssetUrls): SamplePages {
  const frame = signedInFrame(assets);
  const details = { ceremony: CEREMONY, holder: HOLDER, device: DEVICE } as const;
  const choice = { ceremony: CEREMONY, holder: HOLDER, devices: DEVICES, inReader: "40012345" };
  const locked = { standing: "in_date", passcode: "blocked", mayUnlock: MAY } as const;
  return {
    "personal-details": personalDetailsPage(frame, { ...details, passcode: "blocked" }),
    "personal-details-not-locked": personalDetailsPage(frame, {
      ...details,
      holder: COLLEAGUE,
      passcode: { triesLeft: 2 },
    }),
    "personal-details-missing": personalDetailsPage(frame, {
      ...details,
      passcode: "unknown",
      answer: { isPerson: false, evidence: undefined },
    }),
    "choose-device": chooseDevicePage(frame, choice),
    "choose-device-another": chooseDevicePage(frame, {
      ...choice,
      refused: { chosen: "39876543" },
    }),
    "choose-device-none": chooseDevicePage(frame, { ...choice, refused: { chosen: undefined } }),
    service: servicePage(frame, { ...details, offer: serviceOffer(locked) }),
    "service-not-locked": servicePage(frame, {
      ...details,
      offer: serviceOffer({ ...locked, passcode: { triesLeft: 3 } }),
    }),
    "service-none-chosen": servicePage(frame, {
      ...details,
      offer: serviceOffer(locked),
      nothingChosen: true,
    }),
    ...named("service", UNAVAILABLE, (unavailable) =>
      servicePage(frame, {
        ...details,
        device: device("39876543", unavailable === "not_permitted" ? "in_date" : unavailable),
        offer: { unavailable },
      }),
    ),
  };
}

function outcomePages(assets: AssetUrls): SamplePages {
  const frame = signedInFrame(assets);
  const page = (outcome: Outcome, told?: NoticeState) =>
    outcomePage(frame, {
      ...outcome,
      told,
      ceremony: CEREMONY,
      holderName: "Dr Maria Ngozi Okafor-Lindqvist",
      careId: PERSON.careId,
      serial: "40012345",
    });
  return {
    ...named("outcome-told", TOLD, (told) =>
      page({ phase: "confirmed_later", reason: undefined }, told),
    ),
    ...named("outcome", OUTCOMES, (phase) => page({ phase, reason: undefined })),
    ...named("aborted", END_REASONS, (reason) => page({ phase: "aborted", reason })),
    ...named("uncertain", END_REASONS, (reason) => page({ phase: "uncertain", reason })),
  };
}

function changePages(assets: AssetUrls): SamplePages {
  const frame = signedInFrame(assets, "find");
  const holderName = "Dr Maria Ngozi Okafor-Lindqvist";
  const serial = "40012345";
  const start = { holderName, serial, rule: "Use 4 to 8 letters or numbers." };
  const page = (outcome: ChangeOutcome) =>
    changeOutcomePage(frame, { ...outcome, ceremony: CEREMONY, holderName, serial });
  const { REFUSALS, OUTCOMES: outcomes, END_REASONS: reasons } = changeWords;
  return {
    change: changePasscodePage(frame, start),
    ...named("change-refused", REFUSALS, (refusal) =>
      changePasscodePage(frame, { ...start, refusal }),
    ),
    ...named("change-outcome", outcomes, (phase) => page({ phase, reason: undefined })),
    ...named("change-aborted", reasons, (reason) => page({ phase: "aborted", reason })),
    ...named("change-uncertain", reasons, (reason) => page({ phase: "uncertain", reason })),
  };
}

function problemPages(assets: AssetUrls): SamplePages {
  const frame = signedInFrame(assets, "find");
  const statuses = [
    400, 403, 404, 410, 421, 500, 503,
  ] as const satisfies readonly (keyof typeof PROBLEMS)[];
  const pages = statuses.map((status) => [`problem-${status}`, problemPage(frame, { status })]);
  return {
    ...Object.fromEntries(pages),
    "problem-403-tab": problemPage(frameWithoutTab(assets), {
      status: 403,
      activity: "manage-smartcard-tab",
    }),
    "problem-500-number": problemPage(signedOutFrame(assets), { status: 500, requestId: "req-7" }),
  };
}

/** One page for each key of a table of words. */
function named<Key extends string>(
  prefix: string,
  words: Readonly<Record<Key, unknown>>,
  page: (key: Key) => ReactElement,
): SamplePages {
  const pages: Record<string, ReactElement> = {};
  for (const key in words) pages[`${prefix}-${key.replaceAll("_", "-")}`] = page(key);
  return pages;
}
