import { readFile } from "node:fs/promises";
import type { CardSecrets, Post, Store } from "@lanyard/identity";
import { assetUrls } from "@lanyard/pages";
import { type Assets, readAssets } from "@lanyard/pages/node";
import { LEASH_TIMES } from "@lanyard/wire";
import type { FastifyInstance } from "fastify";
import type { LogKey } from "./audit/log-key.ts";
import { openSealer, SEAL_MS } from "./audit/sealer.ts";
import { CeremonyService } from "./ceremonies/ceremony.service.ts";
import { ChangeService } from "./ceremonies/change.service.ts";
import { createChangeAtDesk } from "./ceremonies/change-at-desk.ts";
import { CEREMONY_KINDS } from "./ceremonies/kinds.ts";
import { UnlockService } from "./ceremonies/unlock.service.ts";
import { createUnlockAtDesk } from "./ceremonies/unlock-at-desk.ts";
import { openTrust } from "./certificates/trust.ts";
import type { Config } from "./config.ts";
import type { Core } from "./core.ts";
import { DeskService } from "./desks/desk.service.ts";
import { DeskAdministration } from "./desks/desk-administration.ts";
import { recheck, shutOutRevoked } from "./desks/shut-out.ts";
import { serveHealth } from "./health.ts";
import { openSite } from "./http/server.ts";
import { type DeskRooms, deskCalls } from "./leash/desk-calls.ts";
import { openGateway } from "./leash/gateway.ts";
import { openLinks } from "./leash/links.ts";
import { serveLive } from "./live/stream.ts";
import type { Logger } from "./log.ts";
import { createHub, type NodeBus } from "./nodes/bus.ts";
import { openClock, refuseClockBehind, type SharedClock } from "./nodes/clock.ts";
import { openSender, SENDING } from "./notices/sender.ts";
import { createSealer, type ReleaseSealer } from "./releases/sealer.ts";
import { RotationService } from "./rotations/rotation.service.ts";
import { siteRoutes } from "./routes.ts";
import { SessionService } from "./sessions/session.service.ts";
import { createSignInService } from "./sign-in/sign-in.service.ts";
import { VisitService } from "./visits/visit.service.ts";

/** What a server is made of besides its settings; who opened them closes them, after the server. */
export interface ServerParts {
  readonly store: Store;
  readonly secrets: CardSecrets;
  /** Signs the audit log; without it nothing is sealed. */
  readonly logKey?: LogKey;
  /** The sealer in a process of its own; without it, this process seals by `secrets`. */
  readonly releases?: ReleaseSealer;
  readonly log: Logger;
  /** What carries mails to holders; without it, they wait in the outbox. */
  readonly post?: Post;
  /** The way to the other nodes; without it, this is the only one. */
  readonly bus?: NodeBus;
  readonly now?: () => Date;
  readonly assets?: Assets;
  /** When to look everything over: by the system's own timer, unless somebody else keeps time. */
  readonly every?: Every;
}

/** Runs `round` again and again, so many milliseconds apart; the function returned ends that. */
export type Every = (milliseconds: number, round: () => Promise<void>) => () => void;

const everyByTimer: Every = (milliseconds, round) => {
  const timer = setInterval(() => void round(), milliseconds);
  return () => clearInterval(timer);
};

export interface RunningServer {
  readonly origin: string;
  /** Where it listens; differs from the settings when they said 0. */
  readonly port: number;
  /** Lets requests under way finish, hangs up every leash and stream. */
  close(): Promise<void>;
}

/** How often sessions and ceremonies are looked over for what has run out of time. */
const ROUND_MS = LEASH_TIMES.heartbeatMs;

/** The map of the server: rooms are made here, once, and know each other only through here. */
export async function startServer(config: Config, parts: ServerParts): Promise<RunningServer> {
  const { store, secrets, log } = parts;
  const files = parts.assets ?? (await readAssets());
  const trust = openTrust(await readFile(config.trustFile, "utf8"));
  const bus = parts.bus ?? createHub().join();
  const links = openLinks({ store, bus, log });
  const clock = openClock({ log, monotonicMs: () => performance.now(), ownMs: Date.now });
  clock.hear(await links.beat());
  if (parts.now === undefined) await refuseClockBehind(store, clock);
  const now = parts.now ?? clock.now;
  const releases =
    parts.releases ?? createSealer({ store, secrets, trust, config, log, now, rate: undefined });
  const { logKey } = parts;
  const core: Core = {
    ...{ config, store, links, bus, trust, secrets, releases, logKey, log, now },
    kinds: CEREMONY_KINDS,
  };
  const rooms = openRooms(core);
  const reception = { core, sessions: rooms.sessions, assets: assetUrls(files.hash) };
  const app = await openSite({
    ...reception,
    files,
    routes: siteRoutes(core, rooms),
    extend: (site) => {
      serveLive(site, reception);
      serveHealth(site, core, clock);
    },
  });
  const hangUp = openLeashes(core, rooms, app);
  await app.listen({ host: config.host, port: config.port });
  const stopRounds = goRounds(core, { ...rooms, clock }, parts.every);
  const stopSealing = sealTheRecord(core, parts.every);
  const stopPost = startPost(core, parts);
  const port = portOf(app, config);
  log.info({ port }, "server.started");
  const close = async (): Promise<void> => {
    stopRounds();
    await stopPost();
    await hangUp();
    await app.close();
    await core.links.close();
    await stopSealing();
    log.info("server.stopped");
  };
  return { origin: config.origin, port, close };
}

function openRooms(core: Core): DeskRooms {
  const sessions = new SessionService(core);
  const visits = new VisitService(core);
  const ceremonies = new CeremonyService(core);
  const unlocks = new UnlockService(core, { visits, ceremonies });
  const changes = new ChangeService(core, { visits, ceremonies });
  const atDesk = {
    unlock: createUnlockAtDesk(core, { visits, sessions }),
    change: createChangeAtDesk(core, { visits, sessions }),
  };
  const onCardSigned = ceremonies.settle.bind(ceremonies);
  const rotations = new RotationService(core);
  const onSignedIn = rotations.afterSignIn.bind(rotations);
  const signIn = createSignInService(core, { visits, sessions, onCardSigned, onSignedIn });
  sessions.onEnd((session, reason) => {
    const why = reason === "card_removed" ? "operator_card_removed" : "session_ended";
    ceremonies
      .abortOfSession(session, why)
      .catch((error: unknown) => core.log.error({ err: error }, "ceremony.abort_failed"));
  });
  const desks = new DeskAdministration(core);
  return { desks, sessions, visits, ceremonies, unlocks, changes, atDesk, signIn, rotations };
}

function openLeashes(core: Core, rooms: DeskRooms, app: FastifyInstance): () => Promise<void> {
  const desks = new DeskService(core);
  return openGateway(app.server, {
    links: core.links,
    log: core.log,
    recognise: (nonce, hello) => desks.recognise(nonce, hello),
    connected: (deskId) => recheck(core, rooms, deskId),
    gone: (deskId) => core.store.transaction((records) => records.desks.see(deskId, core.now())),
    handlers: (desk) => deskCalls(core, rooms, desk),
  });
}

/** Sends what is in the outbox, if there is anything to send it by. */
function startPost(
  core: Core,
  { post, every = everyByTimer }: Pick<ServerParts, "post" | "every">,
): () => Promise<void> {
  if (post === undefined) {
    core.log.warn("notices.no_post");
    return () => Promise.resolve();
  }
  const { store, log, now } = core;
  const sender = openSender({ store, post, log, now });
  const stop = every(SENDING.everyMs, () => sender.round());
  return async () => {
    stop();
    await sender.close();
  };
}

/** Looks everything over at every beat; a round that is still running is not overtaken by the next. */
function goRounds(
  core: Core,
  rooms: DeskRooms & { readonly clock: SharedClock },
  every: Every = everyByTimer,
): () => void {
  let running = false;
  const round = async (): Promise<void> => {
    if (running) return;
    running = true;
    try {
      rooms.clock.hear(await core.links.beat());
      await shutOutRevoked(core, rooms);
      await rooms.sessions.checkAll();
      await rooms.sessions.checkWatched();
      await rooms.ceremonies.checkAll();
    } catch (error) {
      core.log.error({ err: error }, "round.failed");
    } finally {
      running = false;
    }
  };
  return every(ROUND_MS, round);
}

function sealTheRecord(core: Core, every: Every = everyByTimer): () => Promise<void> {
  const { logKey, log } = core;
  if (logKey === undefined) return async () => undefined;
  const sealer = openSealer({ store: core.store, key: logKey, now: core.now }, log);
  const stop = every(SEAL_MS, sealer.seal);
  return async () => {
    stop();
    await sealer.seal();
  };
}

function portOf(app: FastifyInstance, config: Config): number {
  const [address] = app.addresses();
  return typeof address === "object" ? address.port : config.port;
}
