import { displayName, type Records, type Session } from "@lanyard/identity";
import type { ReaderView } from "@lanyard/wire";
import type { Core } from "../core.ts";
import type { CardOwner, DeskStatus, ReaderStatus } from "../pages/desk-status/desk-status.tsx";

/**
 * What a desk's readers hold, as far as this visitor may see it. Only the operator signed in at that very desk is told
 * whose card is in; to any other browser a card is a card.
 */
export async function describeDesk(
  core: Core,
  deskId: string | undefined,
  session: Session | undefined,
): Promise<DeskStatus> {
  const { serviceDesk } = core.config;
  const link = deskId === undefined ? undefined : await core.links.find(deskId);
  const view = link?.view;
  if (view === undefined) return { serviceDesk, state: "agent_down" };
  if (view.service === "down") return { serviceDesk, state: "service_down" };
  const readers = await core.store.transaction((records) =>
    Promise.all(view.readers.map((reader) => describeReader(core, records, { reader, session }))),
  );
  return { serviceDesk, state: "readers", readers };
}

interface Looking {
  readonly reader: ReaderView;
  readonly session: Session | undefined;
}

async function describeReader(
  core: Core,
  records: Records,
  { reader, session }: Looking,
): Promise<ReaderStatus> {
  const { name } = reader;
  if (reader.state !== "card") return { name, state: reader.state };
  if (session === undefined) return { name, state: "card", whose: { kind: "not_told" } };
  if (reader.insertion === session.insertion)
    return { name, state: "card", whose: { kind: "yours" } };
  return { name, state: "card", whose: await ownerOf(core, records, reader.certificate) };
}

/** By the key in the certificate, as ever; that it is really that card, only its own proof will show. */
async function ownerOf(core: Core, records: Records, certificate: string): Promise<CardOwner> {
  const verified = core.trust.verify(Buffer.from(certificate, "base64"));
  const card = verified && (await records.cards.findByKey(verified.keyHash));
  const person = card && (await records.people.find(card.careId));
  return person === undefined ? { kind: "unknown" } : { kind: "person", name: displayName(person) };
}
