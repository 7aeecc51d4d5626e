import { SkipLink } from "nhsuk-react-components";
import type { ReactElement, ReactNode } from "react";
import type { AssetUrls } from "./asset-urls.ts";
import { type PageError, ProblemSummary } from "./problem-summary.tsx";
import {
  type NavigationItem,
  NavigationTabs,
  type Operator,
  SiteFooter,
  SiteHeader,
} from "./site.tsx";

export interface PageProps {
  /** What this page is about, in a few words. It is the first heading too, unless `heading` says otherwise. */
  readonly title: string;
  readonly assets: AssetUrls;
  /** Scripts to load by name, such as `lanyard.js`. None on the agent's pages. */
  readonly scripts?: readonly string[] | undefined;
  readonly lang?: string | undefined;
  /** Which half of Lanyard is speaking, under the name in the header. */
  readonly service?: string | undefined;
  readonly homeHref?: string | undefined;
  readonly operator?: Operator | undefined;
  readonly navigation?: readonly NavigationItem[] | undefined;
  readonly back?: { readonly href: string; readonly text?: string } | undefined;
  /** What was wrong with the last answer. The title then starts "Error: ". */
  readonly errors?: readonly PageError[] | undefined;
  /** Above the heading: "Step 2 of 4". */
  readonly caption?: string | undefined;
  /** Replaces the heading; `false` when the page brings its own, as a confirmation panel does. */
  readonly heading?: ReactNode | false;
  /** Full width for tables and card lists; two thirds, for reading, otherwise. */
  readonly wide?: boolean | undefined;
  readonly children: ReactNode;
}

/** The one layout: header, tabs, back link, problem, heading, content, footer, in reading order. */
export function Page(props: PageProps): ReactElement {
  return (
    <html lang={props.lang ?? "en-GB"}>
      <Head {...props} />
      <body>
        <SkipLink href="#main">Skip to main content</SkipLink>
        <SiteHeader
          service={props.service ?? "Care Identity Service"}
          homeHref={props.homeHref ?? "/"}
          operator={props.operator}
        />
        <NavigationTabs items={props.navigation ?? []} />
        <Main {...props} />
        <SiteFooter />
      </body>
    </html>
  );
}

function Head({ title, assets, scripts, errors, service }: PageProps): ReactElement {
  const prefix = errors !== undefined && errors.length > 0 ? "Error: " : "";
  return (
    <head>
      <meta charSet="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
      <meta name="color-scheme" content="light" />
      <title>{`${prefix}${title} - ${service ?? "Care Identity Service"} - Lanyard`}</title>
      <link rel="stylesheet" href={assets.stylesheet} />
      <link rel="icon" href={assets.icon} type="image/svg+xml" />
      {(scripts ?? []).map((name) => (
        <script key={name} type="module" src={assets.script(name)} />
      ))}
    </head>
  );
}

function Main(props: PageProps): ReactElement {
  const { back, errors = [], wide = false, children } = props;
  return (
    <div className="nhsuk-width-container">
      {back === undefined ? null : (
        <nav aria-label="Back">
          <a className="nhsuk-back-link" href={back.href}>
            {back.text ?? "Back"}
          </a>
        </nav>
      )}
      <main className="nhsuk-main-wrapper" id="main">
        <div className={wide ? "lanyard-column lanyard-column--wide" : "lanyard-column"}>
          <ProblemSummary errors={errors} />
          <MainHeading {...props} />
          {children}
        </div>
      </main>
    </div>
  );
}

function MainHeading({ title, caption, heading }: PageProps): ReactElement | null {
  if (heading === false) return null;
  return (
    <h1 className="nhsuk-heading-l">
      {caption === undefined ? null : (
        <span className="nhsuk-caption-l">
          {caption}
          <span className="nhsuk-u-visually-hidden">: </span>
        </span>
      )}
      {heading ?? title}
    </h1>
  );
}
