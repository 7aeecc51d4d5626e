import { deploy } from "../e2e/harness/deployed.ts";
import { findPostgresBinaries, startPostgres } from "../e2e/harness/postgres.ts";
import { type Product, startProduct } from "../e2e/harness/product.ts";
import { memoryOf } from "./memory.ts";
import { say, timed } from "./report.ts";

/** What the issue allows: milliseconds to the ready page, and megabytes. */
const AIMS = {
  firstStartMs: 15_000,
  laterStartMs: 5_000,
  demoMegabytes: 800,
  serverMegabytes: 200,
  agentMegabytes: 120,
} as const;

/** Enough for the garbage collector to have settled. */
const PAGES = 1_500;

/** How long a newcomer waits, and how much memory each process holds, each as a share of its aim. */
export async function benchFootprint(): Promise<void> {
  await benchDemo();
  if (findPostgresBinaries() === undefined)
    return say("A server on PostgreSQL is not measured: it is not installed here.");
  await benchDeployed();
}

async function benchDemo(): Promise<void> {
  const first = await started({ mode: "demo", fresh: true });
  share("first start of the demo, to its ready page", first.time, AIMS.firstStartMs);
  const { peak } = memoryOf(first.product.pid);
  share("  its memory at the peak", peak, AIMS.demoMegabytes);
  await first.product.stop();
  const later = await started({ mode: "demo" });
  share("later start of the demo", later.time, AIMS.laterStartMs);
  await readPages(later.product.portal);
  share("  its memory after 1,500 pages", memoryOf(later.product.pid).now, AIMS.demoMegabytes);
  await later.product.stop();
}

async function started(
  options: Parameters<typeof startProduct>[0],
): Promise<{ readonly product: Product; readonly time: number }> {
  let product: Product | undefined;
  const time = await timed(async () => {
    product = await startProduct(options);
    await fetch(product.portal);
  });
  if (product === undefined) throw new Error("The demo did not start.");
  return { product, time };
}

async function benchDeployed(): Promise<void> {
  const postgres = await startPostgres();
  const database = { DATABASE_URL: postgres.url("postgres") };
  // The demo fills the database, so that there is something to serve.
  const demo = await startProduct({ mode: "demo", fresh: true, env: database });
  const deployed = await deploy(demo.directory, database);
  const server = await deployed.startServer();
  const agent = await deployed.startAgent();
  try {
    await readPages(deployed.portal);
    share(
      "a server on PostgreSQL, after 1,500 pages",
      memoryOf(server.pid).now,
      AIMS.serverMegabytes,
    );
    await readPages(deployed.agentPages);
    share("an agent, after 1,500 pages", memoryOf(agent.pid).now, AIMS.agentMegabytes);
  } finally {
    await agent.stop();
    await server.stop();
    await demo.stop();
    await postgres.stop();
  }
}

async function readPages(address: string): Promise<void> {
  for (let page = 0; page < PAGES; page += 1) await (await fetch(address)).text();
}

function share(what: string, measured: number, aim: number): void {
  const part = measured / aim;
  say(`${what.padEnd(48)} ${part.toFixed(2)} of the aim${part <= 1 ? "" : "  MISSED"}`);
}
