import { randomBytes } from "node:crypto";
import { assetUrls } from "@lanyard/pages";
import { type Assets, readAssets } from "@lanyard/pages/node";
import type { AgentConfig } from "./config.ts";
import { openCardsHeld } from "./desk/cards-held.ts";
import { type Desk, openDesk } from "./desk/desk.ts";
import { recogniseCard } from "./desk/recognise-card.ts";
import { openDeviceKey } from "./device-key.ts";
import { openRateLimit, UNKNOWN_VISITS } from "./http/rate-limit.ts";
import { openPages, type PagesServer } from "./http/server.ts";
import { type Journal, openJournal } from "./journal/journal.ts";
import { openOutbox } from "./journal/outbox.ts";
import { fingerprintOf } from "./leash/enrol.ts";
import { openHandlers } from "./leash/handlers.ts";
import { type Leash, openLeash } from "./leash/leash.ts";
import type { Logger } from "./log.ts";
import { homePage } from "./pages/home.tsx";
import type { ReaderDriver } from "./readers/readers.ts";
import type { Rooms } from "./rooms.ts";
import { systemTimers, type Timers } from "./timers.ts";
import { delivered, openVisit, pressVisit } from "./visits/visit.ts";
import { openVisits } from "./visits/visit-memory.ts";

export const AGENT_VERSION = "0.1.0";

export interface AgentParts {
  /** The readers of this PC. Who made the driver closes it, after the agent. */
  readonly driver: ReaderDriver;
  readonly log: Logger;
  readonly timers?: Timers;
  /** The built style sheet, unless given. */
  readonly assets?: Assets;
}

/** A running agent. */
export interface Agent {
  /** Of its pages on 127.0.0.1. */
  readonly port: number;
  /** Finishes what a card is in the middle of, lets every card go with a reset, hangs up. */
  close(): Promise<void>;
}

/**
 * Starts the agent: opens its pages, its readers and the leash. It runs until it is closed, whatever becomes of
 * readers, cards and server.
 *
 * @throws {AgentError} `device_key/loose_permissions` | `device_key/unreadable` | `journal/unusable` |
 * `http/port_taken` | `http/not_listening`
 * @throws {AssetsError} `assets/not_built`
 */
export async function startAgent(config: AgentConfig, parts: AgentParts): Promise<Agent> {
  const assets = parts.assets ?? (await readAssets());
  const deviceKey = await openDeviceKey(config.dataDirectory);
  const journal = await openJournal(config.dataDirectory, parts.log);
  const rooms = build(config, parts, { assets: assetUrls(assets.hash), deviceKey, journal });
  try {
    const pages = await openPages({
      port: config.port,
      serverOrigin: config.serverOrigin,
      assets,
      log: parts.log,
      routes: routesOf(rooms),
    });
    parts.log.info({ port: pages.port }, "agent.started");
    return { port: pages.port, close: () => stop(rooms, pages, journal) };
  } catch (error) {
    rooms.leash.close();
    await rooms.desk.close();
    await rooms.cards.letAllGo();
    await journal.close();
    throw error;
  }
}

interface Opened {
  readonly assets: ReturnType<typeof assetUrls>;
  readonly deviceKey: Awaited<ReturnType<typeof openDeviceKey>>;
  readonly journal: Journal;
}

function build(
  config: AgentConfig,
  { driver, log, timers = systemTimers }: AgentParts,
  { assets, deviceKey, journal }: Opened,
): Rooms {
  const { serverOrigin, deskName } = config;
  const visits = openVisits(timers, () => randomBytes(16).toString("base64url"));
  const cards = openCardsHeld({ driver, timers, onLost: () => visits.wipe() });
  const leash: Leash = openLeash({
    desk: { serverOrigin, deskName, agentVersion: AGENT_VERSION, deviceKey },
    handlers: openHandlers({
      ...{ serverOrigin, cards, visits, log, desk: () => desk, leash: () => leash },
      random: (bytes) => randomBytes(bytes),
    }),
    timers,
    log,
    random: Math.random,
    onSilence: () => {
      log.warn("leash.silence");
      visits.wipe();
      void cards.letAllGo();
    },
  });
  const desk: Desk = openDesk({
    driver,
    timers,
    log,
    recognise: (card) => recogniseCard(driver, card),
    onView: (view) => leash.show(view),
  });
  const pages = { assets, serverOrigin, serverHost: new URL(serverOrigin).host };
  const unknownVisits = openRateLimit(timers, UNKNOWN_VISITS);
  const outbox = openOutbox({ journal, leash, timers, log });
  return {
    ...{ leash, outbox, desk, cards, visits, unknownVisits, pages, deskName, timers, log },
    agentVersion: AGENT_VERSION,
    fingerprint: fingerprintOf(deviceKey),
    random: (bytes) => randomBytes(bytes),
  };
}

function routesOf(rooms: Rooms) {
  return {
    home: () =>
      homePage(rooms.pages, {
        deskName: rooms.deskName,
        leash: rooms.leash.state,
        view: rooms.desk.view,
        fingerprint: rooms.fingerprint,
      }),
    open: (visit: string) => openVisit(rooms, visit),
    press: (visit: string, form: Parameters<typeof pressVisit>[2]) =>
      pressVisit(rooms, visit, form),
    delivered: (visit: string, answer: Parameters<typeof delivered>[2]) =>
      delivered(rooms, visit, answer),
  };
}

/** Pages first, so that nothing new begins; then the cards, which waits for a burst; the leash carries its reports. */
async function stop(rooms: Rooms, pages: PagesServer, journal: Journal): Promise<void> {
  const closed = pages.close();
  rooms.visits.wipe();
  await rooms.desk.close();
  await rooms.cards.letAllGo();
  await closed;
  rooms.leash.close();
  await journal.close();
  rooms.log.info("agent.stopped");
}
