import { expect, test } from "vitest";
import { openLog } from "./log.ts";
import { describeEachDatabase } from "./sql/testing.ts";

function logged(error: unknown): string {
  const lines: string[] = [];
  openLog("error", { write: (line) => lines.push(line) }).error({ err: error }, "something.failed");
  return lines.join("");
}

test("an error that nobody foresaw is logged by kind and place, not by its words or fields", () => {
  const error = Object.assign(new Error("Maria Okafor, seed 0badc0de"), {
    code: "23514",
    detail: "Failing row contains (Maria, Okafor, 0badc0de).",
    parameters: ["0badc0de"],
  });
  const line = logged(new Error("outside 0badc0de", { cause: error }));
  expect(line).not.toMatch(/Maria|Okafor|0badc0de/);
  expect(JSON.parse(line)).toMatchObject({
    msg: "something.failed",
    err: {
      name: "Error",
      cause: { code: "23514", at: expect.arrayContaining([expect.stringContaining("log.test")]) },
    },
  });
});

test("what is no error at all is not printed either", () => {
  expect(logged("0badc0de")).not.toContain("0badc0de");
  expect(logged({ passcode: "0badc0de" })).not.toContain("0badc0de");
});

describeEachDatabase("a row the database refuses", (database) => {
  test("is not in the log, though the driver's error holds it whole", async () => {
    const row = {
      care_id: "not-a-number",
      title: null,
      given_names: "Xanthippe",
      family_name: "Quillfeather",
      date_of_birth: "1984-03-17",
      email: null,
      phone: null,
      job_title: null,
      status: "open",
      organisation_code: "RX1",
    };
    const refusal: unknown = await database()
      .db.insertInto("person")
      .values(row)
      .execute()
      .catch((error: unknown) => error);
    expect(JSON.stringify(refusal)).toContain("Quillfeather");
    expect(logged(refusal)).not.toMatch(/Xanthippe|Quillfeather|1984-03-17/);
    expect(logged(refusal)).toContain("23514");
  });
});
