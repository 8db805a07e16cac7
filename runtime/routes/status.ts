import { sendJson } from "../middleware/context.ts";
import type { Route } from "./route.ts";

/** For the operator: what runs, how busy it is, what went wrong last. */
export const status: Route = {
  method: "GET",
  path: "/status",
  handle(ctx, serving) {
    const { plugin, pool, breakers } = serving.service();
    const { name, version, digest, compiler } = plugin.manifest;
    const { waiting, queue_limit, ...runners } = pool.state();
    const answer = {
      plugin: { name, version, digest },
      versions: { noxus: compiler.version, node: process.versions.node },
      uptime_s: Math.round(process.uptime()),
      is_draining: serving.isDraining(),
      runners,
      queue: { waiting, limit: queue_limit },
      breakers: breakers.states(),
      requests: { in_flight: serving.requests.count() },
      calls: serving.metrics.totals(),
      processes: serving.tally.counts(),
      last_error: serving.record.lastError(),
    };
    sendJson(ctx, 200, JSON.stringify(answer));
  },
};
