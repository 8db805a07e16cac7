import Router from "@koa/router";
import Koa from "koa";
import { Problem } from "./errors.ts";
import type { Next, RequestContext, RequestState } from "./middleware/context.ts";
import { logRequests } from "./middleware/log.ts";
import { answerProblems } from "./middleware/problem.ts";
import { requestId } from "./middleware/request-id.ts";
import { routes } from "./routes/index.ts";
import type { Serving } from "./service.ts";

/** The HTTP application, without listening. The order below is what happens to a request. */
export function createApp(serving: Serving): Koa {
  const app = new Koa<RequestState>();
  app.use(requestId);
  app.use(logRequests(serving));
  app.use(answerProblems(serving));
  const router = new Router<RequestState, RequestContext>();
  for (const { method, path, handle } of routes) {
    router.register(path, [method], (ctx: RequestContext) => handle(ctx, serving));
  }
  app.use(router.routes());
  app.use(refuse);
  // A response that could not be written, mostly because the caller is gone; the request's own line tells it.
  app.on("error", (error: Error) => serving.log.warn("response failed", { why: error.message }));
  return app;
}

/** Nothing above has taken the request: the path is unknown, or the method is. */
async function refuse(ctx: RequestContext, _next: Next): Promise<void> {
  const allowed = new Set<string>(ctx.matched?.flatMap((layer: { methods: string[] }) => layer.methods));
  if (allowed.size === 0)
    throw new Problem("not_found", "there is nothing at this path; GET / tells what is served");
  const allow = [...allowed, "OPTIONS"].join(", ");
  if (ctx.method !== "OPTIONS") {
    throw new Problem("method_not_allowed", `${ctx.method} does not work here; ${allow} do`, {
      headers: { Allow: allow },
    });
  }
  ctx.set("Allow", allow);
  ctx.status = 204;
}
