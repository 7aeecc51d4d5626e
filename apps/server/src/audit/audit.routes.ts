import {
  AUDIT_ACTIONS,
  type AuditSearch,
  type CareId,
  parseAuditEntry,
  parseCareId,
} from "@lanyard/identity";
import type { Core } from "../core.ts";
import type { Answer, Route, SignedInVisitor } from "../http/route.ts";
import { auditEntryPage } from "../pages/audit/audit-entry.page.tsx";
import { type AuditQuery, auditSearchPage } from "../pages/audit/audit-search.page.tsx";
import { problemPage } from "../pages/problem/problem.page.tsx";
import { AuditError } from "./errors.ts";
import { exportLog } from "./export.ts";
import { readEntry } from "./read-entry.ts";
import { type Fact, record } from "./record.ts";

/** Entries on one page of a search, and in one download. */
const PAGE = 50;
const EXPORT = 10_000;

/** The record, for whoever may read it. Every look is itself on record. */
export function auditRoutes(core: Core): readonly Route[] {
  const access = "read-audit";
  return [
    {
      method: "GET",
      path: "/administration/audit",
      access,
      handle: (visitor) => search(core, visitor),
    },
    {
      method: "GET",
      path: "/administration/audit/export",
      access,
      handle: (visitor) => download(core, visitor),
    },
    {
      method: "GET",
      path: "/administration/audit/entries/:position",
      access,
      handle: (visitor) => entry(core, visitor),
    },
  ];
}

async function search(core: Core, visitor: SignedInVisitor): Promise<Answer> {
  const query = queryOf(visitor.query);
  const wanted = searchOf(query);
  if ("wrong" in wanted)
    return {
      page: auditSearchPage(visitor.frame, { query, wrong: wanted.wrong, entries: [] }),
      status: 400,
    };
  const found = await core.store.transaction(async (records) => {
    const latest = await records.audit.search({ ...wanted, limit: PAGE + 1 });
    if (Object.values(query).some((text) => text !== ""))
      await record(
        records,
        viewed(core, visitor, { holder: wanted.holder, details: asked(query) }),
      );
    return latest;
  });
  const entries = found.slice(0, PAGE).flatMap(({ position, leaf }) => {
    const parsed = parseAuditEntry(Buffer.from(leaf).toString("utf8"));
    return parsed === undefined ? [] : [{ position, entry: parsed }];
  });
  const next = found.length > PAGE ? found[PAGE - 1]?.position : undefined;
  return { page: auditSearchPage(visitor.frame, { query, entries, next }) };
}

function queryOf(query: Readonly<Record<string, string>>): AuditQuery {
  const text = (name: string) => (query[name] ?? "").trim().slice(0, 64);
  return {
    holder: text("holder"),
    operator: text("operator"),
    card: text("card"),
    ceremony: text("ceremony"),
    action: text("action"),
    from: text("from"),
    until: text("until"),
    before: text("before"),
  };
}

/** What was asked for, in the entry about the look. Identifiers and days, as typed. */
function asked(query: AuditQuery): Readonly<Record<string, string>> {
  const given = Object.entries(query).filter(([, text]) => text !== "");
  return { look: "search", ...Object.fromEntries(given) };
}

type Wanted = Omit<AuditSearch, "limit">;

function searchOf(query: AuditQuery): Wanted | { readonly wrong: keyof AuditQuery } {
  const holder = numberIn(query.holder);
  const actor = numberIn(query.operator);
  const [from, until] = [dayIn(query.from), dayIn(query.until)];
  if (holder === "wrong") return { wrong: "holder" };
  if (actor === "wrong") return { wrong: "operator" };
  if (from === "wrong") return { wrong: "from" };
  if (until === "wrong") return { wrong: "until" };
  if (query.before !== "" && !/^[0-9]{1,15}$/.test(query.before)) return { wrong: "before" };
  if (query.action !== "" && !Object.hasOwn(AUDIT_ACTIONS, query.action))
    return { wrong: "action" };
  return {
    holder,
    actor,
    cardSerial: query.card || undefined,
    ceremonyId: query.ceremony || undefined,
    action: query.action || undefined,
    from,
    // The last day is meant whole.
    until: until && new Date(until.getTime() + DAY_MS),
    before: query.before === "" ? undefined : Number(query.before),
  };
}

const DAY_MS = 86_400_000;

function numberIn(text: string): CareId | undefined | "wrong" {
  if (text === "") return undefined;
  return parseCareId(text.replaceAll(" ", "")) ?? "wrong";
}

function dayIn(text: string): Date | undefined | "wrong" {
  if (text === "") return undefined;
  const day = new Date(`${text}T00:00:00Z`);
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(day.getTime());
  return isDay ? day : "wrong";
}

async function entry(core: Core, visitor: SignedInVisitor): Promise<Answer> {
  const position = visitor.params["position"] ?? "";
  const checked = await core.store.transaction(async (records) => {
    if (!/^[0-9]{1,15}$/.test(position)) return undefined;
    const found = await readEntry(core, records, Number(position));
    if (found === undefined) return undefined;
    const holder = parseCareId(found.entry.holder);
    const details = { look: "entry", position: found.position };
    await record(records, viewed(core, visitor, { holder, details }));
    return found;
  });
  if (checked === undefined)
    return { page: problemPage(visitor.frame, { status: 404 }), status: 404 };
  return { page: auditEntryPage(visitor.frame, checked) };
}

/** At most so many entries from one on, and on to the checkpoint that covers them. */
async function download(core: Core, visitor: SignedInVisitor): Promise<Answer> {
  const text = visitor.query["from"] ?? "0";
  const from = /^[0-9]{1,15}$/.test(text) ? Number(text) : 0;
  await core.store.transaction((records) =>
    record(records, viewed(core, visitor, { details: { look: "export", from } })),
  );
  try {
    const parts: Uint8Array[] = [];
    for await (const part of exportLog(core.store, { from, to: from + EXPORT })) parts.push(part);
    return { bytes: Buffer.concat(parts), mediaType: "text/plain; charset=utf-8" };
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    return { page: problemPage(visitor.frame, { status: 404 }), status: 404 };
  }
}

function viewed(
  core: Core,
  { operator }: SignedInVisitor,
  rest: Pick<Fact, "details"> & { readonly holder?: CareId | undefined },
): Fact {
  return {
    action: "audit.viewed",
    at: core.now(),
    actor: operator.person.careId,
    deskId: operator.session.deskId,
    ...rest,
  };
}
