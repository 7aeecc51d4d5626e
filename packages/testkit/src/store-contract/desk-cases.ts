import type { Store } from "@lanyard/identity";
import { describe, expect, test } from "vitest";
import { desk, minutesLater, plain } from "./samples.ts";

export function deskCases(open: () => Store): void {
  const add = (wanted = desk()) => open().transaction(({ desks }) => desks.add(wanted));

  describe("desks", () => {
    test.each([undefined, minutesLater(1)])(
      "a desk comes back by id and by key, revoked: %s",
      async (revokedAt) => {
        await add(desk({ revokedAt }));
        await open().transaction(async ({ desks }) => {
          expect(plain(await desks.find(desk().id))).toStrictEqual(desk({ revokedAt }));
          expect(plain(await desks.findByKey(desk().keyHash))).toStrictEqual(desk({ revokedAt }));
          expect(await desks.find("none")).toBeUndefined();
          expect(await desks.findByKey("none")).toBeUndefined();
        });
      },
    );

    test("a key is one desk's only", async () => {
      await add();
      const second = desk({ id: "second", keyHash: desk().keyHash });
      await expect(add(second)).rejects.toMatchObject({ code: "store/conflict" });
    });

    test("a desk takes another name and stays the same desk", async () => {
      await add();
      await add(desk({ id: "second" }));
      await open().transaction(async ({ desks }) => {
        await desks.rename(desk().id, "Ward 7");
        expect(plain(await desks.find(desk().id))).toStrictEqual(desk({ name: "Ward 7" }));
        expect((await desks.find("second"))?.name).toBe("Reception");
      });
    });
  });
}
