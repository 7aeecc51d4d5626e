import type { CommandFacts, OptionFacts } from "../command.ts";
import type { ExitName } from "../exit-codes.ts";

const OUT: OptionFacts = { value: "FILE", help: "where to write it (required)" };
const EXITS: readonly ExitName[] = ["ok", "refused", "usage", "environment"];
const DATABASE_NOTE =
  "Reads the database of LANYARD_DATA or DATABASE_URL. An embedded one is free only while no server runs.";

/** The record, outside the server. */
export const AUDIT_COMMANDS: readonly CommandFacts[] = [
  {
    name: "audit verify",
    summary: "Check an export of the audit log, or a proof from it, with no server at all",
    about: [
      "Recomputes the log from the entries' own bytes and holds it against every checkpoint that the log's key",
      "signed. With --trust it checks the signatures of operators' and holders' cards. With --witness it finds a",
      "log that was rolled back or told differently before, and then keeps the newest checkpoint in that file.",
      "Says yes (exit code 0) or the first thing that is wrong (exit code 1).",
    ],
    takesFile: true,
    options: {
      key: { value: "KEY", help: "the log's verifier key, as `audit key` printed it (required)" },
      trust: { value: "PEM", help: "certificate authorities whose cards count" },
      witness: {
        value: "FILE",
        help: "the last checkpoint seen; made at the first run. Keep it elsewhere",
      },
    },
    examples: [
      "lanyard audit verify record.log --key care.example/audit+7b3c90aa+AQ... --trust trust.pem",
      "lanyard audit verify record.log --key KEY --trust trust.pem --witness /media/stick/witness",
    ],
    exits: EXITS,
    load: () => import("./verify.ts"),
  },
  {
    name: "audit export",
    summary: "Write the audit log to a file that proves itself",
    about: [
      "Entries in the log's order, the certificates of the cards that signed, every checkpoint where it stood.",
      "The format is in docs/audit.md.",
      DATABASE_NOTE,
    ],
    options: {
      out: OUT,
      from: { value: "N", help: "begin with entry N (0); such an export is checked as a part" },
      openings: { help: "with what opens the commitments of personal fields" },
    },
    examples: ["lanyard audit export --out record.log"],
    exits: EXITS,
    load: async () => {
      const { runExport } = await import("./write-files.ts");
      return { run: runExport };
    },
  },
  {
    name: "audit prove",
    summary: "Write a proof that one entry is in the log",
    about: [
      "The entry, its place, the hashes that lead to the latest checkpoint. `audit verify` checks it.",
      DATABASE_NOTE,
    ],
    options: { out: OUT, entry: { value: "N", help: "its number in the log (required)" } },
    examples: ["lanyard audit prove --entry 1207 --out entry-1207.proof"],
    exits: EXITS,
    load: async () => {
      const { runProve } = await import("./write-files.ts");
      return { run: runProve };
    },
  },
  {
    name: "audit consistency",
    summary: "Write a proof that the log begins with what was signed before",
    about: [
      "From the first checkpoint of N entries or more to the latest. `audit verify` checks it.",
      DATABASE_NOTE,
    ],
    options: { out: OUT, size: { value: "N", help: "how many entries before (required)" } },
    examples: ["lanyard audit consistency --size 1000 --out grown.proof"],
    exits: EXITS,
    load: async () => {
      const { runConsistency } = await import("./write-files.ts");
      return { run: runConsistency };
    },
  },
  {
    name: "audit key",
    summary: "Make the key that the audit log is signed with, once, and print its public half",
    about: [
      "The file is for the server's eyes only; a file that is there is never overwritten. Give the printed",
      "verifier key to auditors: it is all they need of this installation. Every node uses the same file.",
    ],
    options: {
      out: OUT,
      name: {
        value: "NAME",
        help: "the log's name for ever, such as care.example/audit (required)",
      },
    },
    examples: ["lanyard audit key --out /etc/lanyard/audit-key --name care.example/audit"],
    exits: ["ok", "usage", "environment"],
    load: () => import("./key.ts"),
  },
];
