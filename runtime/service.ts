import { type ProblemCode, problemStatus } from "./errors.ts";
import type { Log } from "./log.ts";
import { canonicalJson } from "./manifest/canonical.ts";
import { type NodeNames, nodeNames } from "./manifest/names.ts";
import type { LoadedPlugin } from "./manifest/read.ts";
import type { ManifestNode } from "./manifest/types.ts";
import type { Pool } from "./runner/pool.ts";

/** One plugin being served. A swap replaces the whole. */
export interface Service {
  readonly plugin: LoadedPlugin;
  readonly nodes: NodeNames;
  /** Text of the whole manifest, written once. */
  readonly manifestText: string;
  readonly pool: Pool;
}

export function createService(plugin: LoadedPlugin, pool: Pool): Service {
  return { plugin, nodes: nodeNames(plugin.manifest), manifestText: canonicalJson(plugin.manifest), pool };
}

/** What the routes work with; outlives a swap. */
export interface Serving {
  readonly service: () => Service;
  readonly hasStarted: () => boolean;
  readonly isDraining: () => boolean;
  readonly log: Log;
  readonly record: CallRecord;
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

/** Outcomes of calls since the start, for `/status` and `/health`. */
export interface CallRecord {
  success(node: ManifestNode): void;
  failure(node: ManifestNode, code: ProblemCode, requestId: string): void;
  /** True when the node's last call took its runner down. */
  isHurt(node: ManifestNode): boolean;
  counts(): Readonly<Record<string, number>>;
  lastError(): LastError | null;
}

const hurting: ReadonlySet<ProblemCode> = new Set(["timeout", "runner_crashed", "out_of_memory"]);

export function createCallRecord(): CallRecord {
  const counts = new Map<string, number>();
  const hurt = new Set<string>();
  let last: LastError | null = null;
  const count = (code: string) => counts.set(code, (counts.get(code) ?? 0) + 1);
  return {
    success(node) {
      count("success");
      hurt.delete(node.name);
    },
    failure(node, code, requestId) {
      count(code);
      if (hurting.has(code)) hurt.add(node.name);
      if (problemStatus[code] < 500) return;
      last = { time: new Date().toISOString(), node: node.name, code, request_id: requestId };
    },
    isHurt: (node) => hurt.has(node.name),
    counts: () => Object.fromEntries(counts),
    lastError: () => last,
  };
}
