import type { ReactElement } from "react";

/** Who helps when nothing on the page does. */
export function ServiceDesk({ contact }: { readonly contact: string }): ReactElement {
  return <p>If that does not help, contact {contact}.</p>;
}
