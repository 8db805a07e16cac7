import { Problem } from "../errors.ts";
import type { Serving } from "../service.ts";
import { type Next, problemBody, type RequestContext, sendJson } from "./context.ts";

/** Turns whatever is thrown below into the one error body. What is no Problem is a bug: logged, and not shown. */
export function answerProblems({ log, isLeaving }: Serving) {
  return async (ctx: RequestContext, next: Next): Promise<void> => {
    try {
      // The keep-alive connections of a server on its way out would only meet a closed port.
      if (isLeaving()) ctx.set("Connection", "close");
      await next();
    } catch (error) {
      const problem =
        error instanceof Problem ? error : new Problem("internal", "an error inside the server");
      if (problem !== error) {
        const stack = error instanceof Error ? error.stack : String(error);
        log.error("internal error", { request_id: ctx.state.requestId, stack });
      }
      ctx.state.code = problem.code;
      ctx.set({ ...problem.headers });
      const { requestId, startedAt } = ctx.state;
      sendJson(ctx, problem.status, problemBody(problem, requestId, performance.now() - startedAt));
    }
  };
}
