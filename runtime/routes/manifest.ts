import { type RequestContext, sendJson } from "../middleware/context.ts";
import type { Route } from "./route.ts";

export const manifest: Route = {
  method: "GET",
  path: "/manifest",
  handle(ctx, serving) {
    const { plugin, manifestText } = serving.service();
    sendTagged(ctx, plugin.manifest.digest, manifestText);
  },
};

/** Answers 304 to a caller that already has what belongs to this digest. */
export function sendTagged(ctx: RequestContext, digest: string, write: () => string): void {
  ctx.etag = digest;
  ctx.set("Cache-Control", "no-cache");
  ctx.status = 200; // `fresh` asks for a success first
  if (ctx.fresh) ctx.status = 304;
  else sendJson(ctx, 200, write());
}
