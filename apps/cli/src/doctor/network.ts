import { attention, type Finding, ok, problem } from "./finding.ts";

const TIMEOUT_MS = 3_000;
/** Beyond this, sign-in and certificates are judged by a wrong time. */
const CLOCK_MS_MAX = 60_000;

export type Fetch = (
  url: string,
  init: { readonly signal: AbortSignal; readonly redirect: "manual" },
) => Promise<Response>;

/** Whether the agent answers on its port, or something else does. */
export async function agentFinding(port: number, fetch: Fetch): Promise<Finding> {
  const url = `http://127.0.0.1:${port}/`;
  const answer = await ask(url, fetch);
  if (answer === undefined)
    return attention(`The agent is not running: port ${port} is free.`, "Start it: lanyard agent");
  const text = await answer.text().catch(() => "");
  if (answer.ok && text.includes("Lanyard")) return ok(`The agent is running: ${url}`);
  return problem(
    `Another program answers on the agent's port ${port}.`,
    "Close that program, or give the agent and the server another port (LANYARD_AGENT_PORT, LANYARD_AGENT_ORIGIN).",
  );
}

/** Whether the server answers and is well, and how far this PC's clock is from the server's. */
export async function serverFindings(
  server: string,
  fetch: Fetch,
  now: () => number,
): Promise<readonly Finding[]> {
  const asked = now();
  const answer = await ask(new URL("/healthz", server).href, fetch);
  if (answer === undefined)
    return [
      problem(
        `The server cannot be reached: ${server}`,
        "Is the address right (--server URL), is the network up, is the server running (lanyard server)?",
      ),
    ];
  const health = answer.ok
    ? ok(`The server is well: ${server}`)
    : problem(
        `The server answers, but not as a healthy one does (HTTP ${answer.status}): ${server}`,
        "Ask whoever runs it. Is the address that of the Lanyard server?",
      );
  return [health, clockFinding(answer.headers.get("date"), (asked + now()) / 2)];
}

function clockFinding(date: string | null, nowMs: number): Finding {
  const serverMs = Date.parse(date ?? "");
  if (Number.isNaN(serverMs))
    return attention(
      "The server does not say what time it is.",
      "Compare this PC's clock by hand.",
    );
  const apartMs = Math.abs(nowMs - serverMs);
  const seconds = Math.round(apartMs / 1_000);
  if (apartMs <= CLOCK_MS_MAX) return ok("This PC's clock agrees with the server's.");
  return attention(
    `This PC's clock is ${seconds} seconds ${nowMs > serverMs ? "ahead of" : "behind"} the server's.`,
    "Set the clock, or let it be set over the network.",
  );
}

/** `undefined`: nobody answered. */
async function ask(url: string, fetch: Fetch): Promise<Response | undefined> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "manual" });
  } catch {
    return undefined;
  }
}
