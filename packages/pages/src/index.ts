export { ASSETS_PREFIX, type AssetUrls, assetUrls } from "./asset-urls.ts";
export * from "./content.tsx";
export { type ContentSecurityPolicy, contentSecurityPolicy } from "./content-security-policy.ts";
export * from "./forms.tsx";
export { Page, type PageProps } from "./page.tsx";
export { errorFor, type PageError } from "./problem-summary.tsx";
export { renderPage } from "./render.ts";
export type { NavigationItem, Operator } from "./site.tsx";
