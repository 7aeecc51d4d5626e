/** What of a TypeScript source is kept by {@link keepOnly}; all else becomes spaces, so that line numbers hold. */
export type Kept = "code" | "code and strings" | "comments";

/**
 * Blanks the parts of a source that are not wanted: its comments, its string contents, or everything else. Knows
 * strings, templates with code inside, comments and regular expressions; it is no parser and needs none.
 */
export function keepOnly(kept: Kept, source: string): string {
  let text = "";
  for (const piece of pieces(source)) {
    const isKept =
      piece.kind === "comment"
        ? kept === "comments"
        : kept === "code and strings" || (piece.kind === "code" && kept === "code");
    text += isKept ? piece.text : piece.text.replace(/[^\n]/g, " ");
  }
  return text;
}

/** The line that a position is on, counted from 1. */
export function lineAt(source: string, position: number): number {
  return source.slice(0, position).split("\n").length;
}

interface Piece {
  readonly kind: "code" | "string" | "comment";
  readonly text: string;
}

/** In this order: the first that matches at a place is what stands there. */
const QUOTED = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/y;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const REGULAR_EXPRESSION = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
const TEMPLATE_TEXT = /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*/y;

/** A slash after one of these begins a regular expression, after anything else it divides. */
const BEFORE_REGULAR_EXPRESSION = /(?:^|[(,=:[!&|?{;+*~^>-]|\b(?:return|case|typeof|of|in))\s*$/;

function* pieces(source: string): Generator<Piece> {
  /** One entry per template we are inside of: how many braces its current `${` has open. */
  const templates: number[] = [];
  let at = 0;
  let code = "";
  while (at < source.length) {
    const found = templateTextAt(source, at, templates) ?? pieceAt(source, at, code);
    if (found === undefined) {
      countBrace(source[at], templates);
      code += source[at];
      yield { kind: "code", text: source.slice(at, at + 1) };
      at += 1;
      continue;
    }
    if (found.kind === "string") code += '"';
    yield found;
    at += found.text.length;
  }
}

function pieceAt(source: string, at: number, code: string): Piece | undefined {
  const comment = matchAt(COMMENT, source, at);
  if (comment !== undefined) return { kind: "comment", text: comment };
  const quoted = matchAt(QUOTED, source, at);
  if (quoted !== undefined) return { kind: "string", text: quoted };
  if (source[at] !== "/" || !BEFORE_REGULAR_EXPRESSION.test(code.slice(-40))) return undefined;
  const expression = matchAt(REGULAR_EXPRESSION, source, at);
  return expression === undefined ? undefined : { kind: "string", text: expression };
}

/** At a backtick, or at the brace that ends a `${`: the template's text up to its end or to the next `${`. */
function templateTextAt(source: string, at: number, templates: number[]): Piece | undefined {
  const isResumed = source[at] === "}" && templates.at(-1) === 0;
  if (source[at] !== "`" && !isResumed) return undefined;
  if (isResumed) templates.pop();
  const body = matchAt(TEMPLATE_TEXT, source, at + 1) ?? "";
  const end = at + 1 + body.length;
  const isOpened = source.startsWith("${", end);
  if (isOpened) templates.push(0);
  return { kind: "string", text: source.slice(at, end + (isOpened ? 2 : 1)) };
}

function countBrace(character: string | undefined, templates: number[]): void {
  const open = templates.at(-1);
  if (open === undefined) return;
  if (character === "{") templates[templates.length - 1] = open + 1;
  if (character === "}") templates[templates.length - 1] = open - 1;
}

function matchAt(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}
