import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { signWithCode } from "@lanyard/crypto";
import {
  type CallsFrom,
  type DeskView,
  LEASH_PROTOCOL,
  type LeashHandlers,
  openPeer,
  type Peer,
  type ReaderView,
  Refusal,
  type ReplyOf,
  type RequestOf,
  statements,
  webEidValue,
} from "@lanyard/wire";
import { type ClientOptions, WebSocket } from "ws";
import { base64, found, type TestCard } from "./test-card.ts";
import type { TestSite } from "./test-world.ts";

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** An agent played by a test: real WebSocket, real peer, real keys; two readers to put cards into. */
export interface ScriptedDesk {
  /** What the server asked, in order. */
  readonly served: { readonly call: string; readonly body: unknown }[];
  /** What the server's calls are answered with; replace any. */
  readonly answers: Writable<LeashHandlers<"agent">>;
  /** How the holder's card says its passcode stands. */
  passcode: ReplyOf<"card_prove">["passcode"];
  /** The hint object that the holder's card shows. */
  hint: string | undefined;
  readonly insertions: readonly (string | undefined)[];
  call<Call extends CallsFrom<"agent">>(call: Call, body: RequestOf<Call>): Promise<ReplyOf<Call>>;
  /** Puts a card in and tells the server; resolves when the server has acted on it. */
  insert(reader: number, card: TestCard): Promise<string>;
  /** Takes the card out and tells the server; resolves when the server has acted on it. */
  remove(reader: number): Promise<void>;
  tell(view?: DeskView): Promise<void>;
  readonly view: DeskView;
  send(text: string): void;
  /** Resolves when the line is closed, by whichever side. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Hears nothing more, and may still talk. */
  deaf(isDeaf: boolean): void;
  /** Drops the line without a word. */
  cut(): Promise<void>;
}

export interface DeskWish {
  readonly key?: DeskKey;
  readonly options?: ClientOptions;
  /** Changes the reply to the server's hello. */
  hello?(reply: ReplyOf<"hello">): ReplyOf<"hello">;
  /** A one-time code's symbols, to be enrolled by; `enrols`: for another key than its own, as a thief of proofs would. */
  readonly code?: string;
  readonly enrols?: DeskKey;
  /** The readers of a desk that connects again. */
  readonly before?: ScriptedDesk;
}

export interface DeskKey {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export function newDeskKey(): DeskKey {
  return generateKeyPairSync("ec", { namedCurve: "prime256v1" });
}

/** Dials in and tells its readers; rejects when the server would not have it. */
export async function openDesk(site: TestSite, wish: DeskWish = {}): Promise<ScriptedDesk> {
  const desk = dial(site, wish);
  await desk.tell();
  return desk;
}

/** Dials in and leaves the rest to the test. */
export function dial(site: TestSite, wish: DeskWish = {}): Desk {
  return new Desk(site, wish);
}

class Desk implements ScriptedDesk {
  readonly served: { readonly call: string; readonly body: unknown }[] = [];
  readonly answers: Writable<LeashHandlers<"agent">>;
  readonly closed: ScriptedDesk["closed"];
  passcode: ReplyOf<"card_prove">["passcode"] = { state: "blocked" };
  hint: string | undefined;
  readonly #socket: WebSocket;
  readonly #peer: Peer<"agent">;
  readonly #readers: ({ readonly card: TestCard; readonly insertion: string } | undefined)[];
  readonly #sessions = new Map<string, string>();

  constructor(site: TestSite, wish: DeskWish) {
    const { key = newDeskKey(), options, before } = wish;
    this.#readers = before instanceof Desk ? before.#readers : [undefined, undefined];
    if (before instanceof Desk) this.#sessions = before.#sessions;
    this.answers = this.#honest(site.config.origin, { ...wish, key });
    this.#socket = new WebSocket(`ws://127.0.0.1:${site.port}/leash`, {
      perMessageDeflate: false,
      ...options,
    });
    this.#peer = openPeer<"agent">({
      side: "agent",
      handlers: () => this.#noting(),
      send: (text) => this.#socket.send(text),
      after: (milliseconds, run) => {
        const timer = setTimeout(run, milliseconds);
        return () => clearTimeout(timer);
      },
      onError: (call, error) => {
        throw new Error(`The scripted desk failed in ${call}.`, { cause: error });
      },
    });
    this.closed = new Promise((resolve) => {
      this.#socket.on("error", (error) => resolve({ code: 0, reason: error.message }));
      this.#socket.on("close", (code, reason) => {
        this.#peer.close();
        resolve({ code, reason: String(reason) });
      });
    });
    this.#socket.on("message", (data) => this.#peer.receive(String(data)));
  }

  get insertions(): readonly (string | undefined)[] {
    return this.#readers.map((reader) => reader?.insertion);
  }

  get view(): DeskView {
    const readers = this.#readers.map((reader, index): ReaderView => {
      const name = `Reader ${index + 1}`;
      if (reader === undefined) return { name, state: "empty" };
      const { insertion, card } = reader;
      return { name, state: "card", insertion, certificate: card.certificate("9E") };
    });
    return { service: "up", readers };
  }

  call<Call extends CallsFrom<"agent">>(call: Call, body: RequestOf<Call>): Promise<ReplyOf<Call>> {
    return this.#peer.call(call, body);
  }

  async insert(reader: number, card: TestCard): Promise<string> {
    const insertion = randomBytes(12).toString("base64url");
    this.#readers[reader] = { card, insertion };
    await this.tell();
    return insertion;
  }

  async remove(reader: number): Promise<void> {
    this.#readers[reader] = undefined;
    await this.tell();
  }

  /** Until the server has recognised the desk it refuses every call; the agent's answer to that is to ask again. */
  async tell(view: DeskView = this.view): Promise<void> {
    await this.#opened();
    for (;;)
      try {
        await this.call("desk_view", view);
        return;
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== "desk_unknown") throw error;
      }
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  deaf(isDeaf: boolean): void {
    if (isDeaf) this.#socket.pause();
    else this.#socket.resume();
  }

  async cut(): Promise<void> {
    this.#socket.terminate();
    await this.closed;
  }

  async #opened(): Promise<void> {
    if (this.#socket.readyState === WebSocket.OPEN) return;
    const opened = new Promise<"open">((resolve) =>
      this.#socket.once("open", () => resolve("open")),
    );
    const first = await Promise.race([opened, this.closed]);
    if (first !== "open") throw new Error(`The line was closed: ${first.code} ${first.reason}`);
  }

  #cardAt(insertion: string): TestCard {
    const reader = this.#readers.find((one) => one?.insertion === insertion);
    if (reader === undefined) throw new Refusal("card_not_ready");
    return reader.card;
  }

  #honest(
    origin: string,
    wish: DeskWish & { readonly key: DeskKey },
  ): Writable<LeashHandlers<"agent">> {
    return {
      hello: async ({ nonce }) => {
        const { key, hello } = wish;
        const message = statements.deskHello({ origin, nonce });
        const reply = {
          protocol: LEASH_PROTOCOL,
          deskName: "Reception",
          agentVersion: "0.1.0",
          deskKey: base64(key.publicKey.export({ type: "spki", format: "der" })),
          signature: base64(
            sign("sha256", message, { key: key.privateKey, dsaEncoding: "ieee-p1363" }),
          ),
          ...(await enrolmentOf(wish, origin, nonce)),
        };
        return hello === undefined ? reply : hello(reply);
      },
      card_prove: async ({ ceremony, insertion, nonce }) => {
        const card = this.#cardAt(insertion);
        const { keyHash } = found(card.record.certificates.find(({ slot }) => slot === "9E"));
        const message = statements.cardProof({ origin, ceremony, keyHash, nonce });
        const signature = card.sign("9E", message);
        const certificate = card.certificate("9E");
        const { passcode, hint } = this;
        return { certificate, signature, passcode, ...(hint !== undefined && { hint }) };
      },
      card_release: async () => ({}),
      session_begin: async ({ session, insertion }) => {
        this.#cardAt(insertion);
        this.#sessions.set(session, insertion);
        return {};
      },
      session_end: async () => ({}),
      puk_rotate: async () => {
        throw new Refusal("card_not_ready");
      },
      presence: async ({ session, nonce, slot }) => {
        const card = this.#cardAt(this.#sessions.get(session) ?? "");
        const message = statements.presence({ origin, session, nonce });
        return { signature: card.sign(slot, message) };
      },
    };
  }

  /** Answers as scripted at that moment, and keeps a note of every call. */
  #noting(): LeashHandlers<"agent"> {
    const note = <Body>(call: string, body: Body): Body => {
      this.served.push({ call, body });
      return body;
    };
    return {
      hello: (body) => this.answers.hello(note("hello", body)),
      card_prove: (body) => this.answers.card_prove(note("card_prove", body)),
      card_release: (body) => this.answers.card_release(note("card_release", body)),
      session_begin: (body) => this.answers.session_begin(note("session_begin", body)),
      session_end: (body) => this.answers.session_end(note("session_end", body)),
      puk_rotate: (body) => this.answers.puk_rotate(note("puk_rotate", body)),
      presence: (body) => this.answers.presence(note("presence", body)),
    };
  }
}

/** The proof of the code, if there is one to enrol by. */
async function enrolmentOf(
  { code, key, enrols = key }: DeskWish,
  origin: string,
  nonce: string,
): Promise<Pick<ReplyOf<"hello">, "enrolment">> {
  if (code === undefined || enrols === undefined) return {};
  const statement = statements.deskEnrol({ origin, nonce, keyHash: deskKeyHash(enrols) });
  const signature = base64(await signWithCode(code, origin, statement));
  return { enrolment: { handle: code.slice(0, 2), signature } };
}

/** What the server knows a desk by. */
export function deskKeyHash({ publicKey }: DeskKey): string {
  const der = publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(der).digest("hex");
}

/** The token a genuine card gives for this nonce, at this origin. */
export function webEidTokenOf(
  card: TestCard,
  { origin, nonce }: { readonly origin: string; readonly nonce: string },
): RequestOf<"sign_in">["token"] {
  const value = webEidValue(origin, nonce, (bytes) => createHash("sha256").update(bytes).digest());
  const { value: signature } = card.sign("9A", value);
  return {
    format: "web-eid:1.0",
    unverifiedCertificate: card.certificate("9A"),
    algorithm: "ES256",
    signature,
    appVersion: "https://lanyard.example/tests/0.1.0",
  };
}
