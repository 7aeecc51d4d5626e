import type { FastifyInstance } from "fastify";
import type { Core } from "./core.ts";
import type { SharedClock } from "./nodes/clock.ts";

/**
 * `GET /healthz`: 200 when the database answers and its clock was not put back, 503 when not. Says nothing else: anybody
 * may ask.
 */
export function serveHealth(app: FastifyInstance, core: Core, clock: SharedClock): void {
  app.get("/healthz", async (_request, reply) => {
    try {
      await core.store.transaction((records) => records.people.organisations());
      if (clock.isBehind) return reply.code(503).send({ status: "clock_behind" });
      return reply.send({ status: "ok" });
    } catch (error) {
      core.log.error({ err: error }, "health.failed");
      return reply.code(503).send({ status: "database_unreachable" });
    }
  });
}
