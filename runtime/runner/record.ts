import type { ManifestNode } from "../manifest/types.ts";
import type { LoopTime } from "./frames.ts";

/** Clean runs in a row before a node's calls may share a runner. */
const CLEAN_RUNS = 20;

/** A run that keeps the event loop longer than this is not clean, ms: neighbours would feel it. */
const MAX_LOOP_MS = 25;

/** Calls of a node that wait less than this on average, ms, only compute: processors are all that they need. */
const COMPUTING_MS = 0.5;

/** How much the last run counts in that average. */
const LAST_WEIGHT = 0.1;

/** How well each node has behaved, to tell whose calls may run beside others. */
export interface NodeRecord {
  /** A call has ended in peace; `loop` is null when it was not alone in its runner, which proves nothing. */
  ran(node: ManifestNode, loop: LoopTime | null): void;
  /** A call has blocked its runner, damaged it or taken it down, or may have. */
  spoil(node: ManifestNode): void;
  mayShare(node: ManifestNode): boolean;
  /** It may share, and its calls only compute, and not for long. */
  isComputing(node: ManifestNode): boolean;
}

export function createNodeRecord(): NodeRecord {
  const entries = new Map<string, { cleanRuns: number; idleMs: number }>();
  const mayShare = (node: ManifestNode) => (entries.get(node.name)?.cleanRuns ?? 0) >= CLEAN_RUNS;
  return {
    ran(node, loop) {
      if (loop === null) return;
      const entry = entries.get(node.name) ?? { cleanRuns: 0, idleMs: loop.idleMs };
      entries.set(node.name, entry);
      entry.idleMs += (loop.idleMs - entry.idleMs) * LAST_WEIGHT;
      entry.cleanRuns = loop.busyMs < MAX_LOOP_MS ? entry.cleanRuns + 1 : 0;
    },
    spoil: (node) => void entries.delete(node.name),
    mayShare,
    isComputing: (node) => mayShare(node) && (entries.get(node.name)?.idleMs ?? 0) < COMPUTING_MS,
  };
}
