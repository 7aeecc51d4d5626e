import type { World } from "./world.ts";

/** What one desk was told by the server since {@link Acknowledged.forget}. */
export interface Acknowledged {
  /** Releases that reached the desk. */
  readonly releases: number;
  /** Every entry of the record that an answer to the desk has promised. */
  readonly actions: readonly string[];
  forget(): void;
  /** Resolves when the leash breaks next: nothing more of this server arrives. */
  broken(): Promise<void>;
}

interface Message {
  readonly call?: string;
  readonly id?: unknown;
  readonly replyTo?: unknown;
  readonly refused?: unknown;
  readonly body?: Body;
}

interface Body {
  readonly step?: string;
  readonly status?: number;
  readonly lost?: boolean;
  readonly next?: string;
}

const APPLIED = 0x9000;

/** Reads it off the road between the desk and the server, where the server's memory plays no part. */
export function watchAcknowledged(world: World): Acknowledged {
  const asked = new Map<unknown, string>();
  let releases = 0;
  let actions: string[] = [];
  let whenBroken: () => void = () => undefined;
  world.onLeash({
    message: ({ from, text }) => {
      const message: Message = JSON.parse(text);
      const action = actionOf(message);
      if (from === "agent") {
        if (action !== undefined) asked.set(message.id, action);
        return;
      }
      const promised = asked.get(message.replyTo);
      if (message.refused !== undefined) return;
      if (message.body?.next === "open") releases += 1;
      if (promised !== undefined) actions.push(promised);
    },
    broken: () => {
      asked.clear();
      whenBroken();
    },
  });
  return {
    get releases() {
      return releases;
    },
    get actions() {
      return actions;
    },
    forget: () => {
      releases = 0;
      actions = [];
    },
    broken: () =>
      new Promise((resolve) => {
        whenBroken = resolve;
      }),
  };
}

/** What the record must say once this was answered. */
function actionOf({ call, body }: Message): string | undefined {
  if (call === "unlock_authorise") return "unlock.released";
  if (call === "unlock_prove") return "unlock.verified";
  if (call !== "unlock_report" || body?.status !== APPLIED || body.lost === true) return undefined;
  if (body.step === "reset") return "unlock.pin_set";
  return body.step === "rotate" ? "unlock.rotated" : undefined;
}
