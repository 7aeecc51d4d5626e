import type { Finding, SourceFile } from "./source-files.ts";
import { keepOnly, lineAt } from "./source-text.ts";

/** A bracketed key, perhaps with a place in it: `[PIV-2 §3.2.1]`, `[PIV-1 table 4b]`, `[X690]`. Not a link's text. */
const CITATION = /\[([A-Z0-9][A-Z0-9-]+(?: [0-9]+)?)( [^\]\n]+)?\](?![(:])/g;

/** The same with a section sign, which is a citation wherever it stands, a test's name too. */
const SECTION_CITATION = /\[([A-Z0-9][A-Z0-9-]+(?: [0-9]+)?) §[^\]\n]+\]/g;

/** A row of docs/specs.md: `| [KEY] | exact edition | <https://...> |`. */
const DEFINITION = /^\|\s*\[([A-Z0-9-]+)\]\s*\|\s*(.*?)\s*\|\s*(.*?)\s*\|\s*$/gm;

/** Every citation in the sources and the documents has its key defined, and every definition is whole. */
export function checkCitations(
  files: readonly SourceFile[],
  specs: SourceFile,
): readonly Finding[] {
  const keys = new Set([...specs.text.matchAll(DEFINITION)].map(([, key]) => key));
  const unknown = files
    .filter(({ path }) => path !== specs.path)
    .flatMap((file) =>
      citationsIn(file)
        .filter(({ key }) => !keys.has(key))
        .map(({ key, line }) => ({
          rule: "citations/unknown_key",
          path: file.path,
          line,
          message: `[${key}] is not defined in ${specs.path}.`,
        })),
    );
  return [...checkDefinitions(specs), ...unknown];
}

interface Citation {
  readonly key: string;
  readonly line: number;
}

/** In TypeScript: those in comments, and those with a § in test names. In Markdown: those outside code. */
function citationsIn(file: SourceFile): readonly Citation[] {
  if (file.path.endsWith(".md")) return matches(CITATION, withoutMarkdownCode(file.text));
  const comments = keepOnly("comments", file.text).replace(/`[^`\n]*`/g, blank);
  const rest = keepOnly("code and strings", file.text);
  return [...matches(CITATION, comments), ...matches(SECTION_CITATION, rest)];
}

function matches(pattern: RegExp, text: string): readonly Citation[] {
  return [...text.matchAll(pattern)]
    .map((match) => ({ key: match[1] ?? "", line: lineAt(text, match.index) }))
    .filter(({ key }) => looksLikeKey(key));
}

/** Three characters or more with a letter among them. `A-Z` and `0-9` are ranges, not keys. */
function looksLikeKey(key: string): boolean {
  return key.length >= 3 && /[A-Z]/.test(key)
    ? !/^(?:.-.)+$/.test(key)
    : /^\d+-\d+$/.test(key) && key.length > 3;
}

function withoutMarkdownCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, blank).replace(/`[^`\n]*`/g, blank);
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

function checkDefinitions(specs: SourceFile): readonly Finding[] {
  const seen = new Set<string>();
  return [...specs.text.matchAll(DEFINITION)].flatMap((match) => {
    const [, key = "", edition = "", address = ""] = match;
    const line = lineAt(specs.text, match.index);
    const found = (message: string) => ({
      rule: "citations/definition",
      path: specs.path,
      line,
      message,
    });
    const findings: Finding[] = [];
    if (seen.has(key)) findings.push(found(`[${key}] is defined twice.`));
    if (edition === "") findings.push(found(`[${key}] has no edition.`));
    if (!/^<?https:\/\/\S+$/.test(address)) findings.push(found(`[${key}] has no https address.`));
    seen.add(key);
    return findings;
  });
}
