import type { Finding, SourceFile } from "./source-files.ts";
import { keepOnly, lineAt } from "./source-text.ts";

/** An error's stable name: `card/pin_wrong`. */
const CODE = /[a-z][a-z0-9_-]*\/[a-z][a-z0-9_]*/;
const PROMISE = /@throws\s+\{(\w+)\}([\s\S]*?)(?=(?<!\{)@\w|\*\/|$)/g;
const UNION = /\bexport type (\w+)Code\b[^=]*=([\s\S]*?);/g;
const CLASS = /\bexport class (\w+)(?:<[^{]*>)? extends \w+/g;

/**
 * Every promise of an error (the `throws` tag) names a class that exists. Where that class has a union of codes, such
 * as `CardErrorCode` for `CardError`, the promise says which of them, and they are in it, or links to who says it.
 */
export function checkThrows(files: readonly SourceFile[]): readonly Finding[] {
  const unions = errorUnions(files);
  return files.flatMap((file) => {
    const comments = keepOnly("comments", file.text);
    return [...comments.matchAll(PROMISE)].flatMap((match) => {
      const [, errorName = "", promised = ""] = match;
      return wrongPromises(errorName, promised, unions).map((message) => ({
        rule: "citations/throws",
        path: file.path,
        line: lineAt(comments, match.index),
        message,
      }));
    });
  });
}

/** The language's own may be promised too, and have no codes. */
const LANGUAGE_ERRORS = ["Error", "TypeError", "RangeError", "SyntaxError"];

function wrongPromises(
  errorName: string,
  promised: string,
  unions: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] {
  const union = unions.get(errorName);
  if (union === undefined) return [`There is no error class ${errorName}.`];
  const codes = codesIn(promised);
  const isReferred = promised.includes("{@link ");
  if (union.size > 0 && codes.length === 0 && !isReferred)
    return [`Say which codes of ${errorName}Code.`];
  return codes
    .filter((code) => !union.has(code))
    .map((code) => `${code} is not in ${errorName}Code.`);
}

/** The codes of each error class, read from its union, or from the table that the union is made of. */
function errorUnions(files: readonly SourceFile[]): ReadonlyMap<string, ReadonlySet<string>> {
  const unions = new Map<string, ReadonlySet<string>>(
    LANGUAGE_ERRORS.map((name) => [name, new Set()]),
  );
  const sources = files.map(({ text }) => keepOnly("code and strings", text));
  for (const source of sources)
    for (const [, errorName = ""] of source.matchAll(CLASS)) unions.set(errorName, new Set());
  for (const source of sources) {
    for (const [, errorName = "", union = ""] of source.matchAll(UNION)) {
      const codes = union.includes("typeof ") ? quotedCodes(source) : quotedCodes(union);
      if (unions.has(errorName)) unions.set(errorName, new Set(codes));
    }
  }
  return unions;
}

function quotedCodes(text: string): readonly string[] {
  return [...text.matchAll(new RegExp(`"(${CODE.source})"`, "g"))].map(([, code = ""]) => code);
}

function codesIn(promised: string): readonly string[] {
  return [...promised.matchAll(new RegExp(`\`(${CODE.source})\``, "g"))].map(
    ([, code = ""]) => code,
  );
}
