import type { Core } from "./core.ts";
import type { Route } from "./http/route.ts";
import { permissionSettings } from "./http/visitor.ts";
import { administrationPage } from "./pages/administration/administration.page.tsx";
import { administrationSections } from "./pages/administration/sections.ts";
import { problemPage } from "./pages/problem/problem.page.tsx";

/** What the Administration tab leads to. */
export function administrationRoutes(core: Core): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/administration",
      access: "session",
      handle: async ({ frame, operator }) => {
        const sections = administrationSections(operator.actor, permissionSettings(core.config));
        if (sections.length > 0) return { page: administrationPage(frame, sections) };
        return { page: problemPage(frame, { status: 403 }), status: 403 };
      },
    },
  ];
}
