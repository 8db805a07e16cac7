import { Problem } from "../errors.ts";
import { readBody } from "../middleware/body.ts";
import { type RequestContext, seconds, sendJson } from "../middleware/context.ts";
import { findNode } from "./find-node.ts";
import type { Route } from "./route.ts";

/** Calls a node. The body goes to a runner untouched, and what the runner answers goes out untouched. */
export const run: Route = {
  method: "POST",
  path: "/:node/run",
  async handle(ctx, serving) {
    if (serving.isDraining())
      throw new Problem("draining", "the server is shutting down", { headers: { "Retry-After": "1" } });
    const before = findNode(ctx, serving.service());
    const body = await readBody(ctx, serving.bodyLimit);
    // A swap may have come while the body was read; a closed pool would refuse the call.
    const service = serving.service();
    const node = service.nodes.get(before.name) ?? findNode(ctx, service);
    const { requestId, traceparent } = ctx.state;
    const caller = callerOf(ctx);
    try {
      const timeoutMs = Math.min(node.timeout_ms, serving.timeoutMs);
      const answer = await service.pool.run({
        node,
        body,
        requestId,
        traceparent,
        timeoutMs,
        answerBy: null,
        signal: caller,
      });
      serving.record.success(node);
      const tail = `,"execution_time":${seconds(answer.ms)},"status":"success"}`;
      sendJson(ctx, 200, Buffer.concat([Buffer.from('{"outputs":'), answer.outputs, Buffer.from(tail)]));
    } catch (error) {
      // A call that was ended because its caller left says nothing about the node.
      if (!caller.aborted)
        serving.record.failure(node, error instanceof Problem ? error.code : "internal", requestId);
      throw error;
    }
  },
};

/** Aborts when the caller hangs up before it has its answer. */
function callerOf(ctx: RequestContext): AbortSignal {
  const controller = new AbortController();
  ctx.res.once("close", () => {
    if (!ctx.res.writableFinished) controller.abort();
  });
  if (ctx.res.closed) controller.abort();
  return controller.signal;
}
