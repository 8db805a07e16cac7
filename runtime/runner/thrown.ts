import { findDenial } from "./denial.ts";
import type { ProblemMessage } from "./protocol.ts";

const MAX_MESSAGE = 2000;
const MAX_STACK = 8000;

/**
 * A `node_error` for anything that can be thrown, `null`, symbols and proxies included. The `code` of an error that
 * has one goes into the details under `/code`, so that callers can tell errors apart; the stack is for the log only.
 * What the runner's flags refused is told in the words of plugin.yaml instead of Node's, which name flags.
 */
export function describeThrown(thrown: unknown): ProblemMessage {
  try {
    if (typeof thrown !== "object" || thrown === null) {
      const text = typeof thrown === "string" ? thrown : `the node threw ${String(thrown)}`;
      return { code: "node_error", message: text.slice(0, MAX_MESSAGE), details: [] };
    }
    const denial = findDenial(thrown);
    const { message, code, stack } = thrown as { message?: unknown; code?: unknown; stack?: unknown };
    const hasCode = typeof code === "string" || typeof code === "number";
    return {
      code: "node_error",
      message: (
        denial?.message ?? (typeof message === "string" && message !== "" ? message : nameOf(thrown))
      ).slice(0, MAX_MESSAGE),
      details: hasCode ? [{ path: "/code", message: String(code).slice(0, MAX_MESSAGE) }] : [],
      ...(typeof stack === "string" ? { stack: stack.slice(0, MAX_STACK) } : {}),
      ...(denial === null ? {} : { denied: denial.kind }),
    };
  } catch {
    return { code: "node_error", message: "the node threw a value that cannot be read", details: [] };
  }
}

function nameOf(thrown: object): string {
  const { name } = thrown as { name?: unknown };
  return typeof name === "string" && name !== ""
    ? `the node threw ${name}`
    : "the node threw an object without a message";
}
