import { sendJson } from "../middleware/context.ts";
import type { Serving } from "../service.ts";
import type { Route } from "./route.ts";

type Health = "healthy" | "degraded" | "unhealthy";

/** For people and dashboards: the whole, and each node. A node whose last call took its runner down is degraded. */
export const health: Route = {
  method: "GET",
  path: "/health",
  handle(ctx, serving) {
    ctx.state.isQuiet = true;
    const isAlive = hasRunner(serving);
    const nodes: Record<string, Health> = {};
    for (const node of serving.service().plugin.manifest.nodes) {
      nodes[node.name] = !isAlive ? "unhealthy" : serving.record.isHurt(node) ? "degraded" : "healthy";
    }
    const isHurt = serving.isDraining() || Object.values(nodes).includes("degraded");
    const status: Health = !isAlive ? "unhealthy" : isHurt ? "degraded" : "healthy";
    sendJson(ctx, isAlive ? 200 : 503, JSON.stringify({ status, nodes }));
  },
};

/** The server's loop turns. Never depends on load or on the plugin: a restart would not help either. */
export const live = probe("/health/live", () => true);

/** A call sent now would be taken. */
export const ready = probe("/health/ready", (serving) => !serving.isDraining() && hasRunner(serving));

/** The plugin has been activated once. */
export const startup = probe("/health/startup", (serving) => serving.hasStarted());

function probe(path: string, isWell: (serving: Serving) => boolean): Route {
  return {
    method: "GET",
    path,
    handle(ctx, serving) {
      ctx.state.isQuiet = true;
      const status: Health = isWell(serving) ? "healthy" : "unhealthy";
      sendJson(ctx, status === "healthy" ? 200 : 503, JSON.stringify({ status }));
    },
  };
}

function hasRunner(serving: Serving): boolean {
  const { idle, busy } = serving.service().pool.state();
  return idle + busy > 0;
}
