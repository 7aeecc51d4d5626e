import { request } from "node:http";

export interface Page {
  readonly status: number;
  readonly location: string;
  readonly html: string;
  /** The page's level-one heading; empty when it has none. */
  readonly heading: string;
  /** The token of the agent's form. */
  readonly token: string;
}

export interface BrowserPlaces {
  /** What the server is called. */
  readonly serverOrigin: string;
  /** Where it listens now. */
  serverPort(): number;
  agentPort(): number;
}

type Form = Readonly<Record<string, string>>;

/** A browser as far as server and agent see one: cookies for the server, Fetch Metadata, and it goes where it is sent. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #places: BrowserPlaces;

  constructor(places: BrowserPlaces) {
    this.#places = places;
  }

  get(path: string): Promise<Page> {
    return this.#atServer("GET", path, undefined);
  }

  post(path: string, form: Form = {}): Promise<Page> {
    return this.#atServer("POST", path, form);
  }

  getAtAgent(path: string): Promise<Page> {
    return this.#atAgent("GET", path, undefined);
  }

  postAtAgent(path: string, form: Form): Promise<Page> {
    return this.#atAgent("POST", path, form);
  }

  /** Goes on from page to page for as long as it is sent somewhere. */
  async follow(from: Page): Promise<Page> {
    let page = from;
    for (let hops = 0; page.location !== ""; hops += 1) {
      if (hops > 10) throw new Error("The browser is sent round in circles.");
      page = await this.#go(page.location);
    }
    return page;
  }

  #go(location: string): Promise<Page> {
    const { serverOrigin } = this.#places;
    const { origin, pathname } = new URL(location, serverOrigin);
    return origin === serverOrigin ? this.get(pathname) : this.getAtAgent(pathname);
  }

  async #atServer(method: string, path: string, form: Form | undefined): Promise<Page> {
    const { serverOrigin, serverPort } = this.#places;
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await exchange(serverPort(), {
      ...{ method, path, form },
      headers: {
        host: new URL(serverOrigin).host,
        ...(form === undefined ? {} : { origin: serverOrigin }),
        ...(cookie === "" ? {} : { cookie }),
      },
    });
    for (const line of answer.setCookie) this.#keep(line);
    return answer;
  }

  async #atAgent(method: string, path: string, form: Form | undefined): Promise<Page> {
    const port = this.#places.agentPort();
    const host = `127.0.0.1:${port}`;
    const answer = await exchange(port, {
      ...{ method, path, form },
      headers: {
        host,
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
        "sec-fetch-site": form === undefined ? "cross-site" : "same-origin",
        ...(form === undefined ? {} : { origin: `http://${host}` }),
      },
    });
    // Back to the page of a visit, which says what there is to put right.
    return answer.location === path ? this.getAtAgent(path) : answer;
  }

  #keep(line: string): void {
    const [pair = "", ...attributes] = line.split("; ");
    const [name = "", value = ""] = pair.split("=");
    if (attributes.includes("Max-Age=0")) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

interface Asking {
  readonly method: string;
  readonly path: string;
  readonly form: Form | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

function exchange(
  port: number,
  { method, path, form, headers }: Asking,
): Promise<Page & { readonly setCookie: readonly string[] }> {
  const body = form === undefined ? undefined : new URLSearchParams(form).toString();
  const type = { "content-type": "application/x-www-form-urlencoded" };
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: "127.0.0.1", port, method, path, agent: false, setHost: false },
        headers: { ...headers, ...(body === undefined ? {} : type) },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          const html = Buffer.concat(parts).toString("utf8");
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location ?? "",
            setCookie: response.headers["set-cookie"] ?? [],
            html,
            heading: textOf(/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(html)?.[1]),
            token: /name="token" value="([^"]+)"/.exec(html)?.[1] ?? "",
          });
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

function textOf(html = ""): string {
  return html.replaceAll(/<[^>]*>/g, "").trim();
}
