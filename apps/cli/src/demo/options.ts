import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CliError } from "../errors.ts";
import { DEMO_FILES } from "./seed.ts";

/** What may be said on the command line; everything else is a setting in the environment. */
export interface DemoOptions {
  readonly data: string;
  /** 0: any free one. */
  readonly port: number;
  readonly agentPort: number;
  readonly trayPort: number;
  /** Cards go through the PC's smartcard service (pcscd with vpcd), not through memory. */
  readonly pcsc: boolean;
  readonly vpcdPort: number;
  /** How many readers in memory: two, as a desk has; three shows what one card too many does. */
  readonly readers: number;
}

export type Env = Readonly<Record<string, string | undefined>>;

/** @throws {CliError} `cli/usage` */
export function readOptions(args: readonly string[]): { options: DemoOptions; json: boolean } {
  const values = parse(args);
  const options = {
    data: values.data,
    port: number("--port", values.port, PORTS),
    agentPort: number("--agent-port", values["agent-port"], PORTS),
    trayPort: number("--tray-port", values["tray-port"], PORTS),
    pcsc: values.pcsc,
    vpcdPort: number("--vpcd-port", values["vpcd-port"], PORTS),
    readers: number("--readers", values.readers, { from: 1, to: 3 }),
  };
  return { options, json: values.json };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: { type: "string", default: ".lanyard" },
        port: { type: "string", default: "3000" },
        "agent-port": { type: "string", default: "24738" },
        "tray-port": { type: "string", default: "24739" },
        pcsc: { type: "boolean", default: false },
        "vpcd-port": { type: "string", default: "35963" },
        readers: { type: "string", default: "2" },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (cause) {
    const told = cause instanceof Error ? cause.message : "";
    throw new CliError("cli/usage", `${told}\nlanyard demo --help lists what there is.`, { cause });
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
}

const PORTS: Range = { from: 0, to: 65_535 };

function number(name: string, text: string, { from, to }: Range): number {
  const value = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return value;
  throw new CliError("cli/usage", `${name} takes a number from ${from} to ${to}.`);
}

/** What the demo fixes, around what the environment says, so that other policies can be tried. */
export async function demoSettings(
  options: DemoOptions,
  env: Env,
  directory: string,
): Promise<Env> {
  const [freePort, otherFreePort] = await freePorts();
  const port = options.port || freePort;
  const agentPort = options.agentPort || otherFreePort;
  return {
    LANYARD_SERVICE_DESK: "the demo service desk, telephone 01632 960100",
    LANYARD_DESK_NAME: "Demo desk",
    LANYARD_LOG: "warn",
    ...env,
    LANYARD_ORIGIN: `http://localhost:${port}`,
    LANYARD_HOST: "127.0.0.1",
    LANYARD_PORT: String(port),
    LANYARD_AGENT_ORIGIN: `http://127.0.0.1:${agentPort}`,
    LANYARD_SERVER: `http://localhost:${port}`,
    LANYARD_AGENT_PORT: String(agentPort),
    LANYARD_AGENT_DATA: join(directory, DEMO_FILES.agent),
    LANYARD_DATA: directory,
    LANYARD_TRUST_FILE: join(directory, DEMO_FILES.trust),
    LANYARD_MASTER_KEY_FILE: join(directory, DEMO_FILES.masterKeys),
    LANYARD_AUDIT_KEY_FILE: join(directory, DEMO_FILES.auditKey),
    LANYARD_OPEN_ENROLMENT: "on",
  };
}

/** Two ports nobody listens on at this moment: server and agent must know of each other before either listens. */
async function freePorts(): Promise<readonly [number, number]> {
  const probes = [await listening(), await listening()] as const;
  const ports = [portOf(probes[0]), portOf(probes[1])] as const;
  for (const probe of probes) await new Promise((done) => probe.close(done));
  return ports;
}

function listening(): Promise<Server> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once("error", fail);
    probe.listen(0, "127.0.0.1", () => done(probe));
  });
}

function portOf(probe: Server): number {
  const address = probe.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
