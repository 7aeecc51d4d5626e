import type { Notice, NoticeState } from "@lanyard/identity";

/** Read from the left: one address reached is enough, one still waited for is hope. */
const BEST_FIRST: readonly NoticeState[] = ["sent", "waiting", "given_up", "no_address"];

/** How it stands with telling the holder of the latest event; undefined: there is nothing to tell. */
export function toldOf(notices: readonly Notice[]): NoticeState | undefined {
  const event = notices.at(-1)?.event;
  const states = notices.filter((notice) => notice.event === event).map(({ state }) => state);
  return BEST_FIRST.find((state) => states.includes(state));
}
