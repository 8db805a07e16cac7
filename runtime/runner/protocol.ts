import type { Fault } from "../errors.ts";
import type { ManifestNode } from "../manifest/types.ts";

/** Payload of a `start` frame: all that a runner gets to know. */
export interface StartMessage {
  /** Absolute paths, without links. The server proves what is there before it says so and once the runner is ready. */
  readonly bundlePath: string;
  readonly validatorsPath: string;
  /** Name under which the bundle exports the plugin class. */
  readonly export: string;
  readonly plugin: { readonly name: string; readonly version: string };
  readonly nodes: readonly Pick<
    ManifestNode,
    "name" | "class" | "inputs" | "input_order" | "spreads_last" | "revive" | "takes_context" | "outputs"
  >[];
  readonly config: Readonly<Record<string, unknown>>;
  /** Its descriptor is there. */
  readonly hasJournal: boolean;
}

/** First line of a `call` frame's payload, as JSON; the request's body follows it untouched. */
export interface CallMessage {
  readonly node: string;
  readonly requestId: string;
  readonly traceparent: string;
  /** Other calls may come to run beside it. */
  readonly mayShare: boolean;
  /**
   * For a call behind others, which the runner announces before it begins: the time of the shared clock after which it
   * must not begin any more, since the server may have given it to another runner. Null for one that begins at once.
   */
  readonly beginBy: number | null;
  /** What the node usually takes of the loop, ms. */
  readonly busyMs: number;
}

/** What a runner may blame on the request, the node or its result. */
export const runnerProblemCodes = ["invalid_json", "input_invalid", "node_error", "output_invalid"] as const;

/** Payload of a `problem` frame. */
export interface ProblemMessage {
  readonly code: (typeof runnerProblemCodes)[number];
  readonly message: string;
  readonly details: readonly Fault[];
  /** For the log only. */
  readonly stack?: string;
  /** The kind of a {@link Denial}, where the runner's flags refused what the node asked for. */
  readonly denied?: string;
}

/** Payload of a `log` frame: one line of `ctx.log`, or one that was printed by a call that may share. */
export interface LogMessage {
  readonly source: "plugin" | "stdout" | "stderr";
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields?: unknown;
}
