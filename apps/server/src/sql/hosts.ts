import { Client, type ClientConfig } from "pg";
import { DatabaseError } from "./errors.ts";

/** A host that does not answer is given up after so long, and the next one is tried. */
const DIAL_MS = 3_000;

/**
 * The hosts that a `DATABASE_URL` names, as libpq writes them: `postgresql://db1:5432,db2:5432/lanyard`, or several
 * directories of sockets in `?host=`. Each is given as a URL of its own.
 */
export function eachHost(url: string): readonly string[] {
  const [, start = "", hosts = "", rest = ""] =
    /^([a-z]+:\/\/(?:[^@/?]*@)?)([^/?]*)(.*)$/s.exec(url) ?? [];
  if (hosts.includes(",")) return hosts.split(",").map((host) => `${start}${host}${rest}`);
  const [path = "", query = ""] = rest.split("?");
  const settings = new URLSearchParams(query);
  const directories = settings.get("host")?.split(",") ?? [];
  if (directories.length < 2) return [url];
  return directories.map((directory) => {
    settings.set("host", directory);
    return `${start}${hosts}${path}?${settings}`;
  });
}

/** Connections to whichever host is the primary now: after a fail-over, to the one that was promoted. */
export interface Hosts {
  /** The client of `pg.Pool`: dials the host that was the primary last. */
  readonly Client: new (
    config?: ClientConfig,
  ) => Client;
  /** Whether a connection may be used: a standby takes no writes. */
  verify(client: Pick<Client, "query">, done: (refusal?: Error) => void): void;
  /**
   * A connection of one's own, to the primary.
   *
   * @throws {DatabaseError} `database/no_primary` when no host is one
   */
  dial(config?: ClientConfig): Promise<Client>;
}

export function openHosts(url: string): Hosts {
  const turns = openTurns(eachHost(url));
  const HostClient = clientsOf(turns);
  const verify = verifierOf(turns);

  const dial: Hosts["dial"] = async (config = {}) => {
    let last: unknown;
    for (const _ of turns.urls) {
      const client = new HostClient(config);
      // Told by the rejection too; without a listener Node would end the process.
      client.on("error", () => undefined);
      try {
        await client.connect();
        await new Promise<void>((resolve, reject) =>
          verify(client, (refusal) => (refusal === undefined ? resolve() : reject(refusal))),
        );
        return client;
      } catch (error) {
        last = error;
        client.end().catch(() => undefined);
      }
    }
    throw new DatabaseError("database/no_primary", "No database host can be written to.", {
      cause: last,
    });
  };

  return { Client: HostClient, verify, dial };
}

/** Whose turn it is: the host that was the primary last. */
interface Turns {
  readonly urls: readonly string[];
  readonly current: number;
  /** That host will not do: the next one, unless somebody has gone on already. */
  next(from: number): void;
}

function openTurns(urls: readonly string[]): Turns {
  let current = 0;
  return {
    urls,
    get current() {
      return current;
    },
    next: (from) => {
      if (from === current) current = (from + 1) % urls.length;
    },
  };
}

type Connected = (error: Error | null, client: Client | null) => void;

function clientsOf(turns: Turns): Hosts["Client"] {
  return class extends Client {
    readonly #mine: number;

    constructor(config: ClientConfig = {}) {
      const mine = turns.current;
      super({ ...config, connectionString: turns.urls[mine], connectionTimeoutMillis: DIAL_MS });
      this.#mine = mine;
      // It fell over while connected. Never unheard: inside a transaction nobody else listens, and Node would end.
      this.on("error", () => turns.next(mine));
    }

    override connect(): Promise<Client>;
    override connect(callback: Connected): void;
    override connect(callback?: Connected): Promise<Client> | undefined {
      const connected = super.connect().catch((error: unknown) => {
        turns.next(this.#mine);
        throw error;
      });
      if (callback === undefined) return connected.then(() => this);
      connected.then(
        () => callback(null, this),
        (error: unknown) => callback(error instanceof Error ? error : new Error("lost"), null),
      );
      return undefined;
    }
  };
}

function verifierOf(turns: Turns): Hosts["verify"] {
  return (client, done) => {
    const mine = turns.current;
    client.query<{ standby: boolean }>("select pg_is_in_recovery() as standby").then(
      ({ rows }) => {
        if (rows[0]?.standby !== true) return done();
        turns.next(mine);
        done(new DatabaseError("database/no_primary", "That host is a standby."));
      },
      (error: unknown) => done(error instanceof Error ? error : new Error("lost")),
    );
  };
}
