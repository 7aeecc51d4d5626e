import { CardList, type ListedCard } from "@lanyard/pages";
import type { ReactElement } from "react";
import type { Frame } from "../frame.ts";
import { SitePage } from "../parts/site-page.tsx";
import { ADMINISTRATION } from "./words.ts";

/** What there is to administer, for those who may. */
export function administrationPage(frame: Frame, sections: readonly ListedCard[]): ReactElement {
  return (
    <SitePage frame={frame} title={ADMINISTRATION.title}>
      <CardList cards={sections} />
    </SitePage>
  );
}
