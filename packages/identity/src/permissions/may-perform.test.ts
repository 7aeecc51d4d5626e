import { describe, expect, test } from "vitest";
import {
  type Denial,
  mayPerform,
  organisationPath,
  type Permission,
  type Target,
} from "./may-perform.ts";
import { parseRole, ROLE_NAMES, type Role, roleByCode } from "./roles.ts";
import { DEFAULT_PERMISSION_SETTINGS as DEFAULTS, type PermissionSettings } from "./settings.ts";
import { ACTIVITIES, type Activity } from "./table.ts";

/** Typed from the design's section 7, not from the table under test; `manage-desks` from ADR 0027, `see-key-versions` from 0026, `read-audit` from 0032. */
const DESIGN = `
  activity             | RA Manager | Advanced RA Agent | RA Agent | RA Sponsor | ID Checker | Smartcard Administrator | Privacy Officer
  find-person          | y   | y   | y   | y          | y    | y | -
  manage-smartcard-tab | y   | y   | y   | y          | -    | setting | -
  unlock               | y   | y   | y   | y          | -    | y | -
  renew-due            | y   | y   | y   | y          | -    | y | -
  manage-card-life     | y   | y   | y   | -          | -    | - | -
  edit-person          | y   | y   | y   | request    | y    | - | -
  close-person         | y   | y   | y   | request    | -    | - | -
  assign-position      | y   | y   | y   | assignable | -    | - | -
  define-positions     | y   | y   | -   | -          | -    | - | -
  decide-requests      | y   | y   | y   | some       | -    | - | -
  settle-frozen-card   | y   | y   | -   | -          | -    | - | -
  manage-desks         | y   | y   | -   | -          | -    | - | -
  see-key-versions     | y   | y   | -   | -          | -    | - | -
  read-audit           | -   | -   | -   | -          | -    | -       | y
  report               | all | all | all | own        | some | -       | -
  change-own-passcode  | self | self | self | self     | self | self  | self
`;

const [header = [], ...body] = DESIGN.trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()));
const cells = body.flatMap(([activity = "", ...row]) =>
  row.map((cell, index) => ({ activity, role: header[index + 1] ?? "", cell })),
);

/** All but what everybody may do to what is their own. */
const SCOPED = ACTIVITIES.filter((activity) => activity !== "change-own-passcode");

const HERE = "ZRT1";
const BELOW = "ZPH1";
const ELSEWHERE = "ZRT2";
const at = (...codes: string[]): Target => ({ organisationPaths: [codes] });

function ask(
  activity: string,
  role: string,
  {
    target = at(HERE),
    settings = DEFAULTS,
  }: { target?: Target; settings?: PermissionSettings } = {},
): Permission {
  return mayPerform(
    activityNamed(activity),
    { roles: [{ role: roleNamed(role), organisationCode: HERE }] },
    settings,
    target,
  );
}

function activityNamed(name: string): Activity {
  const found = ACTIVITIES.find((activity) => activity === name);
  if (found === undefined) throw new Error(`No activity ${name}`);
  return found;
}

function roleNamed(name: string): Role {
  const found = parseRole(name);
  if (found === undefined) throw new Error(`No role ${name}`);
  return found;
}

const denied = (reason: Denial): Permission => ({ allowed: false, reason });

describe("each cell of the design's table, in the role's own organisation", () => {
  test("the table here has every activity and every role but the plain user", () => {
    expect(cells).toHaveLength(ACTIVITIES.length * (ROLE_NAMES.length - 1));
  });

  test.each(cells)("$activity by $role: $cell", ({ activity, role, cell }) => {
    const yes: Permission = { allowed: true, via: roleNamed(role), organisationCode: HERE };
    const expected: Readonly<Record<string, Permission>> = {
      y: yes,
      all: yes,
      own: yes,
      setting: yes,
      "-": denied("no_role"),
      request: denied("request_only"),
      assignable: denied("request_only"),
      some: denied("not_this_kind"),
      self: denied("not_own_card"),
    };
    const target = cell === "some" ? { ...at(HERE), kind: "unheard of" } : at(HERE);
    expect(ask(activity, role, { target })).toEqual(expected[cell]);
  });

  test.each(SCOPED)("%s by a plain user or by nobody: no", (activity) => {
    expect(ask(activity, "User")).toEqual(denied("no_role"));
    expect(mayPerform(activity, { roles: [] }, DEFAULTS)).toEqual(denied("no_role"));
  });
});

describe("what a cell depends on", () => {
  test("the how-to's day: the tab is off for Smartcard Administrators, and for nobody else", () => {
    const settings = { ...DEFAULTS, smartcardAdministratorsSeeManageTab: false };
    expect(ask("manage-smartcard-tab", "Smartcard Administrator", { settings })).toEqual(
      denied("setting_off"),
    );
    expect(ask("manage-smartcard-tab", "RA Sponsor", { settings })).toMatchObject({
      allowed: true,
    });
    expect(ask("unlock", "Smartcard Administrator", { settings })).toMatchObject({ allowed: true });
  });

  test("a sponsor assigns what is marked assignable", () => {
    const target = { ...at(HERE), isAssignable: true };
    expect(ask("assign-position", "RA Sponsor", { target })).toMatchObject({ allowed: true });
    expect(ask("assign-position", "ID Checker", { target })).toEqual(denied("no_role"));
  });

  test("a sponsor decides, and an ID checker reports on, the kinds that the settings name", () => {
    expect(ask("report", "ID Checker", { target: { kind: "smartcards" } })).toMatchObject({
      allowed: true,
    });
    expect(ask("report", "ID Checker", { target: { kind: "audit" } })).toEqual(
      denied("not_this_kind"),
    );
    const settings = { ...DEFAULTS, kinds: { "decide-requests": ["modify-user"] } };
    const target = { ...at(HERE), kind: "modify-user" };
    expect(ask("decide-requests", "RA Sponsor", { target, settings })).toMatchObject({
      allowed: true,
    });
    expect(ask("decide-requests", "RA Sponsor", { target })).toEqual(denied("not_this_kind"));
  });
});

describe("scope", () => {
  const scoped = (scope: PermissionSettings["scopes"][Activity]): PermissionSettings => ({
    ...DEFAULTS,
    scopes: scope === undefined ? {} : { unlock: scope, "close-person": scope },
  });

  test.each([
    ["national", true, true, true],
    ["hierarchy", true, true, false],
    ["own-organisation", true, false, false],
  ] as const)("%s: own %s, below %s, elsewhere %s", (scope, own, below, elsewhere) => {
    const settings = scoped(scope);
    for (const activity of ["unlock", "close-person"]) {
      const allowed = (target: Target) => ask(activity, "RA Agent", { target, settings }).allowed;
      expect(allowed(at(HERE))).toBe(own);
      expect(allowed(at(BELOW, HERE))).toBe(below);
      expect(allowed(at(ELSEWHERE))).toBe(elsewhere);
    }
  });

  test("unlocking is national unless a setting says otherwise, and so is the record; everything else stays in the hierarchy", () => {
    expect(ask("read-audit", "Privacy Officer", { target: at(ELSEWHERE) }).allowed).toBe(true);
    for (const activity of SCOPED.filter((one) => one !== "read-audit")) {
      const expected = activity === "unlock" ? { allowed: true } : denied("out_of_scope");
      expect(
        ask(activity, "RA Manager", { target: at(ELSEWHERE), settings: scoped(undefined) }),
      ).toMatchObject(expected);
    }
  });

  test("a child's rights do not reach its parent, and a sponsor's reports only the organisation itself", () => {
    expect(ask("close-person", "RA Agent", { target: at("ZICB", "ZTOP") })).toEqual(
      denied("out_of_scope"),
    );
    expect(ask("report", "RA Sponsor", { target: at(BELOW, HERE) })).toEqual(
      denied("out_of_scope"),
    );
  });

  test("one of the target's organisations is enough, none is not", () => {
    const target = { organisationPaths: [[ELSEWHERE], [BELOW, HERE]] };
    expect(ask("close-person", "RA Agent", { target })).toMatchObject({ allowed: true });
    expect(ask("close-person", "RA Agent", { target: { organisationPaths: [] } })).toEqual(
      denied("out_of_scope"),
    );
  });
});

describe("what nobody may", () => {
  const target = { ...at(HERE), isActor: true };

  test.each(["unlock", "renew-due", "manage-card-life"])("%s one's own card", (activity) => {
    expect(ask(activity, "RA Manager", { target })).toEqual(denied("own_card"));
  });

  test("decide one's own request", () => {
    expect(ask("decide-requests", "RA Manager", { target })).toEqual(denied("own_request"));
  });

  test.each([
    ["RA Manager", "RA Manager", true],
    ["RA Manager", "ID Checker", true],
    ["Advanced RA Agent", "RA Manager", true],
    ["RA Agent", "Advanced RA Agent", false],
    ["RA Agent", "RA Manager", false],
    ["RA Agent", "RA Sponsor", true],
    ["RA Agent", "ID Checker", true],
    ["RA Sponsor", "Smartcard Administrator", true],
    ["RA Sponsor", "ID Checker", false],
    ["RA Sponsor", "RA Agent", false],
    ["RA Sponsor", "User", true],
  ] as const)("grant above their own rights: %s gives %s: %s", (actor, granted, allowed) => {
    const permission = ask("assign-position", actor, {
      target: { ...at(HERE), isAssignable: true, grants: [granted] },
    });
    expect(permission).toMatchObject(allowed ? { allowed } : denied("above_own_rights"));
  });
});

describe("what everybody may, to what is their own", () => {
  const own = { allowed: true, via: undefined, organisationCode: undefined };

  test.each([...ROLE_NAMES, undefined])("change the passcode of one's own card: %s", (role) => {
    const roles = role === undefined ? [] : [{ role, organisationCode: HERE }];
    const asked = (target?: Target) =>
      mayPerform("change-own-passcode", { roles }, DEFAULTS, target);
    expect(asked()).toEqual(own);
    expect(asked({ isActor: true })).toEqual(own);
    expect(asked({ isActor: false })).toEqual(denied("not_own_card"));
    expect(asked(at(HERE))).toEqual(denied("not_own_card"));
  });
});

describe("several roles", () => {
  const roles = [
    { role: "ID Checker", organisationCode: HERE },
    { role: "RA Sponsor", organisationCode: BELOW },
    { role: "RA Agent", organisationCode: ELSEWHERE },
  ] as const;

  test("the one that allows it is named, with its organisation", () => {
    expect(mayPerform("close-person", { roles }, DEFAULTS, at(ELSEWHERE))).toEqual({
      allowed: true,
      via: "RA Agent",
      organisationCode: ELSEWHERE,
    });
  });

  test("if none does, the most useful reason is told", () => {
    expect(mayPerform("close-person", { roles }, DEFAULTS, at(BELOW, HERE))).toEqual(
      denied("request_only"),
    );
  });
});

test("role codes: the national ones, and a site's own for those nobody published", () => {
  expect(["R5080", "R5090", "B0267", "B1300", "R8000"].map((code) => roleByCode(code))).toEqual([
    "RA Manager",
    "RA Agent",
    "ID Checker",
    "RA Sponsor",
    undefined,
  ]);
  expect(roleByCode("X1234", { X1234: "Smartcard Administrator" })).toBe("Smartcard Administrator");
  expect(roleByCode("R5080", { R5080: "User" })).toBe("RA Manager");
  expect(roleByCode("toString")).toBeUndefined();
});

test("an organisation's path goes up to the top and survives a circle", () => {
  const organisations = [
    { code: "A", parentCode: undefined },
    { code: "B", parentCode: "A" },
    { code: "C", parentCode: "D" },
    { code: "D", parentCode: "C" },
  ];
  expect(organisationPath("B", organisations)).toEqual(["B", "A"]);
  expect(organisationPath("C", organisations)).toEqual(["C", "D"]);
  expect(organisationPath("X", organisations)).toEqual(["X"]);
});
