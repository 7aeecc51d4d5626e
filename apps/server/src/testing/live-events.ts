import { get, type IncomingMessage } from "node:http";
import { DESK_EVENTS } from "../pages/desk-status/desk-status.tsx";
import type { TestBrowser } from "./test-browser.ts";
import type { TestSite } from "./test-world.ts";

/** A page that listens to the live view of its desk. */
export interface Listening {
  readonly response: IncomingMessage;
  said(): string;
  leave(): void;
}

export function listenAt(
  { config, port }: Pick<TestSite, "config" | "port">,
  browser: TestBrowser,
): Promise<Listening> {
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  return new Promise((resolve, reject) => {
    const headers = { host: new URL(config.origin).host, cookie };
    const request = get({ host: "127.0.0.1", port, path: DESK_EVENTS, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", () => undefined);
      resolve({ response, said: () => text, leave: () => request.destroy() });
    });
    request.once("error", reject);
  });
}
