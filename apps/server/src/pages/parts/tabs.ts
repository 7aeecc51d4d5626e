import type { Frame } from "../frame.ts";

const MANAGE_TAB = "/manage-smartcard";

/** Whether this operator has the Manage Smartcard tab. */
export function hasManageTab(frame: Frame): boolean {
  return frame.navigation.some((item) => item.href === MANAGE_TAB);
}

/** Where this operator starts with a card: the tab, or the search for those without it. */
export function nextCardHref(frame: Frame): string {
  return hasManageTab(frame) ? MANAGE_TAB : "/cis";
}
