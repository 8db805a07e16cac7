import type { Readable } from "node:stream";
import type { DefaultContext, ParameterizedContext } from "koa";

import type { Problem, ProblemCode } from "../errors.ts";

/** What one request carries through the middleware. */
export interface RequestState {
  requestId: string;
  traceparent: string;
  /** `performance.now()` at its beginning, ms. */
  startedAt: number;
  /** URL name of the node called. */
  node?: string;
  /** True for a request that calls a node: it is counted in the metrics. */
  isCall?: boolean;
  /** Code of the problem answered. */
  code?: ProblemCode;
  /** Body bytes read. */
  bytesIn?: number;
  /** Not worth a log line: probes come every second. */
  isQuiet?: boolean;
}

export type RequestContext = ParameterizedContext<
  RequestState,
  DefaultContext & { params: Record<string, string> }
>;

export type Next = () => Promise<unknown>;

export const JSON_TYPE = "application/json; charset=utf-8";

/** Answers with JSON text or bytes that are ready to send. */
export function sendJson(ctx: RequestContext, status: number, json: string | Buffer | Readable): void {
  ctx.status = status;
  ctx.type = JSON_TYPE;
  ctx.body = json;
}

/** Seconds with microseconds, as in `execution_time`. */
export function seconds(ms: number): number {
  return Number((ms / 1000).toFixed(6));
}

/** The one error body; `ms` since the request began. */
export function problemBody({ code, message, details }: Problem, requestId: string, ms: number): string {
  return JSON.stringify({
    status: "error",
    error: { code, message, details, request_id: requestId },
    execution_time: seconds(ms),
  });
}
