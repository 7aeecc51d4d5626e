import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compileAsync } from "sass";
import { describe, expect, test } from "vitest";
import { readAssets } from "./index.ts";

async function emptyDirectory(): Promise<URL> {
  const path = await mkdtemp(join(tmpdir(), "lanyard-assets-"));
  return pathToFileURL(`${path}/`);
}

describe("readAssets", () => {
  test("gives each built file by its address, with type and etag", async () => {
    const directory = await emptyDirectory();
    const manifest = { hash: "abc123", names: ["lanyard.css", "lanyard.js"] };
    await writeFile(new URL("manifest.json", directory), JSON.stringify(manifest));
    await writeFile(new URL("lanyard.css", directory), "a{}");
    await writeFile(new URL("lanyard.js", directory), "1");
    const assets = await readAssets(directory);
    expect(assets.hash).toBe("abc123");
    expect([...assets.files.keys()]).toEqual([
      "/assets/abc123/lanyard.css",
      "/assets/abc123/lanyard.js",
    ]);
    expect(assets.files.get("/assets/abc123/lanyard.css")).toMatchObject({
      type: "text/css; charset=utf-8",
      etag: '"abc123"',
    });
  });

  test("says how to build what is missing", async () => {
    await expect(readAssets(await emptyDirectory())).rejects.toMatchObject({
      code: "assets/not_built",
      message: expect.stringContaining("npm run build"),
    });
  });

  test("a manifest that is not one counts as not built", async () => {
    const directory = await emptyDirectory();
    await writeFile(new URL("manifest.json", directory), '{"hash":1,"names":"x"}');
    await expect(readAssets(directory)).rejects.toMatchObject({ code: "assets/not_built" });
  });
});

test("the style sheet has no licensed font and asks no other server for anything", async () => {
  const source = fileURLToPath(new URL("../styles/lanyard.scss", import.meta.url));
  const modules = ["../../node_modules", "../../../../node_modules"].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const { css } = await compileAsync(source, { loadPaths: modules, quietDeps: true });
  expect(css).toContain("font-family: arial");
  expect(css).not.toMatch(/frutiger/i);
  expect(css).not.toContain("@font-face");
  expect(css).not.toContain("nhs.uk");
  expect(css).not.toMatch(/url\(["']?(?:https?:)?\/\//);
});
