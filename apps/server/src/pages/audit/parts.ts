import { AUDIT_ACTIONS } from "@lanyard/identity";

const WORDS: Readonly<Record<string, string>> = AUDIT_ACTIONS;

/** In words; the key itself for a kind that this version does not know. */
export function actionText(action: string): string {
  return Object.hasOwn(WORDS, action) ? (WORDS[action] ?? action) : action;
}

/** To the second, in universal time, as the record has it. */
export function momentText(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
}
