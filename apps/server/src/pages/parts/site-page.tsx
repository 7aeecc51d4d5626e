import { Page, type PageProps } from "@lanyard/pages";
import type { ReactElement } from "react";
import type { Frame } from "../frame.ts";

type SitePageProps = Omit<PageProps, "assets" | "scripts" | "operator" | "navigation"> & {
  readonly frame: Frame;
};

/** The shared layout with this visitor's header and tabs, and the one script. */
export function SitePage({ frame, ...page }: SitePageProps): ReactElement {
  const { operator } = frame;
  return (
    <Page
      {...page}
      assets={frame.assets}
      scripts={["lanyard.js"]}
      homeHref={operator === undefined ? "/" : "/cis"}
      navigation={frame.navigation}
      operator={
        operator && {
          name: operator.name,
          role: `${operator.roleName}, ${operator.organisation}`,
          signOut: { action: "/sign-out" },
        }
      }
    />
  );
}
