import type { MessagePort } from "node:worker_threads";
import { endsIdle, FrontendMessages, queryMessage, syncMessage } from "./frontend-messages.ts";
import type { Turns } from "./turns.ts";

/** Runs protocol bytes and returns the answer, which is the caller's to keep. */
export type Engine = (bytes: Uint8Array) => Promise<Uint8Array<ArrayBuffer>>;

export interface SessionOptions {
  readonly engine: Engine;
  readonly turns: Turns;
  /** The engine itself failed: nothing it says can be trusted any more. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Serves one client connection over a message port.
 *
 * A connection keeps its turn from its first statement until PostgreSQL says it is idle, so a
 * transaction is never interleaved with another connection's statements. When the client goes, what
 * it left open is rolled back and its session state (prepared statements, SET) dropped.
 */
export function serveSession(port: MessagePort, options: SessionOptions): void {
  const { engine, turns, onFailure } = options;
  const messages = new FrontendMessages();
  let giveUpTurn: (() => void) | undefined;
  let isGone = false;
  let work = Promise.resolve();

  const run = async (bytes: Uint8Array): Promise<void> => {
    giveUpTurn ??= await turns.take();
    const answer = await engine(bytes);
    const isIdle = endsIdle(answer);
    if (!isGone && answer.length > 0) port.postMessage(answer, [answer.buffer]);
    if (!isIdle) return;
    giveUpTurn();
    giveUpTurn = undefined;
  };
  const enqueue = (bytes: Uint8Array): void => {
    work = work.then(() => run(bytes)).catch(onFailure);
  };
  const leave = (): void => {
    if (isGone) return;
    isGone = true;
    for (const bytes of [syncMessage(), queryMessage("rollback"), queryMessage("discard all")])
      enqueue(bytes);
  };

  port.on("message", (chunk: Uint8Array) => {
    for (const batch of messages.push(chunk)) {
      if (batch.kind === "run") enqueue(batch.bytes);
      else leave();
    }
  });
  port.on("close", leave);
}
