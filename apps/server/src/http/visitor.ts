import {
  DEFAULT_PERMISSION_SETTINGS,
  displayName,
  type HeldRole,
  mayPerform,
  type PermissionSettings,
  parseRole,
  type Session,
} from "@lanyard/identity";
import type { AssetUrls } from "@lanyard/pages";
import type { FastifyRequest } from "fastify";
import type { Config } from "../config.ts";
import type { Core } from "../core.ts";
import { administrationSections } from "../pages/administration/sections.ts";
import type { Frame } from "../pages/frame.ts";
import { hashOf, newCookieValue } from "../random.ts";
import type { SessionService } from "../sessions/session.service.ts";
import { readCookies } from "./cookies.ts";
import type { Operator, Visitor } from "./route.ts";

/** What visitors are recognised with. */
export interface Reception {
  readonly core: Core;
  readonly sessions: SessionService;
  readonly assets: AssetUrls;
}

/** The permission table's settings, from the site's own. */
export function permissionSettings(
  config: Pick<Config, "administratorsSeeManageTab" | "unlockScope">,
): PermissionSettings {
  return {
    ...DEFAULT_PERMISSION_SETTINGS,
    smartcardAdministratorsSeeManageTab: config.administratorsSeeManageTab,
    scopes: { ...DEFAULT_PERMISSION_SETTINGS.scopes, unlock: config.unlockScope },
  };
}

/** Who is asking, by cookies alone: nothing the browser says about itself is believed. */
export async function receive(reception: Reception, request: FastifyRequest): Promise<Visitor> {
  const { core, sessions } = reception;
  const cookies = readCookies(request.headers.cookie);
  const session = cookies.session && (await sessions.current(hashOf(cookies.session)));
  const operator = session ? await operatorOf(core, session) : undefined;
  return {
    params: textsOf(request.params),
    query: textsOf(request.query),
    form: textsOf(request.body),
    browser: cookies.browser ?? newCookieValue(),
    deskId: operator?.session.deskId ?? cookies.desk,
    sessionCookie: cookies.session,
    operator,
    frame: frameFor(reception, operator, request.url),
  };
}

async function operatorOf(core: Core, session: Session): Promise<Operator | undefined> {
  return core.store.transaction(async (records) => {
    const person = await records.people.find(session.careId);
    if (person === undefined || person.status === "closed") return undefined;
    const assignments = await records.people.rolesOf(session.careId, core.now());
    const roles = assignments.flatMap(({ role, organisationCode }): readonly HeldRole[] => {
      const known = parseRole(role);
      return known === undefined ? [] : [{ role: known, organisationCode }];
    });
    const code = roles[0]?.organisationCode ?? person.organisationCode;
    const organisation = (await records.people.organisation(code))?.name ?? code;
    return { session, person, actor: { roles }, organisation };
  });
}

function frameFor(reception: Reception, operator: Operator | undefined, url: string): Frame {
  const { core, assets } = reception;
  const { serviceDesk } = core.config;
  if (operator === undefined) return { assets, serviceDesk, navigation: [], operator: undefined };
  const settings = permissionSettings(core.config);
  const mayManage = mayPerform("manage-smartcard-tab", operator.actor, settings).allowed;
  const mayAdminister = administrationSections(operator.actor, settings).length > 0;
  const tabs = [
    { text: "Find a person", href: "/cis" },
    ...(mayManage ? [{ text: "Manage Smartcard", href: "/manage-smartcard" }] : []),
    ...(mayAdminister ? [{ text: "Administration", href: "/administration" }] : []),
  ];
  const [first] = operator.actor.roles;
  return {
    assets,
    serviceDesk,
    navigation: tabs.map((tab) => ({ ...tab, current: isCurrent(tab.href, url) })),
    operator: {
      name: displayName(operator.person),
      roleName: first?.role ?? "No role",
      organisation: operator.organisation,
    },
  };
}

function isCurrent(href: string, url: string): boolean {
  const path = url.split("?")[0] ?? "";
  const isCeremony = path.startsWith("/ceremonies/") && href === "/manage-smartcard";
  return path === href || path.startsWith(`${href}/`) || isCeremony;
}

/** Form fields, query and path as text; anything else, such as a repeated field, is left out. */
function textsOf(fields: unknown): Readonly<Record<string, string>> {
  if (typeof fields !== "object" || fields === null) return {};
  return Object.fromEntries(
    Object.entries(fields).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
}
