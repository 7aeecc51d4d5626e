import { MoreDetails, Notice, Section, SummaryList, type SummaryRow } from "@lanyard/pages";
import type { ReactElement, ReactNode } from "react";
import type { CheckedEntry, CheckedSignature, PlaceInLog } from "../../audit/read-entry.ts";
import type { Frame } from "../frame.ts";
import { SitePage } from "../parts/site-page.tsx";
import { actionText, momentText } from "./parts.ts";
import { AUDIT, ENTRY } from "./words.ts";

/** One entry whole: what it says, who signed it and whether that stands, and where it is in the log. */
export function auditEntryPage(frame: Frame, checked: CheckedEntry): ReactElement {
  const { entry, signature, place, leaf, position } = checked;
  return (
    <SitePage
      frame={frame}
      title={ENTRY.title(position)}
      back={{ href: "/administration/audit", text: AUDIT.title }}
    >
      <Section title={ENTRY.says}>
        <SummaryList rows={rowsOf(entry)} />
        {entry.ceremonyId === undefined ? null : (
          <p>
            <a href={`/administration/audit?ceremony=${encodeURIComponent(entry.ceremonyId)}`}>
              {ENTRY.related}
            </a>
          </p>
        )}
      </Section>
      {signature === undefined ? null : <Signature {...signature} />}
      <Section title={ENTRY.place}>
        {place === undefined ? <p>{ENTRY.waiting}</p> : <Place place={place} />}
      </Section>
      <MoreDetails title={ENTRY.bytes}>
        <Evidence>{leaf}</Evidence>
      </MoreDetails>
    </SitePage>
  );
}

function rowsOf(entry: CheckedEntry["entry"]): readonly SummaryRow[] {
  const { details, personal } = entry;
  const fixed = [
    [ENTRY.at, momentText(entry.at)],
    [ENTRY.action, actionText(entry.action)],
    [ENTRY.actor, entry.actor],
    [ENTRY.holder, entry.holder],
    [ENTRY.card, entry.cardSerial],
    [ENTRY.ceremony, entry.ceremonyId],
    [ENTRY.desk, entry.deskId],
    ...Object.entries(details).map(([name, value]) => [name, String(value)] as const),
    ...Object.keys(personal).map(
      (name) => [`${ENTRY.personal}: ${name}`, ENTRY.committed] as const,
    ),
  ] as const;
  return fixed.flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: <Evidence key={key}>{value}</Evidence> }],
  );
}

function Signature({ signed, certificate, keyHash, fault }: CheckedSignature): ReactElement {
  const { whose, careId, cardSerial, slot, fields, message, signature } = signed;
  const rows = [
    [ENTRY.by, careId],
    [ENTRY.card, ENTRY.cardOf(cardSerial, slot)],
    [ENTRY.keyHash, keyHash],
    ...Object.entries(fields).map(
      ([name, value]) => [`${ENTRY.statement}: ${name}`, value] as const,
    ),
  ] as const;
  return (
    <Section title={ENTRY.signature}>
      <Notice tone={fault === undefined ? "good" : "problem"} title={ENTRY.whose[whose]} level="h3">
        <p>{fault === undefined ? ENTRY.valid : ENTRY.invalid(fault)}</p>
      </Notice>
      <SummaryList
        rows={rows.flatMap(([key, value]) =>
          value === undefined ? [] : [{ key, value: <Evidence key={key}>{value}</Evidence> }],
        )}
      />
      <MoreDetails title={ENTRY.repeat}>
        <p>{ENTRY.statement}</p>
        <Evidence>{Buffer.from(message).toString("hex")}</Evidence>
        <p>{`${ENTRY.value}, ${signature.algorithm}`}</p>
        <Evidence>{signature.value}</Evidence>
        <p>{ENTRY.certificate}</p>
        <Evidence>{certificate ?? ""}</Evidence>
      </MoreDetails>
    </Section>
  );
}

function Place({ place }: { readonly place: PlaceInLog }): ReactElement {
  return (
    <>
      <Notice tone={place.isProven ? "good" : "problem"}>
        <p>{place.isProven ? ENTRY.proven(place.index) : ENTRY.notProven}</p>
      </Notice>
      <MoreDetails title={ENTRY.repeat}>
        <p>{ENTRY.leafHash}</p>
        <Evidence>{place.leafHash}</Evidence>
        <p>{ENTRY.path}</p>
        <Evidence>{place.proof.join(" ")}</Evidence>
        <p>{ENTRY.checkpoint}</p>
        <Evidence>{place.note}</Evidence>
      </MoreDetails>
    </>
  );
}

/** Long runs of letters and digits break where the screen ends. */
function Evidence({ children }: { readonly children: ReactNode }): ReactElement {
  return <span className="lanyard-evidence">{children}</span>;
}
