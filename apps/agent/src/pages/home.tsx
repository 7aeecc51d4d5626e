import { ButtonLink, Notice, type ReaderLine, ReaderList, SummaryList } from "@lanyard/pages";
import { type DeskView, REFUSALS, type ReaderView } from "@lanyard/wire";
import type { Answer } from "../http/answer.ts";
import type { LeashState } from "../leash/leash.ts";
import type { PageContext } from "./context.ts";
import { pageAnswer } from "./frame.tsx";
import { LEASH_WORDS, WORDS } from "./words.ts";

export interface HomeProps {
  readonly deskName: string;
  readonly leash: LeashState;
  readonly view: DeskView;
  /** Of this PC's device key. */
  readonly fingerprint: string;
}

/** "The card agent is running": how the readers and the server stand, and nothing about anybody. */
export function homePage(
  context: PageContext,
  { deskName, leash, view, fingerprint }: HomeProps,
): Answer {
  const words = WORDS.home;
  return pageAnswer(context, {
    title: words.title,
    children: (
      <>
        <p>{words.intro}</p>
        {leash.state === "refused" && leash.code === "desk_unknown" ? (
          <NotKnown host={context.serverHost} fingerprint={fingerprint} />
        ) : null}
        <SummaryList
          rows={[
            { key: "This PC", value: deskName },
            { key: words.server, value: context.serverHost },
            { key: "Connection", value: leashText(leash) },
            { key: words.fingerprint, value: <code>{fingerprint}</code> },
          ]}
        />
        <h2 className="nhsuk-heading-m">{words.readers}</h2>
        {view.service === "down" ? <p>{words.serviceDown}</p> : <Readers view={view} />}
        <ButtonLink href={`${context.serverOrigin}/`}>{words.open}</ButtonLink>
      </>
    ),
  });
}

/** Two ways in: a code typed here, or somebody there who compares the fingerprint. */
function NotKnown({ host, fingerprint }: { readonly host: string; readonly fingerprint: string }) {
  const words = WORDS.home.notKnown;
  return (
    <Notice tone="attention" title={words.title(host)}>
      <p>
        {words.fingerprint} <strong>{fingerprint}</strong>
      </p>
      <p>{words.ask}</p>
      <ul className="nhsuk-list nhsuk-list--bullet">
        <li>
          {words.code} <code>lanyard agent enrol</code>
        </li>
        <li>{words.approval}</li>
      </ul>
    </Notice>
  );
}

function leashText(leash: LeashState): string {
  return leash.state === "refused" ? REFUSALS[leash.code] : LEASH_WORDS[leash.state];
}

function Readers({ view }: { readonly view: DeskView }) {
  if (view.readers.length === 0) return <p>{WORDS.home.noReaders}</p>;
  return <ReaderList readers={view.readers.map(lineOf)} />;
}

const STATES: Readonly<Record<ReaderView["state"], Omit<ReaderLine, "reader">>> = {
  empty: { tone: "neutral", text: "Empty" },
  reading: { tone: "neutral", text: "A card is being read" },
  card: { tone: "good", text: "A smartcard is in" },
  mute: {
    tone: "problem",
    text: "The card does not answer",
    detail: "Take it out, wipe the chip, and put it in again the right way round.",
  },
  foreign: { tone: "attention", text: "Not a smartcard of this kind" },
};

function lineOf(reader: ReaderView): ReaderLine {
  return { reader: reader.name, ...STATES[reader.state] };
}
