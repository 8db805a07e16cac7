import type { ManifestNode } from "../manifest/types.ts";

/** Clean runs in a row before a node's calls may share a runner. */
const CLEAN_RUNS = 20;

/** A run that keeps the event loop longer than this is not clean, ms: neighbours would feel it. */
const MAX_LOOP_MS = 25;

/** How well each node has behaved, to tell whose calls may run beside others. */
export interface NodeRecord {
  /** A call has ended in peace; null when it was not alone in its runner, which proves nothing. */
  ran(node: ManifestNode, loopMs: number | null): void;
  /** A call has blocked its runner, damaged it or taken it down, or may have. */
  spoil(node: ManifestNode): void;
  mayShare(node: ManifestNode): boolean;
}

export function createNodeRecord(): NodeRecord {
  const cleanRuns = new Map<string, number>();
  return {
    ran(node, loopMs) {
      if (loopMs === null) return;
      cleanRuns.set(node.name, loopMs < MAX_LOOP_MS ? (cleanRuns.get(node.name) ?? 0) + 1 : 0);
    },
    spoil: (node) => void cleanRuns.delete(node.name),
    mayShare: (node) => (cleanRuns.get(node.name) ?? 0) >= CLEAN_RUNS,
  };
}
