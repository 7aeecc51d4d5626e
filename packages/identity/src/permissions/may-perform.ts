import type { Role } from "./roles.ts";
import { type PermissionSettings, type Scope, scopeOf } from "./settings.ts";
import { ACTIVITIES, type Activity, type Cell, cellOf, isSelfService } from "./table.ts";

/** Who asks: every role in force, and where it is held. */
export interface Actor {
  readonly roles: readonly HeldRole[];
}

export interface HeldRole {
  readonly role: Role;
  readonly organisationCode: string;
}

/** What it is asked about. Without one, the answer is whether there is anything at all the actor may do it to. */
export interface Target {
  /** For each organisation of the target: its code and its parents', nearest first. {@link organisationPath} */
  readonly organisationPaths?: readonly (readonly string[])[];
  /** The target is the actor: their own card, their own request. */
  readonly isActor?: boolean;
  /** The position is marked as assignable by sponsors. */
  readonly isAssignable?: boolean;
  /** The kind of request or report. */
  readonly kind?: string;
  /** The roles that would be given with it. */
  readonly grants?: readonly Role[];
}

/** Why not, weakest claim first: of several roles' reasons the last in this list is told. */
export const DENIALS = [
  "no_role",
  "setting_off",
  "not_this_kind",
  "out_of_scope",
  "request_only",
  "own_card",
  "not_own_card",
  "own_request",
  "above_own_rights",
] as const;

export type Denial = (typeof DENIALS)[number];

export type Permission =
  /** `via` is undefined for what everybody may do to what is their own. */
  | {
      readonly allowed: true;
      readonly via: Role | undefined;
      readonly organisationCode: string | undefined;
    }
  | { readonly allowed: false; readonly reason: Denial };

/**
 * Whether `actor` may do `activity`, and by which role: deny by default. `request_only` says that the actor may raise
 * a request for it. Nobody services their own card, decides their own request or grants above their own rights.
 */
export function mayPerform(
  activity: Activity,
  actor: Actor,
  settings: PermissionSettings,
  target?: Target,
): Permission {
  const refused = refusedToAnybody(activity, actor, target);
  if (refused !== undefined) return deny(refused);
  if (isSelfService(activity)) return permitOwn(target);
  let reason: Denial = "no_role";
  for (const held of actor.roles) {
    const denial = denialFor(cellOf(activity, held.role), { activity, held, settings, target });
    if (denial === undefined)
      return { allowed: true, via: held.role, organisationCode: held.organisationCode };
    reason = stronger(reason, denial);
  }
  return deny(reason);
}

function permitOwn(target: Target | undefined): Permission {
  if (target !== undefined && target.isActor !== true) return deny("not_own_card");
  return { allowed: true, via: undefined, organisationCode: undefined };
}

/** An organisation's code and its parents', nearest first; one that is its own ancestor is listed once. */
export function organisationPath(
  code: string,
  organisations: readonly { readonly code: string; readonly parentCode: string | undefined }[],
): readonly string[] {
  const path: string[] = [];
  let next: string | undefined = code;
  while (next !== undefined && !path.includes(next)) {
    const here: string = next;
    path.push(here);
    next = organisations.find((organisation) => organisation.code === here)?.parentCode;
  }
  return path;
}

/** What is done to a card in the assisted flow, for somebody else. */
const ASSISTED: readonly Activity[] = ["unlock", "renew-due", "manage-card-life"];

function refusedToAnybody(
  activity: Activity,
  actor: Actor,
  target: Target | undefined,
): Denial | undefined {
  if (target?.isActor === true && ASSISTED.includes(activity)) return "own_card";
  if (target?.isActor === true && activity === "decide-requests") return "own_request";
  return target?.grants?.some((role) => !holdsAllOf(role, actor)) ? "above_own_rights" : undefined;
}

/** Nothing in the granted role's column is more than the best of the actor's own cells beside it. */
function holdsAllOf(granted: Role, actor: Actor): boolean {
  return ACTIVITIES.every((activity) =>
    actor.roles.some(
      ({ role }) => strength(cellOf(activity, role)) >= strength(cellOf(activity, granted)),
    ),
  );
}

/** `self` is everybody's and gives nothing that could be granted. */
const STRENGTHS: readonly Cell[] = [
  "-",
  "self",
  "ask",
  "assignable",
  "some",
  "setting",
  "own",
  "yes",
];

function strength(cell: Cell): number {
  return STRENGTHS.indexOf(cell);
}

interface Case {
  readonly activity: Activity;
  readonly held: HeldRole;
  readonly settings: PermissionSettings;
  readonly target: Target | undefined;
}

/** What the cell leaves to refuse; `undefined`: nothing. */
function denialFor(cell: Cell, { activity, held, settings, target }: Case): Denial | undefined {
  if (cell === "-") return "no_role";
  const scope = cell === "own" ? "own-organisation" : scopeOf(activity, settings);
  if (!isInScope(held.organisationCode, scope, target)) return "out_of_scope";
  switch (cell) {
    case "yes":
    case "own":
    case "self":
      return undefined;
    case "ask":
      return "request_only";
    case "assignable":
      return target?.isAssignable === true ? undefined : "request_only";
    case "some":
      return isNamedKind(activity, settings, target) ? undefined : "not_this_kind";
    case "setting":
      return settings.smartcardAdministratorsSeeManageTab ? undefined : "setting_off";
  }
}

function isInScope(actorCode: string, scope: Scope, target: Target | undefined): boolean {
  const paths = target?.organisationPaths;
  if (paths === undefined || scope === "national") return true;
  return paths.some((path) =>
    scope === "hierarchy" ? path.includes(actorCode) : path[0] === actorCode,
  );
}

function isNamedKind(
  activity: Activity,
  settings: PermissionSettings,
  target: Target | undefined,
): boolean {
  const kinds = settings.kinds[activity] ?? [];
  return target?.kind === undefined ? kinds.length > 0 : kinds.includes(target.kind);
}

function stronger(left: Denial, right: Denial): Denial {
  return DENIALS.indexOf(right) > DENIALS.indexOf(left) ? right : left;
}

function deny(reason: Denial): Permission {
  return { allowed: false, reason };
}
