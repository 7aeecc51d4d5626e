import { once } from "node:events";
import { linkToVpcd } from "@lanyard/agent";
import { nodeCardCrypto } from "@lanyard/crypto";
import { createVirtualCard } from "@lanyard/virtual-card";
import { type CommandRun, textOption } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { note } from "../terminal.ts";
import { openCardFile } from "./card-file.ts";

const VPCD = { host: "127.0.0.1", port: 35_963 } as const;

/** `card serve`: a virtual card in a reader of this PC, until Ctrl-C. */
export async function run({ options, terminal }: CommandRun): Promise<number> {
  const path = textOption(options, "state");
  if (path === undefined) throw new CliError("cli/usage", "Say where the card is: --state FILE.");
  const host = textOption(options, "host") ?? VPCD.host;
  const port = parsePort(textOption(options, "port"));
  const file = await openCardFile(path);
  const stop = new AbortController();
  const interrupted = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  interrupted.then(
    () => stop.abort(),
    () => undefined,
  );
  const card = createVirtualCard({ state: file.state, crypto: nodeCardCrypto, save: file.save });
  const link = linkToVpcd({ host, port, card, signal: stop.signal });
  try {
    await link.inserted;
  } catch (error) {
    if (stop.signal.aborted) return EXIT.ok.code;
    throw new CliError(
      "cli/environment",
      `No vpcd listens on ${host}:${port}. Is pcscd running, with vsmartcard-vpcd installed?`,
      { cause: error },
    );
  }
  note(terminal, `The card ${file.state.serial} is in. Ctrl-C takes it out.`);
  await link.removed;
  return EXIT.ok.code;
}

function parsePort(text: string | undefined): number {
  if (text === undefined) return VPCD.port;
  const port = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new CliError("cli/usage", "--port is a number from 1 to 65535.");
}
