import { findTlv, toHex } from "@lanyard/bytes";
import type { CommandApdu } from "../apdu/command-apdu.ts";
import { type Command, type Precondition, refusal } from "./command.ts";
import {
  DATA,
  isWritable,
  P1_P2_CURRENT_APPLICATION,
  TAG_LIST,
  tagIn,
  tagName,
  tryParseTlvs,
} from "./data-tags.ts";

/** Room for one object: the largest in [PIV-1 Table 7], the facial image, is 12710 bytes. */
const OBJECT_LIMIT_BYTES = 12_710;

const PRECONDITIONS: readonly Precondition[] = [
  {
    must: "1. P1 and P2 are 3fff, this application's objects",
    else: 0x6a86,
    holds: ({ p1, p2 }) => p1 * 256 + p2 === P1_P2_CURRENT_APPLICATION,
  },
  {
    must: "2. The management key was proven",
    else: 0x6982,
    holds: (_apdu, { status }) => status.managementAuthenticated,
  },
  {
    must: "3. The data is a tag list and the object in 53",
    else: 0x6a80,
    holds: ({ data }) => written(data) !== undefined,
  },
  {
    must: "4. It is an object this card has a place for",
    else: 0x6a81,
    holds: ({ data }, { state }) => isWritable(written(data)?.tag ?? 0, state),
  },
  {
    must: "5. It fits",
    else: 0x6a84,
    holds: ({ data }) => (written(data)?.content.length ?? 0) <= OBJECT_LIMIT_BYTES,
  },
];

/** PUT DATA [PIV-2 §3.3.1]: replaces one data object; an empty one removes it. */
export const putData: Command = (apdu, card) => {
  const refused = refusal(PRECONDITIONS, apdu, card);
  if (refused !== undefined) return refused;
  const object = written(apdu.data);
  if (object === undefined) return { statusWord: 0x6a80 };
  const name = tagName(object.tag);
  const others = Object.entries(card.state.objects).filter(([tag]) => tag !== name);
  if (object.content.length > 0) others.push([name, toHex(object.content)]);
  return {
    statusWord: 0x9000,
    state: { ...card.state, objects: Object.fromEntries(others) },
  };
};

function written(
  data: CommandApdu["data"],
): { readonly tag: number; readonly content: Uint8Array } | undefined {
  const objects = tryParseTlvs(data) ?? [];
  const tag = tagIn(findTlv(objects, TAG_LIST));
  const content = findTlv(objects, DATA);
  if (objects.length !== 2 || tag === undefined || content === undefined) return undefined;
  return { tag, content };
}
