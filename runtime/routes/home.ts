import { sendJson } from "../middleware/context.ts";
import type { Route } from "./route.ts";

/** What is served here, for a person who opens the address. */
export const home: Route = {
  method: "GET",
  path: "/",
  handle(ctx, serving) {
    const { manifest } = serving.service().plugin;
    const answer = {
      plugin: manifest.name,
      version: manifest.version,
      description: manifest.description ?? "",
      digest: manifest.digest,
      nodes: manifest.nodes.map((node) => ({ name: node.name, title: node.title, run: `/${node.name}/run` })),
      see: ["/nodes", "/manifest", "/health", "/status", "/metrics"],
    };
    sendJson(ctx, 200, JSON.stringify(answer));
  },
};
