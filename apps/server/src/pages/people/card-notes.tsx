import type { GrantedTry } from "@lanyard/identity";
import { Notice, PostForm, RadioField, Submit } from "@lanyard/pages";
import type { ReactElement } from "react";
import { DEVICE_WORDS } from "../parts/words.ts";
import { NOTE_WORDS } from "./card-note-words.ts";

/** What is to be known of one of a person's cards before anybody works on it. */
export type CardNote =
  /** An unlock of it is in doubt. `passcodeSet`: the card had said that it took the new passcode. */
  | { readonly kind: "unfinished"; readonly serial: string; readonly passcodeSet: boolean }
  /** It refused every PUK it could hold; only a supervisor may go on. */
  | { readonly kind: "frozen"; readonly serial: string }
  /** A supervisor allowed one more try. */
  | { readonly kind: "granted"; readonly serial: string }
  /** Its PUK was changed behind our back. */
  | {
      readonly kind: "incident";
      readonly serial: string;
      readonly firstDesk: string;
      readonly foundAt: string;
    };

export interface CardNotesProps {
  readonly notes: readonly CardNote[];
  /** Where a supervisor says how a frozen card may be tried; `undefined`: this operator is none. */
  readonly settleHref: string | undefined;
}

/** Above the devices: what went wrong with one, and what to do. */
export function CardNotes({ notes, settleHref }: CardNotesProps): ReactElement {
  return (
    <>
      {notes.map((note) => (
        <Notice
          key={`${note.serial} ${note.kind}`}
          tone={note.kind === "granted" ? "neutral" : "attention"}
          title={DEVICE_WORDS.serial(note.serial)}
        >
          {sentencesOf(note).map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
          {note.kind === "frozen" && settleHref !== undefined ? (
            <Settle href={settleHref} serial={note.serial} />
          ) : null}
        </Notice>
      ))}
    </>
  );
}

function sentencesOf(note: CardNote): readonly string[] {
  switch (note.kind) {
    case "unfinished":
      return [
        NOTE_WORDS.unfinished,
        note.passcodeSet ? NOTE_WORDS.passcodeSet : NOTE_WORDS.passcodeUnknown,
      ];
    case "frozen":
      return [NOTE_WORDS.frozen];
    case "granted":
      return [NOTE_WORDS.granted];
    case "incident":
      return [NOTE_WORDS.incident(note), NOTE_WORDS.incidentToDo];
  }
}

const CHOICES: readonly GrantedTry[] = ["previous", "next"];

function Settle({
  href,
  serial,
}: {
  readonly href: string;
  readonly serial: string;
}): ReactElement {
  return (
    <PostForm action={href} hidden={{ device: serial }}>
      <RadioField
        name="try"
        label={NOTE_WORDS.settle}
        hint={NOTE_WORDS.settleHint}
        value={CHOICES[0]}
        choices={CHOICES.map((value) => ({ value, text: NOTE_WORDS.tries[value] }))}
        error={undefined}
      />
      <Submit>{NOTE_WORDS.settleButton}</Submit>
    </PostForm>
  );
}
