import type { ReactElement } from "react";
import { ServiceDesk } from "./service-desk.tsx";

/** The way on from an end, as the tables of words have it. */
export interface WayOn {
  readonly toDo: string;
  /** What is to be done may not be enough. */
  readonly needsHelp?: boolean;
}

/** What to do after an end that was not success; nothing when nothing is known. */
export function WhatNow(props: {
  readonly title: string;
  readonly end: WayOn | undefined;
  readonly serviceDesk: string;
}): ReactElement | null {
  const { title, end, serviceDesk } = props;
  if (end === undefined) return null;
  return (
    <>
      <h2 className="nhsuk-heading-m">{title}</h2>
      <p>{end.toDo}</p>
      {end.needsHelp === true ? <ServiceDesk contact={serviceDesk} /> : null}
    </>
  );
}
