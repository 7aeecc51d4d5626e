import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { assetUrls, contentSecurityPolicy, renderPage } from "@lanyard/pages";
import type { Assets } from "@lanyard/pages/node";
import type { DemoPerson } from "./people.ts";
import { drawPortrait } from "./portrait.ts";
import type { PostTray } from "./post-tray.ts";
import type { BayReader, ReaderBay } from "./reader-bay.ts";
import type { Shelf } from "./shelf.ts";
import { trayPage } from "./tray-page.tsx";
import { viewTray } from "./tray-view.ts";

export interface TrayParts {
  readonly port: number;
  /** Where Lanyard itself is, for the link. */
  readonly portal: string;
  readonly people: readonly DemoPerson[];
  readonly shelf: Shelf;
  readonly bay: ReaderBay;
  readonly assets: Assets;
  /** The mails that holders were sent. */
  readonly post?: Pick<PostTray, "mails">;
}

export interface Tray {
  readonly url: string;
  close(): Promise<void>;
}

/** One form field is all a POST here has. */
const BODY_LIMIT_BYTES = 1024;

/** The demo's table of cards on 127.0.0.1: it is the hand that moves cards, and no part of Lanyard. */
export async function openTray(parts: TrayParts): Promise<Tray> {
  const server = createServer((request, response) => {
    answer(parts, server, request).then(
      (answered) => send(response, answered),
      () => send(response, { status: 500, type: "text/plain", body: "The tray failed." }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(parts.port, "127.0.0.1", resolve);
  });
  return {
    url: `http://${hostOf(server)}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answered {
  readonly status: number;
  readonly type?: string;
  /** What never changes at its address may be kept by the browser: forty faces are drawn once, not at every move. */
  readonly isLasting?: true;
  readonly body?: string | Uint8Array;
  readonly location?: string;
}

async function answer(
  parts: TrayParts,
  server: Server,
  request: IncomingMessage,
): Promise<Answered> {
  const host = hostOf(server);
  if (request.headers.host !== host)
    return { status: 421, type: "text/plain", body: "Wrong host." };
  if (request.method === "GET") return show(parts, request.url ?? "/");
  const { origin } = request.headers;
  // A browser always names its origin here; a test that is no browser has none.
  if (request.method !== "POST" || (origin !== undefined && origin !== `http://${host}`))
    return { status: 403, type: "text/plain", body: "Only the tray's own page may move cards." };
  return move(parts, request);
}

function show(parts: TrayParts, url: string, problem?: string): Answered {
  const { people, shelf, bay, assets, portal, post } = parts;
  const view = viewTray(people, shelf, bay);
  if (url === "/state")
    return { status: 200, type: "application/json", body: JSON.stringify(view) };
  const asset = assets.files.get(url);
  if (asset !== undefined)
    return { status: 200, type: asset.type, body: asset.bytes, isLasting: true };
  const portrait = /^\/portraits\/([0-9]{12})\.png$/.exec(url);
  const person = people.find(({ careId }) => careId === portrait?.[1]);
  if (person !== undefined) {
    const body = drawPortrait(person.look, person.careId);
    return { status: 200, type: "image/png", body, isLasting: true };
  }
  if (url !== "/") return { status: 404, type: "text/plain", body: "Nothing is here." };
  const page = trayPage(assetUrls(assets.hash), {
    ...{ view, portal, problem },
    mails: post?.mails ?? [],
  });
  return {
    status: problem === undefined ? 200 : 409,
    type: "text/html; charset=utf-8",
    body: renderPage(page),
  };
}

async function move(parts: TrayParts, request: IncomingMessage): Promise<Answered> {
  const { bay } = parts;
  const body = await readBody(request);
  if (body === undefined) return { status: 413, type: "text/plain", body: "The form is too long." };
  const form = new URLSearchParams(body);
  const service = /^\/service\/(up|down)$/.exec(request.url ?? "")?.[1];
  if (bay.pc !== undefined && (service === "up" || service === "down")) {
    bay.pc.setService(service);
    return DONE;
  }
  const route = /^\/readers\/([1-3])\/(insert|remove|plug|unplug)$/.exec(request.url ?? "");
  const reader = bay.readers[Number(route?.[1]) - 1];
  if (reader === undefined)
    return { status: 404, type: "text/plain", body: "There is no such reader." };
  if (route?.[2] === "plug") bay.pc?.plug(reader.name);
  if (route?.[2] === "unplug") bay.pc?.unplug(reader.name);
  if (route?.[2] === "remove") await reader.remove();
  if (route?.[2] !== "insert") return DONE;
  const problem = await insert(parts, reader, form.get("serial") ?? "");
  if (problem !== undefined) return show(parts, "/", problem);
  return { ...DONE, location: `/#reader-${route[1]}` };
}

/** A GET, so that reload never moves a card again. */
const DONE: Answered = { status: 303, location: "/" };

async function insert(
  { shelf }: TrayParts,
  reader: BayReader,
  serial: string,
): Promise<string | undefined> {
  const card = shelf.get(serial);
  if (card === undefined) return "There is no such card on the tray.";
  if (card.isInserted) return "That card is in a reader already.";
  try {
    if (await reader.insert(card)) return undefined;
    return "There is a card in that reader. Take it out first.";
  } catch {
    return "That reader did not take the card. Are pcscd and its vpcd readers running on this PC?";
  }
}

/** `undefined`: too long. It is read to its end all the same, so that the answer arrives. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= BODY_LIMIT_BYTES) chunks.push(chunk);
  }
  if (length > BODY_LIMIT_BYTES) return undefined;
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, answered: Answered): void {
  const { status, type, body, location, isLasting } = answered;
  response.writeHead(status, {
    "content-security-policy": contentSecurityPolicy({ formAction: [], scripts: true }),
    "cache-control": isLasting ? "private, max-age=86400" : "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    ...(type === undefined ? {} : { "content-type": type }),
    ...(location === undefined ? {} : { location }),
  });
  response.end(body);
}

function hostOf(server: Server): string {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return `127.0.0.1:${port}`;
}
