import { sendJson } from "../middleware/context.ts";
import type { Route } from "./route.ts";

export const nodes: Route = {
  method: "GET",
  path: "/nodes",
  handle(ctx, serving) {
    const list = serving.service().plugin.manifest.nodes.map((node) => ({
      name: node.name,
      class: node.class,
      title: node.title,
      description: node.description,
      permissions: node.permissions,
      manifest: `/${node.name}/manifest`,
      run: `/${node.name}/run`,
    }));
    sendJson(ctx, 200, JSON.stringify({ nodes: list }));
  },
};
