import { findNode } from "./find-node.ts";
import { sendTagged } from "./manifest.ts";
import type { Route } from "./route.ts";

/** One node's part of the manifest, with what identifies its plugin. */
export const nodeManifest: Route = {
  method: "GET",
  path: "/:node/manifest",
  handle(ctx, serving) {
    const service = serving.service();
    const node = findNode(ctx, service);
    const { name, version, description, digest } = service.plugin.manifest;
    sendTagged(ctx, digest, () => JSON.stringify({ plugin: { name, version, description, digest }, node }));
  },
};
