import { dirname, join } from "node:path/posix";
import type { Finding, SourceFile } from "./source-files.ts";
import { lineAt } from "./source-text.ts";

/** A Markdown link or picture: `[text](address)`. */
const LINK = /\]\(([^)\s]+)\)/g;

/** Every link of a document to a file of this repository leads to one. `exists` takes a path from the root. */
export function checkLinks(
  documents: readonly SourceFile[],
  exists: (path: string) => boolean,
): readonly Finding[] {
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(LINK)].flatMap((match) => {
      const address = (match[1] ?? "").replace(/#.*$/, "");
      const isElsewhere = /^[a-z]+:/.test(address) || address === "";
      if (isElsewhere || exists(join(dirname(path), address))) return [];
      return [
        {
          rule: "citations/broken_link",
          path,
          line: lineAt(text, match.index),
          message: `There is no ${address}.`,
        },
      ];
    }),
  );
}
