import { encodeTlv, findTlv, fromHex } from "@lanyard/bytes";
import { type Command, type Precondition, refusal } from "./command.ts";
import {
  DATA,
  isTemplate,
  needsPasscodeToRead,
  P1_P2_CURRENT_APPLICATION,
  TAG_LIST,
  tagIn,
  tagName,
  tryParseTlvs,
} from "./data-tags.ts";

const PRECONDITIONS: readonly Precondition[] = [
  {
    must: "1. P1 and P2 are 3fff, this application's objects",
    else: 0x6a86,
    holds: ({ p1, p2 }) => p1 * 256 + p2 === P1_P2_CURRENT_APPLICATION,
  },
  {
    must: "2. The data is one tag list with one tag of one to three bytes",
    else: 0x6a80,
    holds: ({ data }) => requestedTag(data) !== undefined,
  },
  {
    must: "3. Fingerprints, face, iris, printed information and pairing code want the passcode first",
    else: 0x6982,
    holds: ({ data }, { status }) =>
      status.passcodeVerified || !needsPasscodeToRead(requestedTag(data) ?? 0),
  },
  {
    must: "4. The card holds the object",
    else: 0x6a82,
    holds: ({ data }, { state }) => state.objects[tagName(requestedTag(data) ?? 0)] !== undefined,
  },
];

/** GET DATA [PIV-2 §3.1.2]: one data object. */
export const getData: Command = (apdu, card) => {
  const refused = refusal(PRECONDITIONS, apdu, card);
  if (refused !== undefined) return refused;
  const tag = requestedTag(apdu.data) ?? 0;
  const content = fromHex(card.state.objects[tagName(tag)] ?? "");
  return { statusWord: 0x9000, data: encodeTlv(isTemplate(tag) ? tag : DATA, content) };
};

function requestedTag(data: Uint8Array): number | undefined {
  const objects = tryParseTlvs(data) ?? [];
  return objects.length === 1 ? tagIn(findTlv(objects, TAG_LIST)) : undefined;
}
