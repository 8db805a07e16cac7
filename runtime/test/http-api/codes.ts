import type { ProblemCode } from "../../errors.ts";

/** What each code means to a caller, for the documentation; the compiler asks for a new one. */
export const meanings: Readonly<Record<ProblemCode, string>> = {
  not_found: "Nothing is at this path.",
  node_not_found: "The plugin has no node of this name; the nearest name is told.",
  method_not_allowed: "The path exists, with other methods; `Allow` lists them.",
  invalid_json:
    "The body is empty, not JSON, not UTF-8, nested deeper than the limit, or has a key twice in one object.",
  invalid_header: "A header that noxus reads has a value it cannot use.",
  bad_request: "The bytes are no HTTP request. The connection is closed.",
  request_timeout: "Headers or body did not arrive in time (20 s and 60 s). The connection is closed.",
  expectation_failed: "`Expect` asks for something other than `100-continue`.",
  headers_too_large: "The request's headers have more than 16 KiB. The connection is closed.",
  unsupported_media_type: "`Content-Type` is not `application/json` in UTF-8, or the body is compressed.",
  payload_too_large: "The body has more bytes than the limit. The connection is closed.",
  input_invalid:
    "The inputs do not fit the node's schema; `details` lists every fault with its JSON pointer.",
  timeout: "The node did not answer before its deadline and was ended.",
  node_error: "The node threw. Message and `code` are the node's own; the stack is in the server's log.",
  output_invalid:
    "The node returned what JSON cannot carry or its output schema does not allow. A fault of the plugin.",
  runner_crashed: "The process that ran the call ended: exit, abort, signal. Only this call is lost.",
  runner_lost:
    "The call was lost without a fault of its own: another call took their common process down, or none could be started. Send it again.",
  out_of_memory: "The node used more memory than `resources.memory` allows.",
  overloaded: "Every runner is busy and the queue is full, or the wait in it too long. Send it again later.",
  node_unavailable:
    "The node crashed several times in a row and is not called for a while; other nodes are. Send it again later.",
  draining: "The server is shutting down. Send it again: to another instance, or after the restart.",
  internal: "A bug in noxus. The log has the rest, by `request_id`.",
};

/** Codes after which the same request may be sent again as it is. */
export const retryable: ReadonlySet<ProblemCode> = new Set([
  "runner_lost",
  "overloaded",
  "node_unavailable",
  "draining",
]);
