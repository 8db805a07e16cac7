import { writeFigures } from "../metrics.ts";
import { isReady } from "./health.ts";
import type { Route } from "./route.ts";

/** For Prometheus. */
export const metrics: Route = {
  method: "GET",
  path: "/metrics",
  handle(ctx, serving) {
    ctx.state.isQuiet = true;
    const { plugin, pool, breakers } = serving.service();
    const { manifest } = plugin;
    const figures = {
      plugin: { name: manifest.name, version: manifest.version },
      noxus: manifest.compiler.version,
      pool: pool.state(),
      runners: serving.tally.counts(),
      openBreakers: new Set(Object.keys(breakers.states())),
      nodes: manifest.nodes.map((node) => node.name),
      inFlight: serving.requests.count(),
      isReady: isReady(serving),
    };
    ctx.type = "text/plain; version=0.0.4; charset=utf-8";
    ctx.body = serving.metrics.write() + writeFigures(figures);
  },
};
