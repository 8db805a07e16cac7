import type { ManifestNode } from "../manifest/types.ts";
import type { LoopTime } from "./frames.ts";

/** Clean runs in a row before a node's calls may share a runner. */
const CLEAN_RUNS = 20;

/** A run that keeps the event loop longer than this is not clean, ms: neighbours would feel it. */
const MAX_LOOP_MS = 25;

/** Calls of a node that wait less than this on average, ms, only compute: processors are all that they need. */
const COMPUTING_MS = 0.5;

/** How much the last run counts in an average, and how far it may be above it: a busy machine holds up single runs. */
const LAST_WEIGHT = 0.1;
const MAX_FACTOR = 3;
const MAX_STEP_MS = 0.1;

/** How well each node has behaved, to tell whose calls may run beside others. */
export interface NodeRecord {
  /** A call has ended in peace; `loop` is null when it was not alone in its runner, which proves nothing. */
  ran(node: ManifestNode, loop: LoopTime | null): void;
  /** A call has blocked its runner, damaged it or taken it down, or may have. */
  spoil(node: ManifestNode): void;
  mayShare(node: ManifestNode): boolean;
  /** It may share, and its calls only compute. */
  isBrief(node: ManifestNode): boolean;
  /** What its calls take of the loop on average; 0 where that is not known. */
  busyMs(node: ManifestNode): number;
}

interface Entry {
  cleanRuns: number;
  busyMs: number;
  idleMs: number;
}

export function createNodeRecord(): NodeRecord {
  const entries = new Map<string, Entry>();
  const mayShare = (node: ManifestNode) => (entries.get(node.name)?.cleanRuns ?? 0) >= CLEAN_RUNS;
  return {
    ran(node, loop) {
      if (loop === null) return;
      const { busyMs, idleMs } = loop;
      const entry = entries.get(node.name) ?? { cleanRuns: 0, busyMs, idleMs };
      entries.set(node.name, entry);
      entry.busyMs = average(entry.busyMs, busyMs);
      entry.idleMs = average(entry.idleMs, idleMs);
      entry.cleanRuns = busyMs < MAX_LOOP_MS ? entry.cleanRuns + 1 : 0;
    },
    spoil: (node) => void entries.delete(node.name),
    mayShare,
    isBrief: (node) => mayShare(node) && (entries.get(node.name)?.idleMs ?? 0) < COMPUTING_MS,
    busyMs: (node) => entries.get(node.name)?.busyMs ?? 0,
  };
}

function average(before: number, last: number): number {
  return before + (Math.min(last, before * MAX_FACTOR + MAX_STEP_MS) - before) * LAST_WEIGHT;
}
