import { PostForm, Submit } from "@lanyard/pages";
import type { RequestOf } from "@lanyard/wire";
import type { ReactElement } from "react";
import { DeskReaders, type DeskStatus } from "../desk-status/desk-status.tsx";
import type { Frame } from "../frame.ts";
import { SitePage } from "../parts/site-page.tsx";
import { SIGN_IN_PROBLEMS, WORDS } from "./words.ts";

/** Why the last try did not sign in: the agent's reason, or the server's own. */
export type SignInProblem =
  | RequestOf<"give_up">["reason"]
  | "card_gone"
  | "expired"
  | "agent_not_running";

export interface SignInProps {
  readonly desk: DeskStatus;
  readonly problem?: SignInProblem | undefined;
}

/** How-to A: the operator's own card goes in. The button is always there; the server decides. */
export function signInPage(frame: Frame, { desk, problem }: SignInProps): ReactElement {
  const errors = problem === undefined ? [] : [{ text: SIGN_IN_PROBLEMS[problem] }];
  return (
    <SitePage frame={frame} title={WORDS.title} errors={errors}>
      <p>{WORDS.intro}</p>
      <DeskReaders status={desk} />
      <p>{WORDS.next}</p>
      <PostForm action="/sign-in">
        <Submit>{WORDS.button}</Submit>
      </PostForm>
      <PostForm action="/desk">
        <Submit kind="secondary">{WORDS.anotherPc}</Submit>
      </PostForm>
    </SitePage>
  );
}
