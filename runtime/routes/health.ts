import { sendJson } from "../middleware/context.ts";
import type { Serving } from "../service.ts";
import type { Route } from "./route.ts";

/**
 * How long who asks in the middle of a start waits for its end, ms: most starts are shorter, and an orchestrator that is
 * told "not yet" asks again only seconds later. Well below the second that a probe usually waits.
 */
const START_PATIENCE_MS = 250;

type Health = "healthy" | "degraded" | "unhealthy";

/**
 * For people and dashboards: the whole, and each node. A node whose last call took its runner down is degraded, one
 * whose breaker is open is unhealthy.
 */
export const health: Route = {
  method: "GET",
  path: "/health",
  async handle(ctx, serving) {
    ctx.state.isQuiet = true;
    await serving.startWithin(START_PATIENCE_MS);
    const isAlive = serving.service().pool.isAble();
    const nodes: Record<string, Health> = {};
    const { breakers, plugin } = serving.service();
    for (const node of plugin.manifest.nodes) {
      const isUsable = isAlive && breakers.isClosed(node.name);
      nodes[node.name] = !isUsable ? "unhealthy" : serving.record.isHurt(node) ? "degraded" : "healthy";
    }
    const isHurt = serving.isLeaving() || Object.values(nodes).some((each) => each !== "healthy");
    const status: Health = !isAlive ? "unhealthy" : isHurt ? "degraded" : "healthy";
    sendJson(ctx, isAlive ? 200 : 503, JSON.stringify({ status, nodes }));
  },
};

/** The server's loop turns. Never depends on load or on the plugin: a restart would not help either. */
export const live = probe("/health/live", 0, () => true);

/** A call sent now would be taken. */
export const ready = probe("/health/ready", START_PATIENCE_MS, isReady);

export function isReady(serving: Serving): boolean {
  return !serving.isLeaving() && serving.service().pool.isAble();
}

/** The plugin has been activated once. */
export const startup = probe("/health/startup", START_PATIENCE_MS, (serving) => serving.hasStarted());

function probe(path: string, patienceMs: number, isWell: (serving: Serving) => boolean): Route {
  return {
    method: "GET",
    path,
    async handle(ctx, serving) {
      ctx.state.isQuiet = true;
      if (patienceMs > 0) await serving.startWithin(patienceMs);
      const status: Health = isWell(serving) ? "healthy" : "unhealthy";
      sendJson(ctx, status === "healthy" ? 200 : 503, JSON.stringify({ status }));
    },
  };
}
