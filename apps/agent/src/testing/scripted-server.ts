import { randomBytes } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type CallsFrom,
  type DeskView,
  LEASH_PROTOCOL,
  type LeashHandlers,
  openPeer,
  type Peer,
  Refusal,
  type RefusalCode,
  type ReplyOf,
  type RequestOf,
  type Task,
} from "@lanyard/wire";
import { type WebSocket, WebSocketServer } from "ws";

/** A visit as the scripted server plays it. `new` until claimed; a test binds it by hand. */
export interface ScriptedVisit {
  readonly id: string;
  state: "new" | "claimed" | "bound" | "over";
  task: Task | undefined;
}

/** The server's half of the leash, played by a test: real WebSocket, real peer, a script instead of rules. */
export interface ScriptedServer {
  readonly origin: string;
  readonly visits: Map<string, ScriptedVisit>;
  /** Every call the agent made, in order. */
  readonly calls: { readonly call: string; readonly body: unknown }[];
  readonly view: DeskView;
  readonly hello: { readonly nonce: string; readonly reply: ReplyOf<"hello"> } | undefined;
  /** What the agent's calls are answered with; replace any. */
  readonly handlers: ServerHandlers;
  newVisit(): ScriptedVisit;
  /** The visit is over; the browser comes home with this code. */
  end(visit: string): { readonly returnCode: string };
  call<Call extends CallsFrom<"server">>(call: Call, body: RequestOf<Call>): Promise<ReplyOf<Call>>;
  /** Resolves once the agent's view fulfils the condition. */
  seeing(condition: (view: DeskView) => boolean): Promise<DeskView>;
  /** Cuts the agent's line without a word. */
  cut(): void;
  /** How many lines the agent has opened. */
  readonly lines: number;
  /** The headers of the newest upgrade. */
  readonly upgradeHeaders: IncomingHttpHeaders;
  forgetView(): void;
  /** Closes every new line at once, with this code as the reason, until `letIn`. */
  turnAway(code: RefusalCode): void;
  letIn(): void;
  /** Resolves when the next line is turned away. */
  turnedAway(): Promise<void>;
  close(): Promise<void>;
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
type ServerHandlers = Writable<LeashHandlers<"server">>;

export const newCode = (): string => randomBytes(16).toString("base64url");
export const newNonce = (): string => randomBytes(32).toString("base64");

export async function openScriptedServer(): Promise<ScriptedServer> {
  const http = createServer((_request, response) => response.writeHead(200).end());
  await new Promise<void>((done) => http.listen(0, "127.0.0.1", done));
  return new Script(http);
}

class Script implements ScriptedServer {
  readonly origin: string;
  readonly visits = new Map<string, ScriptedVisit>();
  readonly calls: { readonly call: string; readonly body: unknown }[] = [];
  readonly handlers: ServerHandlers;
  view: DeskView = { service: "down", readers: [] };
  hello: ScriptedServer["hello"];
  lines = 0;
  upgradeHeaders: IncomingHttpHeaders = {};
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #watchers = new Set<() => void>();
  #peer: Peer<"server"> | undefined;
  #turningAway: RefusalCode | undefined;
  #onTurnedAway: () => void = () => undefined;

  constructor(http: Server) {
    this.#http = http;
    const { port } = http.address() as AddressInfo;
    this.origin = `http://localhost:${port}`;
    this.handlers = this.#defaultHandlers();
    this.#sockets = new WebSocketServer({ server: http, path: "/leash", perMessageDeflate: false });
    this.#sockets.on("connection", (socket, request) => {
      this.lines += 1;
      this.upgradeHeaders = request.headers;
      if (this.#turningAway === undefined) return this.#attend(socket);
      socket.on("close", () => this.#onTurnedAway());
      socket.close(1008, this.#turningAway);
    });
  }

  newVisit(): ScriptedVisit {
    const visit: ScriptedVisit = { id: newCode(), state: "new", task: undefined };
    this.visits.set(visit.id, visit);
    return visit;
  }

  call<Call extends CallsFrom<"server">>(
    call: Call,
    body: RequestOf<Call>,
  ): Promise<ReplyOf<Call>> {
    if (this.#peer === undefined) return Promise.reject(new Error("No agent is connected."));
    return this.#peer.call(call, body);
  }

  seeing(condition: (view: DeskView) => boolean): Promise<DeskView> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition(this.view)) return;
        this.#watchers.delete(look);
        resolve(this.view);
      };
      this.#watchers.add(look);
      look();
    });
  }

  forgetView(): void {
    this.view = { service: "down", readers: [] };
  }

  turnAway(code: RefusalCode): void {
    this.#turningAway = code;
  }

  letIn(): void {
    this.#turningAway = undefined;
  }

  turnedAway(): Promise<void> {
    return new Promise((resolve) => {
      this.#onTurnedAway = resolve;
    });
  }

  cut(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((done) => this.#sockets.close(() => done()));
    await new Promise<void>((done) => this.#http.close(() => done()));
  }

  #attend(socket: WebSocket): void {
    const peer = openPeer<"server">({
      side: "server",
      handlers: () => this.#recording(),
      send: (text) => socket.send(text),
      after: (milliseconds, run) => {
        const timer = setTimeout(run, milliseconds);
        return () => clearTimeout(timer);
      },
      onError: (call, error) => {
        throw new Error(`The script failed in ${call}.`, { cause: error });
      },
    });
    socket.on("message", (data) => peer.receive(String(data)));
    socket.on("close", () => peer.close());
    this.#peer = peer;
    const nonce = newNonce();
    peer.call("hello", { protocol: LEASH_PROTOCOL, nonce }).then(
      (reply) => {
        this.hello = { nonce, reply };
      },
      () => undefined,
    );
  }

  /** The handlers as they are at the moment of each call, each call written down first. */
  #recording(): LeashHandlers<"server"> {
    const { handlers, calls } = this;
    const names = Object.keys(handlers) as (keyof ServerHandlers)[];
    const recorded = names.map((call) => [
      call,
      (body: never) => {
        calls.push({ call, body });
        return handlers[call](body);
      },
    ]);
    return Object.fromEntries(recorded);
  }

  #defaultHandlers(): ServerHandlers {
    const unscripted = async (): Promise<never> => {
      throw new Refusal("internal");
    };
    return {
      desk_view: async (view) => {
        this.view = view;
        for (const look of [...this.#watchers]) look();
        return {};
      },
      claim: async ({ visit }) => {
        const known = this.visits.get(visit);
        if (known === undefined) throw new Refusal("visit_unknown");
        if (known.state !== "new") throw new Refusal("visit_taken");
        known.state = "claimed";
        return { bindSecret: newCode() };
      },
      visit_status: async ({ visit }) => this.#status(visit),
      give_up: async ({ visit }) => this.end(visit),
      sign_in: async ({ visit }) => this.end(visit),
      unlock_authorise: unscripted,
      unlock_report: unscripted,
      unlock_hint: unscripted,
      rotation_release: unscripted,
      unlock_prove: unscripted,
      unlock_lost: unscripted,
      change_send: unscripted,
      change_report: unscripted,
      change_prove: unscripted,
      change_lost: unscripted,
    };
  }

  #status(id: string): ReplyOf<"visit_status"> {
    const visit = this.visits.get(id);
    if (visit === undefined || visit.state === "new") throw new Refusal("visit_unknown");
    if (visit.state === "over") throw new Refusal("visit_over");
    if (visit.state === "claimed" || visit.task === undefined) return { state: "claimed" };
    return { state: "bound", task: visit.task };
  }

  /** The visit is over; the browser comes home with this code. */
  end(id: string): { readonly returnCode: string } {
    const visit = this.visits.get(id);
    if (visit !== undefined) visit.state = "over";
    return { returnCode: newCode() };
  }
}
