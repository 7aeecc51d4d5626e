/** Where one build's style sheet, icon and scripts are served. */
export interface AssetUrls {
  readonly stylesheet: string;
  readonly icon: string;
  readonly script: (name: string) => string;
}

/** Both servers answer under this prefix; the hash makes every address safe to cache for ever. */
export const ASSETS_PREFIX = "/assets/";

/** The addresses for the build with this hash: `/assets/<hash>/lanyard.css` and so on. */
export function assetUrls(hash: string): AssetUrls {
  const url = (name: string) => `${ASSETS_PREFIX}${hash}/${name}`;
  return { stylesheet: url("lanyard.css"), icon: url("favicon.svg"), script: url };
}
