import { randomFillSync } from "node:crypto";
import type { Next, RequestContext } from "./context.ts";

const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;
// https://www.w3.org/TR/trace-context/#traceparent-header. All zeros are not an id, and ff is no version.
const TRACEPARENT =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Takes the caller's `x-request-id` and `traceparent` where they are well formed, makes them where not. */
export async function requestId(ctx: RequestContext, next: Next): Promise<void> {
  const id = ctx.get("x-request-id");
  const trace = ctx.get("traceparent");
  ctx.state.startedAt = performance.now();
  ctx.state.requestId = REQUEST_ID.test(id) ? id : newRequestId();
  ctx.state.traceparent = readTraceparent(trace) ?? `00-${randomHex(16)}-${randomHex(8)}-00`;
  ctx.set("x-request-id", ctx.state.requestId);
  ctx.set("traceparent", ctx.state.traceparent);
  await next();
}

/**
 * The trace that a `traceparent` header continues, as version 00; null where the header is not well formed. A later
 * version may say more behind its flags, which is left out; version 00 may not.
 */
function readTraceparent(text: string): string | null {
  const [, version, trace, parent, flags, more] = TRACEPARENT.exec(text) ?? [];
  if (trace === undefined || (version === "00" && more !== undefined)) return null;
  return `00-${trace}-${parent}-${flags}`;
}

export function newRequestId(): string {
  return randomHex(16);
}

// Randomness by the pool: one system call for each id costs more than the rest of the middleware.
const pool = Buffer.alloc(8192);
let used = pool.length;

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString("hex", used - bytes, used);
}
