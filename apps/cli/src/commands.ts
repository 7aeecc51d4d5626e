import { AUDIT_COMMANDS } from "./audit/commands.ts";
import type { CommandFacts, OptionFacts } from "./command.ts";
import type { ExitName } from "./exit-codes.ts";
import { longRunning } from "./long-running.ts";

const READER: OptionFacts = {
  value: "NAME",
  help: "which reader, by any part of its name; needed when several hold a card",
};
const STDIN: OptionFacts = {
  help: "read passcodes and PUK from standard input, one a line, instead of asking",
};
const LAST_TRY: OptionFacts = { help: "go on even if this try is the last one the card has" };
const CARD_EXITS: readonly ExitName[] = ["ok", "refused", "usage", "environment", "unknown"];
const DESKS_EXITS: readonly ExitName[] = ["ok", "refused", "usage", "environment"];
const KEY_EXITS: readonly ExitName[] = ["ok", "refused", "usage", "environment"];
const WITH_SHARES: Readonly<Record<string, OptionFacts>> = {
  "with-shares": { help: "make the key here, bring it in, and split it into shares" },
  out: { value: "FOLDER", help: "where the shares are written; goes with --with-shares" },
};
const SECRETS_NOTE =
  "Passcodes and PUKs are never taken as arguments, where other users of this PC could read them.";

/** Every command there is. Help, parsing and dispatch all read this. */
export const COMMANDS: readonly CommandFacts[] = [
  {
    name: "demo",
    summary:
      "Try it all in a browser: server, agent, database, two virtual readers, a tray of cards",
    about: [
      "Starts everything on this PC with invented people, and says which address to open. Needs no card",
      "reader and installs nothing. Ctrl-C stops it.",
    ],
    options: {
      data: { value: "FOLDER", help: "where the demo keeps its data (.lanyard)" },
      port: { value: "PORT", help: "the server's port (3000)" },
      "agent-port": { value: "PORT", help: "the agent's port (24738)" },
      "tray-port": { value: "PORT", help: "the card tray's port (24739)" },
      pcsc: { help: "this PC's own smartcard service and vpcd instead of readers in memory" },
      "vpcd-port": { value: "PORT", help: "with --pcsc: vpcd's first port (35963)" },
      json: { help: "print the two addresses as JSON" },
    },
    takesAnything: true,
    examples: ["lanyard demo"],
    exits: ["ok", "refused", "usage", "environment"],
    load: async () => {
      const { runDemo } = await import("./demo/demo.ts");
      return { run: ({ words }) => runDemo(words) };
    },
  },
  {
    name: "server",
    summary: "Run the care identity server",
    about: [
      "Reads its settings from the environment (LANYARD_ORIGIN, LANYARD_PORT, DATABASE_URL and others) and",
      "lists every wrong one at once. Without DATABASE_URL it keeps an embedded database in LANYARD_DATA.",
      "Ctrl-C or SIGTERM ends it once the work under way is done.",
    ],
    options: {},
    examples: ["LANYARD_ORIGIN=https://care.example lanyard server"],
    exits: ["ok", "refused", "usage", "environment"],
    load: async () => {
      const { runServer } = await import("@lanyard/server");
      return { run: (run) => runServer(longRunning(run)) };
    },
  },
  {
    name: "desks list",
    summary: "List the desks the server knows, and those that ask to be let in",
    about: [
      "Run on the server's machine, with the server's own settings: it reads the server's database. One desk a",
      "line: identifier, state, organisation, name. An embedded database is the server's alone while it runs:",
      "stop the server first, or use its pages.",
    ],
    options: {},
    examples: ["DATABASE_URL=postgres://... lanyard desks list"],
    exits: DESKS_EXITS,
    load: async () => ({ run: (await import("./desks/desks-commands.ts")).listDesks }),
  },
  {
    name: "desks add",
    summary: "Print a one-time code by which one desk is let in: the way in for the first one",
    about: [
      "Run on the server's machine, with the server's own settings (LANYARD_ORIGIN, DATABASE_URL or",
      "LANYARD_DATA). The code is printed once, is good for ten minutes and for one desk, and is typed on that",
      "PC into `lanyard agent enrol`.",
    ],
    options: {
      organisation: {
        value: "CODE",
        help: "the organisation that looks after the desk (required)",
      },
      name: { value: "NAME", help: "the desk's name; without it, what its agent calls it" },
    },
    examples: ["lanyard desks add --organisation RX1 --name 'Pharmacy, front desk'"],
    exits: DESKS_EXITS,
    load: async () => ({ run: (await import("./desks/desks-commands.ts")).addDesk }),
  },
  {
    name: "desks revoke",
    summary: "Shut a desk out: it is refused from now on",
    about: [
      "Run on the server's machine, with the server's own settings. A running server drops the desk's line and",
      "ends what goes on there within ten seconds; its page does so at once. There is no undoing.",
    ],
    options: {
      desk: { value: "ID", help: "the desk's identifier, from `lanyard desks list` (required)" },
    },
    examples: ["lanyard desks revoke --desk kq3cB0mWQ1yFz8n2hT5xJA"],
    exits: DESKS_EXITS,
    load: async () => ({ run: (await import("./desks/desks-commands.ts")).revokeDesk }),
  },
  {
    name: "agent enrol",
    summary: "Enrol this PC at its server by a one-time code",
    about: [
      "Asks for the code, or reads it as a line from standard input; never as an argument, where others on this",
      "PC could read it. Uses the agent's own settings (LANYARD_SERVER, LANYARD_AGENT_DATA). An agent that runs",
      "already is let in within seconds.",
    ],
    options: {},
    examples: ["LANYARD_SERVER=https://care.example lanyard agent enrol"],
    exits: ["ok", "refused", "usage", "environment"],
    load: () => import("./desks/agent-enrol.ts"),
  },
  {
    name: "agent",
    summary: "Run the desk's agent on the PC with the card readers",
    about: [
      "Reads its settings from the environment (LANYARD_SERVER, LANYARD_AGENT_PORT, LANYARD_DESK_NAME and",
      "others). Its pages are on 127.0.0.1 only. `lanyard doctor` says what is wrong if it does not work.",
    ],
    options: {},
    examples: ["LANYARD_SERVER=https://care.example LANYARD_DESK_NAME='Front desk' lanyard agent"],
    exits: ["ok", "refused", "usage", "environment"],
    load: async () => {
      const { runAgent } = await import("@lanyard/agent");
      return { run: (run) => runAgent(longRunning(run)) };
    },
  },
  {
    name: "doctor",
    summary: "Say in plain words what is wrong at this PC, and what to do about it",
    about: [
      "Looks at the smartcard service, the readers, the cards, the agent, the server, the clock and the",
      "versions. Needs no administrator rights, spends no passcode try, changes nothing.",
    ],
    options: {
      server: {
        value: "URL",
        help: "the server to reach (LANYARD_SERVER, else http://localhost:3000)",
      },
      port: { value: "PORT", help: "the agent's port (LANYARD_AGENT_PORT, else 24738)" },
    },
    examples: ["lanyard doctor", "lanyard doctor --server https://care.example"],
    exits: ["ok", "refused", "usage"],
    load: () => import("./doctor/doctor-command.ts"),
  },
  {
    name: "card status",
    summary: "Show what is on a card and how many tries its passcode has left",
    about: [
      "Reads any PIV card in a reader of this PC: its identifier, its certificates, its passcode's tries.",
      "Costs no try and changes nothing. A locked card is answered with exit code 1.",
    ],
    options: { reader: READER },
    examples: ["lanyard card status", "lanyard card status --reader 'Omnikey'"],
    exits: CARD_EXITS,
    load: () => import("./card/status.ts"),
  },
  {
    name: "card verify",
    summary: "Check a passcode against a card",
    about: [
      "Tells the tries left, asks for the passcode without showing it, and tries it once. A wrong passcode",
      "costs one try.",
      SECRETS_NOTE,
    ],
    options: { reader: READER, stdin: STDIN, "last-try": LAST_TRY },
    examples: ["lanyard card verify", "lanyard card verify --stdin < passcode.txt"],
    exits: CARD_EXITS,
    load: () => import("./card/verify.ts"),
  },
  {
    name: "card change",
    summary: "Change a card's passcode, by the old one",
    about: [
      "Asks for the old passcode, then twice for the new one; sends them once. With --stdin: old, new, new",
      "again. A wrong old passcode costs one try.",
      SECRETS_NOTE,
    ],
    options: { reader: READER, stdin: STDIN, "last-try": LAST_TRY },
    examples: ["lanyard card change"],
    exits: CARD_EXITS,
    load: () => import("./card/change.ts"),
  },
  {
    name: "card unblock",
    summary: "Give a locked card a new passcode, by its PUK",
    about: [
      "Asks for the PUK (8 characters), then twice for the new passcode; sends them once. With --stdin: PUK,",
      "new, new again. A wrong PUK costs one of the few PUK tries, and a card without any is lost for good.",
      "Cards issued by Lanyard have no PUK that anybody knows: unlock them at a desk.",
      SECRETS_NOTE,
    ],
    options: { reader: READER, stdin: STDIN },
    examples: ["lanyard card unblock"],
    exits: CARD_EXITS,
    load: () => import("./card/unblock.ts"),
  },
  {
    name: "card serve",
    summary: "Put a virtual card into a vpcd reader, so that any program on this PC sees it",
    about: [
      "Reads the card from a file and stores it there after every change; makes a new one, with factory",
      "passcode 123456 and PUK 12345678, if there is no such file. The file IS the card, private keys and",
      "all: it is readable by you only. Runs until Ctrl-C, which takes the card out.",
    ],
    options: {
      state: { value: "FILE", help: "the card (required)" },
      port: {
        value: "PORT",
        help: "vpcd's port: 35963 for its first reader, 35964 for its second",
      },
      host: { value: "HOST", help: "where vpcd listens (127.0.0.1)" },
    },
    examples: [
      "lanyard card serve --state card.json",
      "lanyard card serve --state b.json --port 35964",
    ],
    exits: ["ok", "usage", "environment"],
    load: () => import("./card/serve.ts"),
  },
  {
    name: "secrets init",
    summary: "Make the first master key, in the key file or in a PKCS#11 token",
    about: [
      "Reads the server's settings: LANYARD_PKCS11_MODULE, _TOKEN and _PIN_FILE name a token, else the key is",
      "made in LANYARD_MASTER_KEY_FILE. A token makes it inside and never gives it out. An existing key is",
      "never overwritten. See docs/secrets.md for the key ceremony.",
      "",
      "With --with-shares the key is made in this machine's memory, brought in, and split into 5 shares of",
      "which any 3 give it back: the only way to have shares of a key in a token. FOLDER must not be there yet.",
    ],
    options: WITH_SHARES,
    examples: [
      "lanyard secrets init",
      "lanyard secrets init --with-shares --out /media/ceremony/v1",
    ],
    exits: KEY_EXITS,
    load: async () => (await import("./secrets/add-key.ts")).init,
  },
  {
    name: "secrets rotate",
    summary: "Make the next version of the master key; cards move to it one by one",
    about: [
      "New cards use it at once, other cards from their next unlock on. Older versions stay where they are:",
      "cards need them until then. `lanyard secrets status` shows how many still do.",
    ],
    options: WITH_SHARES,
    examples: ["lanyard secrets rotate"],
    exits: KEY_EXITS,
    load: async () => (await import("./secrets/add-key.ts")).rotate,
  },
  {
    name: "secrets status",
    summary: "Show the master key versions, and the share of cards that still need each",
    about: [
      "One line a version, with four bytes it is recognised by. Exit code 1 when cards need a version that is",
      "not there. With the embedded database the server must be stopped; RA Managers see the same on a page.",
    ],
    options: {},
    examples: ["lanyard secrets status"],
    exits: ["ok", "refused", "usage", "environment"],
    load: () => import("./secrets/status.ts"),
  },
  {
    name: "secrets split",
    summary: "Split a version of the key file into 5 shares, any 3 of which give it back",
    about: [
      "Writes five files into a folder that must not be there yet. A key in a PKCS#11 token cannot be taken",
      "out to be split: make it with `lanyard secrets init --with-shares`.",
    ],
    options: {
      version: { value: "NUMBER", help: "which version (required)" },
      out: { value: "FOLDER", help: "where the shares are written (required)" },
    },
    examples: ["lanyard secrets split --version 1 --out /media/ceremony/v1"],
    exits: KEY_EXITS,
    load: () => import("./secrets/split.ts"),
  },
  {
    name: "secrets break-glass",
    summary: "Compute one card's PUK from shares, when neither token nor key file is left",
    about: [
      "Reads three shares of every version that the card needs, as lines on standard input or from files, and",
      "prints the PUKs that the card may hold, for a sealed slip. The audit entry is written first, and the",
      "card is marked: the next unlock at a desk changes its PUK. Shares are never taken as arguments.",
    ],
    options: {
      card: { value: "SERIAL", help: "the card (required)" },
      reason: { value: "TEXT", help: "why, for the record (required)" },
      shares: {
        value: "FILES",
        help: "files with shares, separated by commas, instead of standard input",
      },
    },
    examples: ["lanyard secrets break-glass --card 20000001 --reason 'Token lost' < shares.txt"],
    exits: KEY_EXITS,
    load: () => import("./secrets/break-glass.ts"),
  },
  {
    name: "secrets serve",
    summary: "Run the process that holds the master keys, so that web nodes hold none",
    about: [
      "Listens on the Unix socket LANYARD_SECRETS_SOCKET. A web node with the same setting asks it to seal a",
      "release by its ceremony alone; it reads DATABASE_URL and LANYARD_TRUST_FILE itself and checks every proof",
      "again. LANYARD_RELEASES_PER_OPERATOR and _PER_SITE limit what it seals within an hour.",
    ],
    options: {},
    examples: ["LANYARD_SECRETS_SOCKET=/run/lanyard/secrets.sock lanyard secrets serve"],
    exits: ["ok", "refused", "usage", "environment"],
    load: async () => {
      const { runSecrets } = await import("@lanyard/server");
      return { run: (run) => runSecrets(longRunning(run)) };
    },
  },
  {
    name: "passcode check",
    summary: "Judge passcodes by the rules: accept, or reject with a reason",
    about: [
      "Reads passcodes from standard input, one a line, as bytes (UTF-8). A line ends with LF or CR LF; the",
      "last one needs no end; an empty line is an empty passcode. Prints `accept` or `reject CODE` for each,",
      "never the passcode. Codes: TOO_SHORT TOO_LONG BAD_CHAR REPEAT SEQUENCE KEYBOARD PERSONAL DATE CONTEXT",
      "COMMON. The exit code is 0 whatever the verdicts.",
      "",
      "FILE says what the holder must not choose, as JSON:",
      '  {"names": ["Maria", "Okafor"], "dob": "1984-03-17", "numbers": ["555083916274"], "codes": ["RX1"]}',
    ],
    options: {
      policy: { value: "NAME", help: "care-4-8 (unless given) or care-6-8-digits" },
      card: {
        value: "RULE",
        help: "what the card takes: alphanumeric-4-8 or digits-6-8; narrows the policy",
      },
      holder: { value: "FILE", help: "the holder's data; without it nothing is personal" },
    },
    examples: [
      "printf '7294\\n1234\\n' | lanyard passcode check --policy care-4-8",
      "lanyard passcode check --policy care-6-8-digits --holder maria.json < passcodes.txt",
    ],
    exits: ["ok", "usage"],
    load: () => import("./passcode/passcode-check.ts"),
  },
  ...AUDIT_COMMANDS,
];
