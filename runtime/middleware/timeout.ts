import { Problem } from "../errors.ts";
import type { RequestContext } from "./context.ts";

const HEADER = "x-timeout-ms";

/**
 * Until when the caller wants its answer (`performance.now()` time), counted from the arrival of the request; null
 * where it does not say. It can only shorten what the node may take. Throws `invalid_header`.
 */
export function answerBy(ctx: RequestContext): number | null {
  const text = ctx.get(HEADER);
  if (text === "") return null;
  if (!/^[1-9]\d{0,9}$/.test(text)) {
    throw new Problem("invalid_header", `${HEADER} must be a whole number of milliseconds, 1 or more`);
  }
  return ctx.state.startedAt + Number(text);
}
