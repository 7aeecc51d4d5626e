import { readFile } from "node:fs/promises";

export type AssetsErrorCode = "assets/not_built";

/** The built assets cannot be read. */
export class AssetsError extends Error {
  override readonly name = "AssetsError";
  readonly code: AssetsErrorCode;

  constructor(code: AssetsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** One file as it is served. The address holds the build's hash, so it may be cached for ever. */
export interface Asset {
  readonly bytes: Uint8Array;
  readonly type: string;
  /** Quoted, ready for the header. */
  readonly etag: string;
}

export interface Assets {
  /** Give this to `assetUrls`. */
  readonly hash: string;
  /** By the path they are served at: `/assets/<hash>/lanyard.css`. */
  readonly files: ReadonlyMap<string, Asset>;
}

const DIRECTORY = new URL("../../dist/assets/", import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/**
 * Reads what `npm run build` made of the style sheet and the browser scripts, whether this runs from
 * source or from dist. About 200 kB; read once, at start.
 *
 * @throws {AssetsError} `assets/not_built`
 */
export async function readAssets(directory: URL = DIRECTORY): Promise<Assets> {
  const { hash, names } = await readManifest(directory);
  const files = new Map<string, Asset>();
  for (const name of names) {
    const bytes = await readFile(new URL(name, directory)).catch(notBuilt);
    const type = TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    files.set(`/assets/${hash}/${name}`, { bytes, type, etag: `"${hash}"` });
  }
  return { hash, files };
}

interface Manifest {
  readonly hash: string;
  readonly names: readonly string[];
}

async function readManifest(directory: URL): Promise<Manifest> {
  const text = await readFile(new URL("manifest.json", directory), "utf8").catch(notBuilt);
  const manifest: unknown = JSON.parse(text);
  if (!isManifest(manifest)) return notBuilt(undefined);
  return manifest;
}

function isManifest(value: unknown): value is Manifest {
  return (
    typeof value === "object" &&
    value !== null &&
    "hash" in value &&
    typeof value.hash === "string" &&
    "names" in value &&
    Array.isArray(value.names) &&
    value.names.every((name) => typeof name === "string")
  );
}

function notBuilt(cause: unknown): never {
  throw new AssetsError(
    "assets/not_built",
    "The style sheet and scripts have not been built yet. Run `npm run build` and start again.",
    { cause },
  );
}
