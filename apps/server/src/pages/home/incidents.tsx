import type { CareId } from "@lanyard/identity";
import { Notice } from "@lanyard/pages";
import type { ReactElement } from "react";
import { profileHref } from "../parts/holder.ts";
import { WORDS } from "./words.ts";

/** A card that changed its PUK behind our back, for whoever may decide about it. */
export interface IncidentView {
  readonly serial: string;
  readonly careId: CareId;
  /** Name of the desk where it was last unlocked. */
  readonly firstDesk: string;
}

export function Incidents({
  incidents,
}: {
  readonly incidents: readonly IncidentView[];
}): ReactElement {
  return (
    <Notice tone="problem" title={WORDS.incidents}>
      <p>{WORDS.incidentsHint}</p>
      <ul className="nhsuk-list nhsuk-list--bullet">
        {incidents.map(({ serial, careId, firstDesk }) => (
          <li key={serial}>
            <a href={`${profileHref({ careId })}#smartcard-details`}>
              {WORDS.incident(serial, firstDesk)}
            </a>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
