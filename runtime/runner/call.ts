import type { ManifestNode } from "../manifest/types.ts";
import type { Caller } from "./caller.ts";

export interface Call {
  readonly node: ManifestNode;
  /** The request's body as it came. */
  readonly body: Buffer;
  readonly requestId: string;
  readonly traceparent: string;
  /** Deadline from the moment a runner takes the call, ms. */
  readonly timeoutMs: number;
  /** Until when the caller wants its answer, queue included; `performance.now()` time, null for no wish. */
  readonly answerBy: number | null;
  readonly caller: Caller;
}

export interface Answer {
  /** JSON text of the `outputs` object. */
  readonly outputs: Buffer;
  readonly ms: number;
}
