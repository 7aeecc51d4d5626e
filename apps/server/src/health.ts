import type { FastifyInstance } from "fastify";
import type { Core } from "./core.ts";

/** `GET /healthz`: 200 when the database answers, 503 when not. Says nothing else: anybody may ask. */
export function serveHealth(app: FastifyInstance, core: Core): void {
  app.get("/healthz", async (_request, reply) => {
    try {
      await core.store.transaction((records) => records.people.organisations());
      return reply.send({ status: "ok" });
    } catch (error) {
      core.log.error({ err: error }, "health.failed");
      return reply.code(503).send({ status: "database_unreachable" });
    }
  });
}
