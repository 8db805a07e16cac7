import { logLine } from "../log.ts";
import type { Serving } from "../service.ts";
import type { Next, RequestContext } from "./context.ts";

/** One line per request, when its response is finished or its caller is gone. Never bodies, headers or queries. */
export function logRequests({ log, requests, metrics }: Serving) {
  return async (ctx: RequestContext, next: Next): Promise<void> => {
    requests.enter();
    ctx.res.once("close", () => {
      requests.leave();
      const { state } = ctx;
      if (state.isQuiet) return;
      const ms = performance.now() - state.startedAt;
      const isGone = !ctx.res.writableFinished;
      const status = isGone ? 499 : ctx.res.statusCode;
      const code = isGone ? "caller_gone" : state.code;
      if (state.isCall) metrics.answered(state.node ?? "", code ?? "success", ms);
      logLine(log, status >= 500 ? "error" : status >= 400 ? "warn" : "info", "request", {
        request_id: state.requestId,
        traceparent: state.traceparent,
        method: ctx.method,
        path: ctx.path.slice(0, 200),
        ...(state.node === undefined ? {} : { node: state.node }),
        status,
        ...(code === undefined ? {} : { code }),
        ms: Math.round(ms * 1000) / 1000,
        bytes_in: state.bytesIn ?? 0,
        bytes_out: isGone ? 0 : Number(ctx.res.getHeader("content-length") ?? 0),
      });
    });
    await next();
  };
}
