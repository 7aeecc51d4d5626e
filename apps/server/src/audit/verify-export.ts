import { bytesEqual } from "@lanyard/bytes";
import { type AuditEntry, opensCommitments, parseAuditEntry } from "@lanyard/identity";
import {
  appendLeaf,
  type Checkpoint,
  coverOf,
  EMPTY,
  type Frontier,
  formatNote,
  LogError,
  leafHash,
  openCheckpoint,
  parseNote,
  rootOf,
  type VerifierKey,
} from "@lanyard/log";
import type { Trust } from "../certificates/trust.ts";
import {
  FILE_KINDS,
  type Line,
  NotOurs,
  readBase64,
  readCount,
  readHex,
  readNote,
  readUtf8,
  splitLines,
} from "./lines.ts";
import { hmacSha256, noteCrypto, sha256 } from "./log-key.ts";
import { faultOf, SIGNATURE_FAULTS, type SignedEntry, signedEntry } from "./signed-entries.ts";

/** What the checker brings along. Nothing of it comes from the server at the time of checking. */
export interface Checker {
  readonly key: VerifierKey;
  /** Authorities whose cards count; without them no card's signature is checked. */
  readonly trust?: Trust;
  /** The last checkpoint that was seen before, kept where the server cannot write. */
  readonly witness?: Checkpoint;
}

export type Verdict =
  | {
      readonly ok: true;
      readonly from: number;
      readonly leaves: number;
      readonly checkpoints: number;
      /** Signatures of cards that were checked, and that could not be without `trust`. */
      readonly signatures: number;
      readonly unchecked: number;
      readonly last: { readonly checkpoint: Checkpoint; readonly note: string };
    }
  /** The first thing that is wrong; what comes after it was not looked at. */
  | { readonly ok: false; readonly line: number; readonly why: string };

/**
 * Recomputes an exported log from its leaves' bytes and holds it against every checkpoint, every card's signature and
 * the witness. Constant memory, one pass: about two hashes a leaf and one signature check a checkpoint or signed entry.
 */
export async function verifyExport(
  bytes: AsyncIterable<Uint8Array>,
  checker: Checker,
): Promise<Verdict> {
  const check = new ExportCheck(checker);
  try {
    for await (const line of splitLines(bytes)) check.line(line);
    return check.verdict();
  } catch (error) {
    if (error instanceof NotOurs) return { ok: false, line: error.line, why: error.message };
    throw error;
  }
}

class ExportCheck {
  readonly #checker: Checker;
  #frontier: Frontier = EMPTY;
  #from: number | undefined;
  #line = 0;
  /** Hashes of the tree before the first leaf, still to come. */
  #missing = 0;
  #entry: AuditEntry | undefined;
  #last: { readonly checkpoint: Checkpoint; readonly note: string } | undefined;
  #checkpoints = 0;
  #signatures = 0;
  #unchecked = 0;
  readonly #certificates = new Map<string, Uint8Array>();
  /** Given and not used yet. */
  #fresh: Uint8Array | undefined;

  constructor(checker: Checker) {
    this.#checker = checker;
  }

  line(line: Line): void {
    this.#line = line.number;
    if (line.number === 1) this.#first(line);
    else if (line.number === 2) this.#begin(line);
    else if (this.#missing > 0) this.#node(line);
    else this.#body(line);
  }

  #body(line: Line): void {
    if (line.word === "leaf") this.#leaf(line);
    else if (line.word === "certificate") this.#certificate(line);
    else if (line.word === "checkpoint") this.#checkpoint(line);
    else if (line.word === "opening") this.#opening(line);
    else throw this.#wrong("This line has no place in an export.");
  }

  verdict(): Verdict {
    const { size } = this.#frontier;
    if (
      this.#last === undefined ||
      this.#last.checkpoint.size !== size ||
      this.#fresh !== undefined
    )
      throw this.#wrong("The end is missing: no checkpoint covers the last entries.");
    const { witness } = this.#checker;
    if (witness !== undefined && size < witness.size)
      throw this.#wrong(
        `The log was rolled back: the witness has seen ${witness.size} entries, here are ${size}.`,
      );
    return {
      ok: true,
      from: this.#from ?? 0,
      leaves: size - (this.#from ?? 0),
      checkpoints: this.#checkpoints,
      signatures: this.#signatures,
      unchecked: this.#unchecked,
      last: this.#last,
    };
  }

  #first({ word, value }: Line): void {
    if (word !== FILE_KINDS.export || value.length > 0)
      throw this.#wrong("This is not an export of an audit log.");
  }

  #begin(line: Line): void {
    if (line.word !== "from") throw this.#wrong("The export does not say where it begins.");
    const from = readCount(line);
    this.#from = from;
    const { witness } = this.#checker;
    if (witness !== undefined && witness.size < from)
      throw this.#wrong(
        `The export begins after what the witness has seen: export from ${witness.size} or earlier.`,
      );
    this.#frontier = { size: from, hashes: [] };
    this.#missing = coverOf({ from: 0, to: from }).length;
    if (from === 0) this.#witness();
  }

  #node(line: Line): void {
    if (line.word !== "node") throw this.#wrong("A hash of what came before is missing.");
    const { size, hashes } = this.#frontier;
    this.#frontier = { size, hashes: [...hashes, readHex(line)] };
    this.#missing -= 1;
    if (this.#missing === 0) this.#witness();
  }

  #certificate(line: Line): void {
    if (this.#fresh !== undefined) throw this.#wrong("A certificate that no entry needs.");
    this.#fresh = readBase64(line);
    this.#entry = undefined;
  }

  #leaf(line: Line): void {
    const entry = parseAuditEntry(readUtf8(line));
    if (entry === undefined) throw this.#wrong("An entry is not in its one form.");
    this.#entry = entry;
    this.#signature(entry);
    if (this.#fresh !== undefined) throw this.#wrong("A certificate that no entry needs.");
    const hash = leafHash(sha256, line.value);
    this.#frontier = appendLeaf(sha256, this.#frontier, hash).frontier;
    this.#witness();
  }

  #signature(entry: AuditEntry): void {
    const signed = signedEntry(entry);
    if (signed === undefined) return;
    if (signed === "not_whole")
      throw this.#wrong(`The entry ${entry.action} lacks what a card signed.`);
    const certificate = this.#certificateOf(signed);
    const { trust } = this.#checker;
    if (trust === undefined) {
      this.#unchecked += 1;
      return;
    }
    const fault = faultOf(signed, entry, { certificate, trust });
    if (fault !== undefined)
      throw this.#wrong(
        `The signature of the ${signed.whose}'s card in ${entry.action}: ${SIGNATURE_FAULTS[fault]}.`,
      );
    this.#signatures += 1;
  }

  #certificateOf({ cardSerial, slot }: SignedEntry): Uint8Array | undefined {
    const name = `${cardSerial}/${slot}`;
    if (this.#fresh !== undefined) {
      const known = this.#certificates.get(name);
      if (known !== undefined && bytesEqual(known, this.#fresh))
        throw this.#wrong("A certificate is there twice.");
      this.#certificates.set(name, this.#fresh);
      this.#fresh = undefined;
    }
    return this.#certificates.get(name);
  }

  #opening(line: Line): void {
    const entry = this.#entry;
    if (entry === undefined || !opensCommitments(entry, readUtf8(line), hmacSha256))
      throw this.#wrong("What is said to be personal data of an entry is not what was recorded.");
    this.#entry = undefined;
  }

  #checkpoint(line: Line): void {
    const note = readNote(line);
    const checkpoint = this.#open(note);
    this.#entry = undefined;
    const { size } = this.#frontier;
    if (checkpoint.size !== size || this.#fresh !== undefined)
      throw this.#wrong(
        `The log signed for ${checkpoint.size} entries here, and here are ${size}: some were added, dropped or moved.`,
      );
    if (this.#last?.checkpoint.size === size) throw this.#wrong("A checkpoint is there twice.");
    if (!bytesEqual(checkpoint.root, rootOf(sha256, this.#frontier)))
      throw this.#wrong(
        `An entry up to number ${size - 1} is not what the log signed for: changed, dropped or moved.`,
      );
    this.#checkpoints += 1;
    this.#last = { checkpoint, note };
  }

  /** Signed by the log's key, in the one form that the log gives it. */
  #open(note: string): Checkpoint {
    const { key } = this.#checker;
    try {
      const checkpoint = openCheckpoint(noteCrypto, note, key);
      const { text, signatures } = parseNote(note);
      const [own] = signatures;
      if (own !== undefined && formatNote(text, key, own.value) === note) return checkpoint;
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      throw this.#wrong(`A checkpoint does not stand: ${error.message}`);
    }
    throw this.#wrong("A checkpoint is not in its one form.");
  }

  /** At the size that the witness has seen, the root must be the one that it has seen. */
  #witness(): void {
    const { witness } = this.#checker;
    if (witness === undefined || witness.size !== this.#frontier.size) return;
    if (!bytesEqual(witness.root, rootOf(sha256, this.#frontier)))
      throw this.#wrong(
        `This is another log than the witness has seen: its first ${witness.size} entries differ. Two histories were signed with one key.`,
      );
  }

  #wrong(why: string): NotOurs {
    return new NotOurs(this.#line, why);
  }
}
