import type { Core } from "../core.ts";
import type { Route } from "../http/route.ts";
import { masterKeysPage } from "../pages/administration/master-keys.page.tsx";

/** How far a rotation has come. Numbers only: which card is on which version is nobody's business here. */
export function masterKeysRoutes(core: Core): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/administration/master-keys",
      access: "see-key-versions",
      handle: async ({ frame }) => {
        const shares = await core.store.transaction(({ cards }) => cards.keyVersionShares());
        const newest = Math.max(core.secrets.keyVersion, ...shares.map(({ version }) => version));
        return { page: masterKeysPage(frame, { shares, newest }) };
      },
    },
  ];
}
