import { expect, test } from "vitest";
import { checkLinks } from "./links.ts";

function broken(text: string): readonly string[] {
  const exists = (path: string) => ["docs/a.md", "README.md"].includes(path);
  return checkLinks([{ path: "docs/b.md", text }], exists).map(({ message }) => message);
}

test("links to files that are there, to places in them and to elsewhere pass", () => {
  expect(broken("[a](a.md#part) [b](../README.md) [c](https://x.org/y) [d](#here)")).toEqual([]);
});

test("a link to a file that is not there is found, a picture too", () => {
  expect(broken("\n[a](gone.md) ![b](images/b.png)")).toEqual([
    "There is no gone.md.",
    "There is no images/b.png.",
  ]);
});
