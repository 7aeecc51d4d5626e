import { Notice, type ReaderLine, ReaderList, StatusRegion } from "@lanyard/pages";
import type { ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { ServiceDesk } from "../parts/service-desk.tsx";
import { WORDS } from "./words.ts";

/** Where the live view of a desk comes from. */
export const DESK_EVENTS = "/desk/events";

/** What is known of one desk's readers, as far as this visitor may see it. */
export type DeskStatus = { readonly serviceDesk: string } & (
  | { readonly state: "agent_down" }
  | { readonly state: "service_down" }
  | { readonly state: "readers"; readonly readers: readonly ReaderStatus[] }
);

export type ReaderStatus =
  | { readonly name: string; readonly state: "empty" | "reading" | "mute" | "foreign" }
  | { readonly name: string; readonly state: "card"; readonly whose: CardOwner };

/**
 * Whose card it is. `yours`: the one this session hangs on. `not_told`: to a browser that is not signed in, or not
 * looked up. `unknown`: no record of it.
 */
export type CardOwner =
  | { readonly kind: "yours" }
  | { readonly kind: "person"; readonly name: string }
  | { readonly kind: "unknown" }
  | { readonly kind: "not_told" };

/** The inside of the live region, the same on the page and in the stream. */
export function deskStatus(status: DeskStatus): ReactElement {
  if (status.state === "agent_down") return <Trouble {...WORDS.agentDown} status={status} />;
  if (status.state === "service_down") return <Trouble {...WORDS.serviceDown} status={status} />;
  const { readers } = status;
  if (readers.length === 0) return <Trouble {...WORDS.noReader} status={status} />;
  return (
    <>
      <ReaderList readers={readers.map(readerLine)} />
      {readers.length === 1 ? <Trouble {...WORDS.oneReader} status={status} /> : null}
    </>
  );
}

/** A desk's readers, kept up to date by the script. */
export function DeskReaders({ status }: { readonly status: DeskStatus }): ReactElement {
  return (
    <section aria-label={WORDS.title}>
      <h2 className="nhsuk-heading-s">{WORDS.title}</h2>
      <StatusRegion source={DESK_EVENTS}>{deskStatus(status)}</StatusRegion>
    </section>
  );
}

/** Part of a page as HTML, for the stream. Text is escaped by React. */
export function renderFragment(fragment: ReactElement): string {
  return renderToStaticMarkup(fragment);
}

/** {@link deskStatus} as HTML: the data of the stream's `desk` event. */
export function renderDeskStatus(status: DeskStatus): string {
  return renderFragment(deskStatus(status));
}

function Trouble(props: {
  readonly title: string;
  readonly toDo: string;
  readonly status: DeskStatus;
}): ReactElement {
  return (
    <Notice tone="attention" title={props.title} level="h3">
      <p>{props.toDo}</p>
      <ServiceDesk contact={props.status.serviceDesk} />
    </Notice>
  );
}

function readerLine(reader: ReaderStatus): ReaderLine {
  if (reader.state === "card") return { reader: reader.name, ...ownerLine(reader.whose) };
  return { reader: reader.name, ...STATE_LINES[reader.state] };
}

type Line = Omit<ReaderLine, "reader">;

const STATE_LINES = {
  empty: { tone: "neutral", text: WORDS.empty },
  reading: { tone: "neutral", text: WORDS.reading },
  mute: { tone: "attention", text: WORDS.mute, detail: WORDS.muteToDo },
  foreign: { tone: "attention", text: WORDS.foreign, detail: WORDS.foreignToDo },
} as const satisfies Record<string, Line>;

function ownerLine(whose: CardOwner): Line {
  switch (whose.kind) {
    case "yours":
      return { tone: "good", text: WORDS.yours, detail: WORDS.yoursToDo };
    case "person":
      return { tone: "good", text: WORDS.holder(whose.name) };
    case "unknown":
      return { tone: "attention", text: WORDS.unknown };
    case "not_told":
      return { tone: "good", text: WORDS.notTold };
  }
}
