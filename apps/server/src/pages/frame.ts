import type { AssetUrls, NavigationItem } from "@lanyard/pages";

/** What every page of the server has around it: the same for all pages one visitor sees. */
export interface Frame {
  readonly assets: AssetUrls;
  readonly operator: FrameOperator | undefined;
  /** The tabs this operator's roles give; empty for a browser that is not signed in. */
  readonly navigation: readonly NavigationItem[];
  /** How to reach the service desk, as it is put into "contact ...". */
  readonly serviceDesk: string;
}

export interface FrameOperator {
  readonly name: string;
  readonly roleName: string;
  readonly organisation: string;
}
