import type { AssetUrls } from "@lanyard/pages";
import type { ReactElement } from "react";
import { addDeskPage, deskCodePage } from "../administration/add-desk.page.tsx";
import { administrationPage } from "../administration/administration.page.tsx";
import { deskPage, revokeDeskPage } from "../administration/desk.page.tsx";
import { deskRequestPage } from "../administration/desk-request.page.tsx";
import type { DeskRequestView, DeskView } from "../administration/desk-view.tsx";
import { desksPage } from "../administration/desks.page.tsx";
import { masterKeysPage } from "../administration/master-keys.page.tsx";
import { DESKS, MASTER_KEYS } from "../administration/words.ts";
import { AUDIT } from "../audit/words.ts";
import { auditPages } from "./sample-audit.ts";
import { administrationFrame } from "./sample-models.ts";

const FINGERPRINT = "3f2a 9c01 77de 04b8 5a1e c2f9 8d30 66b7";

const DESK: DeskView = {
  id: "RGVza3MtMDAwMDAwMDAwMQ",
  name: "Pharmacy, front desk",
  organisation: "Riverside and Northmoor Infirmary",
  state: "connected",
  lastSeenAt: new Date("2026-11-24T09:12:00Z"),
  enrolledAt: new Date("2026-06-03T08:00:00Z"),
  enrolledHow: "code",
  enrolledBy: "Ms Priya Raman",
  revokedAt: undefined,
  fingerprint: FINGERPRINT,
};

const OPENLY: DeskView = {
  ...DESK,
  name: "Demo desk",
  organisation: undefined,
  state: "not_connected",
  lastSeenAt: undefined,
  enrolledHow: "open",
  enrolledBy: undefined,
};

const SHUT_OUT: DeskView = {
  ...DESK,
  name: "Ward 7",
  state: "revoked",
  enrolledHow: "approval",
  revokedAt: new Date("2026-11-20T16:40:00Z"),
};

const REQUEST: DeskRequestView = {
  keyHash: "3f2a9c0177de04b85a1ec2f98d3066b7".repeat(2),
  name: "ward-7-pc-0042.riverside-and-northmoor.example",
  fingerprint: FINGERPRINT,
  askedAt: new Date("2026-11-24T09:10:00Z"),
  lastAskedAt: new Date("2026-11-24T09:14:00Z"),
};

const ORGANISATIONS = [
  { code: "RQX", name: "Riverside and Northmoor Infirmary" },
  { code: "FQX01", name: "Northmoor Pharmacy" },
];

/** The pages behind the Administration tab. */
export function administrationPages(assets: AssetUrls): Readonly<Record<string, ReactElement>> {
  const frame = administrationFrame(assets);
  const sections = [
    { href: "/administration/desks", title: DESKS.title, text: DESKS.summary },
    { href: "/administration/master-keys", title: MASTER_KEYS.title, text: MASTER_KEYS.summary },
    { href: "/administration/audit", title: AUDIT.title, text: AUDIT.summary },
  ];
  const list = { query: "", desks: [DESK, OPENLY, SHUT_OUT], hasMore: true, requests: [REQUEST] };
  const place = { organisations: ORGANISATIONS, chosen: "RQX", name: "" };
  const request = { request: REQUEST, ...place };
  return {
    administration: administrationPage(frame, sections),
    ...auditPages(frame),
    "master-keys": masterKeysPage(frame, {
      newest: 3,
      shares: [
        { version: 1, cards: 1204 },
        { version: 2, cards: 18_850 },
        { version: 3, cards: 941_022 },
      ],
    }),
    "master-keys-moved": masterKeysPage(frame, { newest: 3, shares: [{ version: 3, cards: 12 }] }),
    "master-keys-none": masterKeysPage(frame, { newest: 1, shares: [] }),
    desks: desksPage(frame, list),
    "desks-none": desksPage(frame, {
      ...{ query: "attic", desks: [], hasMore: false, requests: [] },
      done: DESKS.approved(REQUEST.name),
    }),
    "desks-add": addDeskPage(frame, place),
    "desks-add-missing": addDeskPage(frame, { ...place, noOrganisation: true }),
    "desks-code": deskCodePage(frame, {
      ...{ code: "K7TQ-9MBX-2HRD", minutes: 10, tries: 5 },
      organisation: "Riverside and Northmoor Infirmary",
    }),
    "desk-connected": deskPage(frame, { desk: DESK }),
    "desk-no-name": deskPage(frame, { desk: OPENLY, noName: true }),
    "desk-shut-out": deskPage(frame, { desk: SHUT_OUT }),
    "desk-revoke": revokeDeskPage(frame, { desk: DESK, isOwn: false }),
    "desk-revoke-own": revokeDeskPage(frame, { desk: DESK, isOwn: true }),
    "desk-request": deskRequestPage(frame, request),
    "desk-request-wrong": deskRequestPage(frame, {
      ...request,
      notCompared: true,
      noOrganisation: true,
    }),
  };
}
