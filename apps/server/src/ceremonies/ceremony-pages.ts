import type { Ceremony } from "@lanyard/identity";
import type { EndedOutcome } from "../pages/sign-out/signed-out.page.tsx";

/** Where one kind of ceremony shows how it stands. */
export interface CeremonyPages {
  readonly kind: string;
  /** Its page, for who began it and is signed in. */
  address(ceremony: Ceremony): string;
  /** The same for a browser that is signed out: no name, no number. `undefined` while there is nothing to tell. */
  ended(ceremony: Ceremony): EndedOutcome | undefined;
}
