import type { AssetUrls } from "@lanyard/pages";

/** What every page of the agent needs to know of its surroundings. */
export interface PageContext {
  readonly assets: AssetUrls;
  readonly serverOrigin: string;
  /** The server's host, as people read it. */
  readonly serverHost: string;
}

/** What every form carries: where it goes, and that it is ours. */
export interface FormContext {
  readonly action: string;
  readonly formToken: string;
}
