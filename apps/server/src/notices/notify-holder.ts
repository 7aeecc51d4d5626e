import { type Ceremony, displayName, type Person, type Records } from "@lanyard/identity";
import type { Config } from "../config.ts";
import { formatMoment } from "../pages/parts/dates.ts";
import { newToken } from "../random.ts";
import { NOTICES, type NoticeKind, noticeText } from "./words.ts";

/**
 * Writes what the holder is told of this ceremony, once for each address on record, in the transaction of the step that
 * it tells of: committed with it or not at all [SP800-63B §4.6]. With no address that is written down instead.
 */
export async function notifyHolder(
  { config, now }: { readonly config: Pick<Config, "origin" | "serviceDesk">; now(): Date },
  records: Records,
  { kind, ceremony }: { readonly kind: NoticeKind; readonly ceremony: Ceremony },
): Promise<void> {
  const holder = await records.people.find(ceremony.holder);
  if (holder === undefined) return;
  const text = noticeText({
    kind,
    holderName: oneLine(displayName(holder)),
    serial: ceremony.cardSerial,
    when: formatMoment(ceremony.startedAt),
    desk: await deskOf(records, ceremony),
    by: await operatorOf(records, ceremony),
    serviceDesk: config.serviceDesk,
  });
  const addresses = addressesOf(holder);
  const known = addresses.length > 0;
  for (const to of known ? addresses : [undefined])
    await records.notices.write({
      messageId: `${newToken()}@${new URL(config.origin).hostname}`,
      event: `${ceremony.id} ${kind}`,
      ceremonyId: ceremony.id,
      holder: holder.careId,
      to,
      subject: NOTICES[kind].subject,
      text,
      writtenAt: now(),
      state: known ? "waiting" : "no_address",
    });
}

/** Printable ASCII, one @, nothing that is syntax in a header or in SMTP: whatever else is on record is no address. */
const ADDRESS =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,189}$)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/;

function addressesOf({ email, otherEmail }: Person): readonly string[] {
  const usable = [email, otherEmail].flatMap((address) =>
    address !== undefined && ADDRESS.test(address) ? [address] : [],
  );
  return [...new Set(usable)];
}

async function deskOf(records: Records, { deskId }: Ceremony): Promise<string> {
  const desk = await records.desks.find(deskId);
  const organisation = await organisationName(records, desk?.organisationCode);
  return [desk?.name ?? "an unknown desk", organisation].filter(Boolean).map(oneLine).join(", ");
}

/** The role the operator held when it began, and where; a name would be more than the holder needs. */
async function operatorOf(
  records: Records,
  { operator, holder, startedAt }: Ceremony,
): Promise<string> {
  if (operator === holder) return "yourself, with your smartcard";
  const [role] = await records.people.rolesOf(operator, startedAt);
  const organisation = await organisationName(records, role?.organisationCode);
  return [role?.role ?? "a member of registration authority staff", organisation]
    .filter(Boolean)
    .map(oneLine)
    .join(", ");
}

async function organisationName(records: Records, code: string | undefined): Promise<string> {
  if (code === undefined) return "";
  return (await records.people.organisation(code))?.name ?? code;
}

/** A name cannot become a line of its own, nor turn the text around. */
function oneLine(text = ""): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}
