import { type IncomingHttpHeaders, request } from "node:http";

/** What came back for one request. */
export interface Reply {
  readonly status: number;
  readonly location: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly html: string;
  /** The form token in the page. */
  readonly token: string;
}

export interface Browser {
  /** A person goes to a page. */
  go(path: string, headers?: Record<string, string>): Promise<Reply>;
  /** A form of the agent's own page is sent. */
  press(
    path: string,
    fields: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Reply>;
  send(method: string, path: string, options?: SendOptions): Promise<Reply>;
}

interface SendOptions {
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A browser reduced to its headers, on the agent's port. */
export function openBrowser(port: number): Browser {
  const navigation = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  const send: Browser["send"] = (method, path, options = {}) =>
    new Promise((resolve, reject) => {
      const { headers = {}, body } = options;
      const length = body === undefined ? {} : { "content-length": `${Buffer.byteLength(body)}` };
      const sent = request(
        { host: "127.0.0.1", port, method, path, headers: { ...length, ...headers }, agent: false },
        (response) => {
          const pieces: Buffer[] = [];
          response.on("data", (piece: Buffer) => pieces.push(piece));
          response.on("end", () => {
            const html = Buffer.concat(pieces).toString();
            resolve({
              status: response.statusCode ?? 0,
              location: response.headers.location,
              headers: response.headers,
              html,
              token: /name="token" value="([^"]+)"/.exec(html)?.[1] ?? "",
            });
          });
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  return {
    send,
    go: (path, headers = {}) =>
      send("GET", path, { headers: { ...navigation, "sec-fetch-site": "cross-site", ...headers } }),
    press: async (path, fields, headers = {}) => {
      const answer = await send("POST", path, {
        headers: {
          ...navigation,
          "sec-fetch-site": "same-origin",
          origin: `http://127.0.0.1:${port}`,
          "content-type": "application/x-www-form-urlencoded",
          ...headers,
        },
        body: new URLSearchParams(fields).toString(),
      });
      // As a browser does: a redirect within the agent's own pages is followed.
      if (answer.location !== path) return answer;
      return send("GET", path, { headers: { ...navigation, "sec-fetch-site": "same-origin" } });
    },
  };
}
