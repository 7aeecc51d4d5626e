import { administrationRoutes } from "./administration.routes.ts";
import { auditRoutes } from "./audit/audit.routes.ts";
import { changeRoutes } from "./ceremonies/change.routes.ts";
import { outcomeRoutes } from "./ceremonies/outcome.routes.ts";
import { unlockRoutes } from "./ceremonies/unlock.routes.ts";
import type { Core } from "./core.ts";
import { desksRoutes } from "./desks/desks.routes.ts";
import type { Route } from "./http/route.ts";
import type { DeskRooms } from "./leash/desk-calls.ts";
import { peopleRoutes } from "./people/people.routes.ts";
import { portalRoutes } from "./portal/portal.routes.ts";
import { masterKeysRoutes } from "./secrets/master-keys.routes.ts";

/** Every page of the site. What is not here does not exist. */
export function siteRoutes(core: Core, rooms: DeskRooms): readonly Route[] {
  return [
    ...portalRoutes(core, rooms),
    ...peopleRoutes(core),
    ...unlockRoutes(core, rooms),
    ...administrationRoutes(core),
    ...desksRoutes(core, rooms),
    ...masterKeysRoutes(core),
    ...auditRoutes(core),
    ...changeRoutes(core, rooms),
    ...outcomeRoutes(core, rooms),
  ];
}
