import { type Breakers, createBreakers } from "./breaker.ts";
import { type ProblemCode, problemStatus } from "./errors.ts";
import type { Log } from "./log.ts";
import { canonicalJson } from "./manifest/canonical.ts";
import { type NodeNames, nodeNames } from "./manifest/names.ts";
import type { LoadedPlugin } from "./manifest/read.ts";
import type { ManifestNode } from "./manifest/types.ts";
import type { RequestMetrics } from "./metrics.ts";
import type { Pool } from "./runner/pool.ts";
import type { RunnerTally } from "./runner/tally.ts";

/** One plugin being served. A swap replaces the whole. */
export interface Service {
  readonly plugin: LoadedPlugin;
  readonly nodes: NodeNames;
  /** Text of the whole manifest, written when it is first asked for. */
  readonly manifestText: () => string;
  readonly pool: Pool;
  readonly breakers: Breakers;
}

export function createService(plugin: LoadedPlugin, pool: Pool): Service {
  let text: string | null = null;
  return {
    plugin,
    nodes: nodeNames(plugin.manifest),
    manifestText: () => (text ??= canonicalJson(plugin.manifest)),
    pool,
    breakers: createBreakers(),
  };
}

/** What the routes work with; outlives a swap. */
export interface Serving {
  readonly service: () => Service;
  readonly hasStarted: () => boolean;
  /** Settles when the start has come to its end, good or bad, but after so many ms at the latest. */
  readonly startWithin: (ms: number) => Promise<void>;
  /** Told to end: not ready any more, but for a moment calls are still taken. */
  readonly isLeaving: () => boolean;
  /** No new call is taken. */
  readonly isDraining: () => boolean;
  readonly log: Log;
  readonly record: CallRecord;
  readonly metrics: RequestMetrics;
  readonly tally: RunnerTally;
  /** Requests whose response is not finished. */
  readonly requests: RequestCount;
  /** Bytes. */
  readonly bodyLimit: number;
  /** Caps every node's own timeout. */
  readonly timeoutMs: number;
}

export interface RequestCount {
  enter(): void;
  leave(): void;
  count(): number;
  /** Settles when there is none. */
  drained(): Promise<void>;
}

export function createRequestCount(): RequestCount {
  let count = 0;
  let waiting: (() => void)[] = [];
  return {
    enter: () => {
      count += 1;
    },
    leave: () => {
      count -= 1;
      if (count > 0) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    count: () => count,
    drained: () => (count === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}

/** Without the message: `/status` is open to more people than the one caller who got it. */
export interface LastError {
  readonly time: string;
  readonly node: string;
  readonly code: ProblemCode;
  readonly request_id: string;
}

/** What the last calls of each node say about it, for `/status` and `/health`. */
export interface CallRecord {
  success(node: ManifestNode): void;
  failure(node: ManifestNode, code: ProblemCode, requestId: string): void;
  /** True when the node's last call took its runner down. */
  isHurt(node: ManifestNode): boolean;
  lastError(): LastError | null;
}

const hurting: ReadonlySet<ProblemCode> = new Set(["timeout", "runner_crashed", "out_of_memory"]);

export function createCallRecord(): CallRecord {
  const hurt = new Set<string>();
  let last: LastError | null = null;
  return {
    success(node) {
      hurt.delete(node.name);
    },
    failure(node, code, requestId) {
      if (hurting.has(code)) hurt.add(node.name);
      if (problemStatus[code] < 500) return;
      last = { time: new Date().toISOString(), node: node.name, code, request_id: requestId };
    },
    isHurt: (node) => hurt.has(node.name),
    lastError: () => last,
  };
}
