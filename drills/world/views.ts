import type { DeskView } from "@lanyard/wire";
import { openChanging } from "./until.ts";
import type { World } from "./world.ts";

/** What the server has taken in of one desk's readers. */
export interface Views {
  /** Every insertion this desk ever told of. */
  readonly told: ReadonlySet<string>;
  until(what: string, isSo: (view: DeskView) => boolean): Promise<void>;
}

type Message = { readonly [field: string]: unknown } & { readonly body?: DeskView };

export function watchViews(world: World, deskName: string): Views {
  const changing = openChanging();
  const asked = new Map<unknown, DeskView>();
  const told = new Set<string>();
  let known: DeskView | undefined;
  world.onLeash({
    message: ({ from, desk, text }) => {
      if (desk !== deskName) return;
      const message: Message = JSON.parse(text);
      if (from === "agent" && message["call"] === "desk_view" && message.body !== undefined) {
        asked.set(message["id"], message.body);
        for (const reader of message.body.readers)
          if (reader.state !== "empty") told.add(reader.insertion);
        return;
      }
      const view = from === "server" ? asked.get(message["replyTo"]) : undefined;
      if (view === undefined) return;
      asked.delete(message["replyTo"]);
      if (message["refused"] !== undefined) return;
      known = view;
      changing.changed();
    },
    broken: (desk) => {
      if (desk !== deskName) return;
      // What a server that is gone knew, its successor does not.
      known = undefined;
      asked.clear();
    },
  });
  return {
    told,
    until: (what, isSo) => changing.until(what, () => known !== undefined && isSo(known)),
  };
}
