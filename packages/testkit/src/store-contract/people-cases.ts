import type { RoleAssignment, Store } from "@lanyard/identity";
import { describe, expect, test } from "vitest";
import { addPeople, HOLDER, minutesLater, NOON, OPERATOR, person, plain } from "./samples.ts";

export function peopleCases(open: () => Store): void {
  describe("people", () => {
    test("a person comes back with every field, and with every optional field undefined", async () => {
      const whole = person({
        careId: OPERATOR,
        title: "Dr",
        givenNames: "Zoë Anne-Marie",
        familyName: "O'Neil",
        email: "zoe@example.test",
        phone: "+44 113 496 0000",
        jobTitle: "Ward clerk",
        status: "closed",
      });
      const found = await open().transaction(async ({ people }) => {
        await people.addOrganisation({ code: "RX1", name: "Trust", parentCode: undefined });
        await people.add(person());
        await people.add(whole);
        return [await people.find(HOLDER), await people.find(OPERATOR)];
      });
      expect(found).toStrictEqual([person(), whole]);
    });

    test("nobody of that number is undefined", async () => {
      expect(await open().transaction(({ people }) => people.find(HOLDER))).toBeUndefined();
    });

    test("the same number twice is a conflict, and the first stays", async () => {
      await open().transaction(addPeople);
      const again = open().transaction(({ people }) => people.add(person({ familyName: "Other" })));
      await expect(again).rejects.toMatchObject({ code: "store/conflict" });
      const found = await open().transaction(({ people }) => people.find(HOLDER));
      expect(found?.familyName).toBe("Okafor");
    });

    test("organisations come by code, each with its parent or none; a code twice is a conflict", async () => {
      await open().transaction(async ({ people }) => {
        await people.addOrganisation({ code: "RX2", name: "Trust two", parentCode: undefined });
        await people.addOrganisation({ code: "A81", name: "Practice", parentCode: "RX2" });
      });
      expect(await open().transaction(({ people }) => people.organisations())).toStrictEqual([
        { code: "A81", name: "Practice", parentCode: "RX2" },
        { code: "RX2", name: "Trust two", parentCode: undefined },
      ]);
      expect(await open().transaction(({ people }) => people.organisation("A81"))).toStrictEqual({
        code: "A81",
        name: "Practice",
        parentCode: "RX2",
      });
      expect(await open().transaction(({ people }) => people.organisation("A8"))).toBeUndefined();
      const again = open().transaction(({ people }) =>
        people.addOrganisation({ code: "RX2", name: "Again", parentCode: undefined }),
      );
      await expect(again).rejects.toMatchObject({ code: "store/conflict" });
    });
  });
  photoCases(open);
  roleCases(open);
}

function photoCases(open: () => Store): void {
  describe("photos", () => {
    test("a photo comes back byte for byte, and a newer one takes its place", async () => {
      await open().transaction(async (records) => {
        await addPeople(records);
        const first = new Uint8Array([0, 1, 2, 255]);
        await records.people.setPhoto(HOLDER, { bytes: first, mediaType: "image/png" });
        expect(plain(await records.people.photo(HOLDER))).toStrictEqual({
          bytes: new Uint8Array([0, 1, 2, 255]),
          mediaType: "image/png",
        });
        const second = new Uint8Array([9]);
        await records.people.setPhoto(HOLDER, { bytes: second, mediaType: "image/jpeg" });
        expect(plain(await records.people.photo(HOLDER))).toStrictEqual({
          bytes: new Uint8Array([9]),
          mediaType: "image/jpeg",
        });
        expect(await records.people.photo(OPERATOR)).toBeUndefined();
      });
    });

    test("withPhoto names those who have one, and asks nothing for nobody", async () => {
      await open().transaction(async (records) => {
        await addPeople(records);
        const photo = { bytes: new Uint8Array([1]), mediaType: "image/png" } as const;
        await records.people.setPhoto(HOLDER, photo);
        expect(await records.people.withPhoto([HOLDER, OPERATOR])).toEqual(new Set([HOLDER]));
        expect(await records.people.withPhoto([OPERATOR])).toEqual(new Set());
        expect(await records.people.withPhoto([])).toEqual(new Set());
      });
    });
  });
}

function roleCases(open: () => Store): void {
  describe("roles in force", () => {
    const assignment = (change: Partial<RoleAssignment>): RoleAssignment => ({
      careId: HOLDER,
      role: "RA Agent",
      organisationCode: "RX1",
      from: NOON,
      until: undefined,
      ...change,
    });

    test("a role is in force from its first moment and no more at its last", async () => {
      const limited = assignment({ until: minutesLater(10) });
      await open().transaction(async (records) => {
        await addPeople(records);
        await records.people.assignRole(limited);
        const at = (minutes: number) => records.people.rolesOf(HOLDER, minutesLater(minutes));
        expect(await at(-1)).toStrictEqual([]);
        expect(await at(0)).toStrictEqual([limited]);
        expect(await at(9)).toStrictEqual([limited]);
        expect(await at(10)).toStrictEqual([]);
      });
    });

    test("roles without an end stay; only one's own are told", async () => {
      const lasting = assignment({});
      const later = assignment({ role: "RA Sponsor", from: minutesLater(1) });
      await open().transaction(async (records) => {
        await addPeople(records);
        await records.people.assignRole(lasting);
        await records.people.assignRole(later);
        await records.people.assignRole(assignment({ careId: OPERATOR, role: "RA Manager" }));
        const found = await records.people.rolesOf(HOLDER, minutesLater(525_600));
        expect(found).toStrictEqual([lasting, later]);
      });
    });

    test("the same assignment twice is a conflict", async () => {
      await open().transaction(async (records) => {
        await addPeople(records);
        await records.people.assignRole(assignment({}));
      });
      const again = open().transaction(({ people }) => people.assignRole(assignment({})));
      await expect(again).rejects.toMatchObject({ code: "store/conflict" });
    });
  });
}
