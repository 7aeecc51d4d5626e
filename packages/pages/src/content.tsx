import { Details, Tag } from "nhsuk-react-components";
import type { ReactElement, ReactNode } from "react";

type HeadingLevel = "h2" | "h3" | "h4";

/** Green panel with the page's first heading: give `heading={false}` to the page. */
export function Confirmation(props: {
  readonly title: string;
  readonly children?: ReactNode;
}): ReactElement {
  return (
    <div className="nhsuk-panel lanyard-confirmation">
      <h1 className="nhsuk-panel__title">{props.title}</h1>
      {props.children === undefined ? null : (
        <div className="nhsuk-panel__body">{props.children}</div>
      )}
    </div>
  );
}

export interface SummaryRow {
  readonly key: string;
  readonly value: ReactNode;
  /** A link at the row's end: "Change", with what it changes for those who hear it. */
  readonly action?: { readonly href: string; readonly text: string; readonly of: string };
}

/** Keys and values: Personal Details, Smartcard Details, check answers. */
export function SummaryList({ rows }: { readonly rows: readonly SummaryRow[] }): ReactElement {
  return (
    <dl className="nhsuk-summary-list">
      {rows.map(({ key, value, action }) => (
        <div key={key} className="nhsuk-summary-list__row">
          <dt className="nhsuk-summary-list__key">{key}</dt>
          <dd className="nhsuk-summary-list__value">{value}</dd>
          {action === undefined ? null : (
            <dd className="nhsuk-summary-list__actions">
              <a href={action.href}>
                {action.text}
                <span className="nhsuk-u-visually-hidden"> {action.of}</span>
              </a>
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}

/** A white box with a heading of its own. */
export function Section(props: {
  readonly title: string;
  readonly level?: HeadingLevel | undefined;
  readonly id?: string | undefined;
  readonly children: ReactNode;
}): ReactElement {
  const Heading = props.level ?? "h2";
  return (
    <section className="lanyard-section" id={props.id} aria-label={props.title}>
      <Heading className="nhsuk-heading-m">{props.title}</Heading>
      {props.children}
    </section>
  );
}

export interface ListedCard {
  readonly href?: string | undefined;
  readonly title: string;
  readonly text?: ReactNode;
  readonly tag?: ReactNode;
  readonly photo?: { readonly src: string } | undefined;
}

/** A list of boxes, each one link at most: search results, smartcards. */
export function CardList(props: {
  readonly cards: readonly ListedCard[];
  readonly level?: HeadingLevel | undefined;
}): ReactElement {
  const Heading = props.level ?? "h2";
  return (
    <ul className="lanyard-cards">
      {props.cards.map((card) => (
        <li key={`${card.href ?? ""} ${card.title}`} className="lanyard-card">
          {card.photo === undefined ? null : (
            <img className="lanyard-card__photo" src={card.photo.src} alt="" width="64" />
          )}
          <div className="lanyard-card__body">
            <Heading className="lanyard-card__title">
              {card.href === undefined ? card.title : <a href={card.href}>{card.title}</a>}
            </Heading>
            {card.text === undefined ? null : <p className="lanyard-card__text">{card.text}</p>}
          </div>
          {card.tag === undefined ? null : <div className="lanyard-card__tag">{card.tag}</div>}
        </li>
      ))}
    </ul>
  );
}

export type TagColour =
  | "white"
  | "grey"
  | "green"
  | "aqua-green"
  | "blue"
  | "yellow"
  | "orange"
  | "red";

/** A state in a word. The word carries the meaning, the colour only helps. */
export function StateTag(props: {
  readonly colour: TagColour;
  readonly children: ReactNode;
}): ReactElement {
  return <Tag color={props.colour}>{props.children}</Tag>;
}

/** The holder at a glance: photo, name, and the lines that tell two people apart. */
export function PersonHeader(props: {
  readonly name: string;
  readonly photoSrc?: string | undefined;
  readonly lines: readonly ReactNode[];
  readonly level?: HeadingLevel | undefined;
}): ReactElement {
  const Heading = props.level ?? "h2";
  return (
    <div className="lanyard-person">
      {props.photoSrc === undefined ? null : (
        <img
          className="lanyard-person__photo"
          src={props.photoSrc}
          alt={`On record for ${props.name}`}
          width="160"
          height="200"
        />
      )}
      <div className="lanyard-person__body">
        <Heading className="nhsuk-heading-m lanyard-person__name">{props.name}</Heading>
        <ul className="lanyard-person__lines">
          {props.lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: static markup, never re-ordered
            <li key={index}>{line}</li>
          ))}
        </ul>
      </div>
    </div>
  );
}

export type Tone = "neutral" | "good" | "attention" | "problem";

export interface ReaderLine {
  /** "Your reader", "The other reader", or the reader's own name. */
  readonly reader: string;
  readonly tone: Tone;
  readonly text: string;
  readonly detail?: string | undefined;
}

/** The readers at this desk, one line each. The words say the state; the colour repeats it. */
export function ReaderList({ readers }: { readonly readers: readonly ReaderLine[] }): ReactElement {
  return (
    <ul className="lanyard-readers">
      {readers.map(({ reader, tone, text, detail }) => (
        <li key={reader} className={`lanyard-reader lanyard-reader--${tone}`}>
          <span className="lanyard-reader__name">{reader}</span>
          <span className="lanyard-reader__text">{text}</span>
          {detail === undefined ? null : <span className="lanyard-reader__detail">{detail}</span>}
        </li>
      ))}
    </ul>
  );
}

/** What is read out, politely, when it changes: the live state of the readers. */
export function StatusRegion(props: {
  readonly id?: string | undefined;
  /** Where the script listens for changes; without script the page says how to look again. */
  readonly source?: string | undefined;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div className="lanyard-status" role="status" id={props.id} data-source={props.source}>
      {props.children}
    </div>
  );
}

/** A box that stands out: what to do, or what to know, before going on. */
export function Notice(props: {
  readonly tone?: Tone | undefined;
  readonly title?: string | undefined;
  readonly level?: HeadingLevel | undefined;
  readonly children: ReactNode;
}): ReactElement {
  const Heading = props.level ?? "h2";
  return (
    <div className={`lanyard-notice lanyard-notice--${props.tone ?? "neutral"}`}>
      {props.title === undefined ? null : (
        <Heading className="nhsuk-heading-s">{props.title}</Heading>
      )}
      {props.children}
    </div>
  );
}

/** Something to open for those who need it. Works without script. */
export function MoreDetails(props: {
  readonly title: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <Details>
      <Details.Summary>{props.title}</Details.Summary>
      <Details.Text>{props.children}</Details.Text>
    </Details>
  );
}

export interface TableProps {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly key: string;
    readonly cells: readonly ReactNode[];
  }[];
}

/** A table that scrolls inside itself when the screen is narrow, by keyboard too. */
export function DataTable({ caption, columns, rows }: TableProps): ReactElement {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className="lanyard-scroll" aria-label={caption} tabIndex={0}>
      <table className="nhsuk-table">
        <caption className="nhsuk-table__caption">{caption}</caption>
        <thead className="nhsuk-table__head">
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" className="nhsuk-table__header">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="nhsuk-table__body">
          {rows.map(({ key, cells }) => (
            <tr key={key} className="nhsuk-table__row">
              {cells.map((cell, index) => (
                <td key={columns[index]} className="nhsuk-table__cell">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
