import { Readable } from "node:stream";
import { Problem } from "../errors.ts";
import { readBody } from "../middleware/body.ts";
import { type RequestContext, seconds, sendJson } from "../middleware/context.ts";
import { answerBy } from "../middleware/timeout.ts";
import type { Caller } from "../runner/caller.ts";
import { LARGE_BYTES } from "../runner/frames.ts";
import { retryAfter } from "../runner/queue.ts";
import { findNode } from "./find-node.ts";
import type { Route } from "./route.ts";

/** Calls a node. The body goes to a runner untouched, and what the runner answers goes out untouched. */
export const run: Route = {
  method: "POST",
  path: "/:node/run",
  async handle(ctx, serving) {
    ctx.state.isCall = true;
    if (serving.isDraining()) throw new Problem("draining", "the server is shutting down", retryAfter);
    const before = findNode(ctx, serving.service());
    // Shed before the body is read; a trial is claimed only once it can be made.
    serving.service().breakers.check(before.name);
    const wanted = answerBy(ctx);
    const body = await readBody(ctx, serving.bodyLimit);
    // A swap may have come while the body was read; a closed pool would refuse the call.
    const service = serving.service();
    const node = service.nodes.get(before.name) ?? findNode(ctx, service);
    const { requestId, traceparent } = ctx.state;
    const caller = callerOf(ctx);
    const pass = service.breakers.enter(node.name);
    try {
      const timeoutMs = Math.min(node.timeout_ms, serving.timeoutMs);
      const call = { node, body, requestId, traceparent, timeoutMs, answerBy: wanted, caller };
      const answer = await service.pool.run(call);
      pass.done("success");
      serving.record.success(node);
      const tail = `,"execution_time":${seconds(answer.ms)},"status":"success"}`;
      sendOutputs(ctx, answer.outputs, tail);
    } catch (error) {
      // A call that was ended because its caller left says nothing about the node.
      const outcome = caller.isGone ? "caller_gone" : error instanceof Problem ? error.code : "internal";
      pass.done(outcome);
      if (outcome !== "caller_gone") serving.record.failure(node, outcome, requestId);
      throw error;
    }
  },
};

/** A short text goes out in one write with its headers; a long one is not worth decoding for that. */
const SHORT_BYTES = 16 * 1024;

const head = '{"outputs":';

function sendOutputs(ctx: RequestContext, outputs: Buffer, tail: string): void {
  if (outputs.length < SHORT_BYTES) return sendJson(ctx, 200, `${head}${outputs.toString()}${tail}`);
  const pieces = [Buffer.from(head), outputs, Buffer.from(tail)];
  if (outputs.length < LARGE_BYTES) return sendJson(ctx, 200, Buffer.concat(pieces));
  sendJson(ctx, 200, Readable.from(pieces));
  ctx.length = pieces.reduce((sum, { length }) => sum + length, 0);
}

function callerOf({ res }: RequestContext): Caller {
  const caller = {
    isGone: res.closed,
    onGone: null as Caller["onGone"],
  };
  res.once("close", () => {
    if (res.writableFinished) return;
    caller.isGone = true;
    caller.onGone?.();
  });
  return caller;
}
