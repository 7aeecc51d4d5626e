import type { Mail } from "@lanyard/identity";
import {
  type AssetUrls,
  MoreDetails,
  Page,
  PostForm,
  StateTag,
  Submit,
  type TagColour,
} from "@lanyard/pages";
import type { ReactElement } from "react";
import type { TrayCard, TrayReader, TrayView } from "./tray-view.ts";

/** The table with the demo's cards and the two readers. Works by form alone; the script adds drag and drop. */
export function trayPage(
  assets: AssetUrls,
  props: {
    readonly view: TrayView;
    readonly portal: string;
    readonly problem?: string | undefined;
    readonly mails: readonly Mail[];
  },
): ReactElement {
  const { view, portal, problem, mails } = props;
  const errors = problem === undefined ? [] : [{ text: problem }];
  return (
    <Page
      title="Card tray"
      service="Demonstration"
      assets={assets}
      scripts={["tray.js"]}
      errors={errors}
      wide
    >
      <p>
        These are invented people and their smartcards. Put an operator's card into one reader and
        open <a href={portal}>Lanyard</a>; put the card of a user into the other one when you are
        asked for it. Drag a card onto a reader, or use its buttons. What its user is told by e-mail
        is under <a href="#post">Post</a>.
      </p>
      <div className="lanyard-tray__readers">
        {view.readers.map((reader) => (
          <Reader key={reader.number} reader={reader} />
        ))}
      </div>
      {view.groups.map(({ title, cards }) => (
        <section key={title} aria-label={title}>
          <h2 className="nhsuk-heading-m">{title}</h2>
          <ul className="lanyard-tray__cards">
            {cards.map((card) => (
              <Card key={card.serial} card={card} readers={view.readers} />
            ))}
          </ul>
        </section>
      ))}
      <PostSection mails={mails} />
      <section aria-label="Other cards">
        <h2 className="nhsuk-heading-m">Other cards</h2>
        <ul className="lanyard-tray__cards">
          {view.oddCards.map((card) => (
            <li
              key={card.serial}
              className="lanyard-tray__card"
              draggable
              data-serial={card.serial}
            >
              <div className="lanyard-tray__text">
                <h3 className="nhsuk-heading-s">{card.name}</h3>
                <p>{card.goodFor}</p>
                <InsertButtons serial={card.serial} name={card.name} readers={view.readers} />
              </div>
            </li>
          ))}
        </ul>
      </section>
    </Page>
  );
}

function Reader({ reader }: { readonly reader: TrayReader }): ReactElement {
  const { number, name, card } = reader;
  return (
    <section
      className="lanyard-tray__reader"
      id={`reader-${number}`}
      tabIndex={-1}
      data-reader={number}
      aria-label={`Reader ${number}`}
    >
      <h2 className="nhsuk-heading-s">Reader {number}</h2>
      <p className="lanyard-tray__slot">{name}</p>
      {card === undefined ? (
        <p>Empty. Drop a card here.</p>
      ) : (
        <>
          <p>
            <strong>{card.name}</strong>, card {card.serial}
          </p>
          <PostForm action={`/readers/${number}/remove`}>
            <Submit kind="secondary">
              Take the card out
              <span className="nhsuk-u-visually-hidden"> of reader {number}</span>
            </Submit>
          </PostForm>
        </>
      )}
    </section>
  );
}

const COLOURS = {
  ready: "green",
  locked: "orange",
  expired: "grey",
  cancelled: "red",
} as const satisfies Record<TrayCard["mood"], TagColour>;

interface CardProps {
  readonly card: TrayCard;
  readonly readers: readonly TrayReader[];
}

function Card({ card, readers }: CardProps): ReactElement {
  const inserted = readers.find((reader) => reader.card?.serial === card.serial);
  return (
    <li className="lanyard-tray__card" draggable={inserted === undefined} data-serial={card.serial}>
      <img src={`/portraits/${card.careId}.png`} alt="" width="72" height="90" />
      <div className="lanyard-tray__text">
        <h3 className="nhsuk-heading-s">{card.name}</h3>
        <p>{card.role}</p>
        <p>
          UUID {card.uuid}
          <br />
          Card {card.serial}
        </p>
        <p>
          <StateTag colour={COLOURS[card.mood]}>{card.state}</StateTag>
        </p>
        <Passcode card={card} />
        <p>{card.goodFor}</p>
        {inserted === undefined ? (
          <InsertButtons serial={card.serial} name={card.name} readers={readers} />
        ) : (
          <p>
            <strong>In reader {inserted.number}</strong>
          </p>
        )}
      </div>
    </li>
  );
}

/** On a locked card nothing that anybody could type works: showing it would only mislead. */
function Passcode({ card: { passcode, passcodeTriesLeft } }: { card: TrayCard }): ReactElement {
  if (passcodeTriesLeft === 0) return <p>No passcode works now.</p>;
  return (
    <p>
      Passcode now <code className="lanyard-tray__passcode">{passcode}</code>
    </p>
  );
}

function InsertButtons(props: {
  readonly serial: string;
  readonly name: string;
  readonly readers: readonly TrayReader[];
}): ReactElement {
  const { serial, name, readers } = props;
  return (
    <div className="lanyard-tray__buttons">
      {readers.map(({ number }) => (
        <PostForm key={number} action={`/readers/${number}/insert`} hidden={{ serial }}>
          <Submit kind="secondary">
            Reader {number}
            <span className="nhsuk-u-visually-hidden">: put in the card of {name}</span>
          </Submit>
        </PostForm>
      ))}
    </div>
  );
}

/** What would have gone out by mail: the users are invented, so their post is here. */
function PostSection({ mails }: { readonly mails: readonly Mail[] }): ReactElement {
  return (
    <section aria-label="Post" id="post">
      <h2 className="nhsuk-heading-m">Post</h2>
      {mails.length === 0 ? (
        <p>
          Whoever has a card unlocked is told by e-mail. Load this page again after an unlock to
          read it.
        </p>
      ) : (
        mails.map((mail) => (
          <MoreDetails key={mail.messageId} title={`${mail.subject}: to ${mail.to}`}>
            <pre className="lanyard-tray__mail">{mail.text}</pre>
          </MoreDetails>
        ))
      )}
    </section>
  );
}
