import { availableParallelism } from "node:os";
import type { Call } from "./call.ts";
import type { NodeRecord } from "./record.ts";

/** When none of those running has ended for so long, ms, further runners are woken. */
const STUCK_MS = 30;

/**
 * Keeps a rush of short calls that only compute on as many runners as there are processors: more of them are no
 * faster, and each process that is awake costs every call more. Calls that wait for something are not part of it.
 */
export interface Rush {
  /** True when this call shall go behind others although a runner is idle. */
  isOn(call: Call): boolean;
  begin(call: Call): void;
  end(call: Call): void;
}

/** `now` in ms, for tests. */
export function createRush(
  record: NodeRecord,
  limit = availableParallelism(),
  now: () => number = () => performance.now(),
): Rush {
  const running = new Set<Call>();
  /** When the last one ended, or the first one of these began. */
  let movedAt = 0;

  return {
    isOn: (call) => running.size >= limit && record.isComputing(call.node) && now() - movedAt < STUCK_MS,
    begin(call) {
      if (!record.isComputing(call.node)) return;
      if (running.size === 0) movedAt = now();
      running.add(call);
    },
    end(call) {
      if (running.delete(call)) movedAt = now();
    },
  };
}
