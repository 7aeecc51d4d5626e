import { request } from "node:http";
import type { TestSite } from "./test-world.ts";

export interface TestResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly location: string;
  readonly body: string;
}

export interface RequestWish {
  readonly method?: string;
  /** Sent as they are; `undefined` takes a header away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
}

/** A browser as far as the server sees one: keeps cookies, sends Host and Origin, follows nothing by itself. */
export class TestBrowser {
  readonly cookies = new Map<string, string>();
  readonly #site: TestSite;

  constructor(site: TestSite) {
    this.#site = site;
  }

  get(path: string): Promise<TestResponse> {
    return this.send(path);
  }

  post(path: string, form: Readonly<Record<string, string>> = {}): Promise<TestResponse> {
    return this.send(path, {
      method: "POST",
      headers: {
        origin: this.#site.config.origin,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams(form).toString(),
    });
  }

  async send(path: string, wish: RequestWish = {}): Promise<TestResponse> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const wanted = {
      host: new URL(this.#site.config.origin).host,
      ...(cookie === "" ? {} : { cookie }),
      ...wish.headers,
    };
    const headers = Object.fromEntries(
      Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const response = await exchange(this.#site.port, path, { ...wish, headers });
    for (const line of [response.headers["set-cookie"] ?? []].flat()) this.#keep(line);
    return response;
  }

  #keep(line: string): void {
    const [pair = "", ...attributes] = line.split("; ");
    const [name = "", value = ""] = pair.split("=");
    if (attributes.includes("Max-Age=0")) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

function exchange(
  port: number,
  path: string,
  { method = "GET", headers, body }: RequestWish & { readonly headers: Record<string, string> },
): Promise<TestResponse> {
  return new Promise((resolve, reject) => {
    const sending = request(
      { host: "127.0.0.1", port, path, method, headers, agent: false, setHost: false },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => void parts.push(part));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            location: response.headers.location ?? "",
            body: Buffer.concat(parts).toString("utf8"),
          }),
        );
      },
    );
    sending.on("error", reject);
    sending.end(body);
  });
}
