import { closeSync, fsyncSync, openSync } from "node:fs";
import { NodeFS } from "@electric-sql/pglite/nodefs";

/** The part of emscripten's NODEFS that we reach into. Undocumented: hence the exact pin and the start-up self-test. */
interface NodeFilesystem {
  stream_ops: { fsync?: (stream: NodeStream) => number };
  realPath(node: unknown): string;
}

interface NodeStream {
  /** Absent for a directory: emscripten opens those without asking the system. */
  readonly nfd?: number;
  readonly node: unknown;
}

/**
 * PGlite's own file system with the one thing it leaves out: fsync reaches the disk.
 *
 * Emscripten's NODEFS has no fsync, so PostgreSQL's commits would return before they are durable.
 * When the system refuses an fsync, `onFailure` is called and must not return to PostgreSQL: PGlite
 * swallows exceptions, and what was to be durable is not.
 */
export class DurableFilesystem extends NodeFS {
  readonly #onFailure: (error: unknown) => never;
  #syncs = 0;

  constructor(directory: string, onFailure: (error: unknown) => never) {
    super(directory);
    this.#onFailure = onFailure;
  }

  /** How many times PostgreSQL has had its writes made durable. */
  get syncs(): number {
    return this.#syncs;
  }

  override async init(...[pg, options]: Parameters<NodeFS["init"]>): ReturnType<NodeFS["init"]> {
    const { emscriptenOpts } = await super.init(pg, options);
    const preRun = emscriptenOpts.preRun ?? [];
    preRun.push((module) => this.#install(module.NODEFS));
    return { emscriptenOpts: { ...emscriptenOpts, preRun } };
  }

  #install(filesystem: unknown): void {
    if (!isNodeFilesystem(filesystem)) return;
    filesystem.stream_ops.fsync = (stream) => {
      this.#syncs += 1;
      try {
        if (stream.nfd !== undefined) fsyncSync(stream.nfd);
        else syncDirectory(filesystem.realPath(stream.node));
      } catch (error) {
        this.#onFailure(error);
      }
      return 0;
    };
  }
}

/** Makes a directory's entries durable. Windows has no such call and needs none. */
export function syncDirectory(path: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function isNodeFilesystem(value: unknown): value is NodeFilesystem {
  return (
    typeof value === "object" &&
    value !== null &&
    "stream_ops" in value &&
    typeof value.stream_ops === "object" &&
    value.stream_ops !== null &&
    "realPath" in value &&
    typeof value.realPath === "function"
  );
}
