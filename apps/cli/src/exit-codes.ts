/** What the command says to the shell, one row each. */
// biome-ignore format: the columns are the documentation
export const EXIT = {
  ok:          { code: 0,  meaning: "done, or the answer is yes" },
  refused:     { code: 1,  meaning: "refused, failed, or the answer is no" },
  usage:       { code: 2,  meaning: "the command was given wrongly; nothing was done" },
  environment: { code: 3,  meaning: "something is missing here: no reader, no card, no smartcard service, no server, no free port" },
  unknown:     { code: 4,  meaning: "nobody knows: the card was lost before it answered, so it may have changed" },
  fault:       { code: 70, meaning: "a fault in lanyard itself" },
} as const;

export type ExitName = keyof typeof EXIT;
