import type { KeyVersionShare } from "@lanyard/identity";
import { DataTable, Notice } from "@lanyard/pages";
import type { ReactElement } from "react";
import type { Frame } from "../frame.ts";
import { SitePage } from "../parts/site-page.tsx";
import { ADMINISTRATION, MASTER_KEYS } from "./words.ts";

export interface MasterKeysProps {
  /** Cards in use by version, lowest first. */
  readonly shares: readonly KeyVersionShare[];
  readonly newest: number;
}

/** How many cards still need each master key version, and whether an old one may go. */
export function masterKeysPage(frame: Frame, props: MasterKeysProps): ReactElement {
  const { shares, newest } = props;
  const all = shares.reduce((sum, { cards }) => sum + cards, 0);
  const old = shares
    .filter(({ version }) => version !== newest)
    .reduce((sum, { cards }) => sum + cards, 0);
  return (
    <SitePage
      frame={frame}
      title={MASTER_KEYS.title}
      back={{ href: "/administration", text: ADMINISTRATION.title }}
    >
      <p>{MASTER_KEYS.intro}</p>
      {all === 0 ? <p>{MASTER_KEYS.none}</p> : <Shares {...props} all={all} />}
      {all === 0 ? null : (
        <Notice tone={old === 0 ? "good" : "neutral"}>
          <p>{old === 0 ? MASTER_KEYS.moved : MASTER_KEYS.left(old)}</p>
        </Notice>
      )}
    </SitePage>
  );
}

function Shares({ shares, newest, all }: MasterKeysProps & { readonly all: number }): ReactElement {
  return (
    <DataTable
      caption={MASTER_KEYS.caption}
      columns={MASTER_KEYS.columns}
      rows={shares.map(({ version, cards }) => ({
        key: String(version),
        cells: [
          version === newest ? MASTER_KEYS.newest(version) : String(version),
          MASTER_KEYS.cards(cards),
          MASTER_KEYS.share(cards, all),
        ],
      }))}
    />
  );
}
