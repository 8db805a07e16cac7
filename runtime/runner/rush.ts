import { availableParallelism } from "node:os";
import type { Call } from "./call.ts";
import type { NodeRecord } from "./record.ts";

/** When none of those running has ended for so long, ms, those held may wake further runners. */
const HOLD_MS = 30;

/**
 * Keeps a rush of short calls that only compute on as many runners as there are processors: more of them are no
 * faster, and each process that is awake costs every call more. Calls that wait for something are never held.
 */
export interface Rush {
  /** True when this call shall wait although a runner is idle. */
  isHeld(call: Call): boolean;
  begin(call: Call): void;
  end(call: Call): void;
  stop(): void;
}

/** `onStuck` is told when those that run do not end as quickly as they used to; nothing is held meanwhile. */
export function createRush(record: NodeRecord, onStuck: () => void): Rush {
  const limit = availableParallelism();
  const running = new Set<Call>();
  let lastEnd = 0;
  let isStuck = false;
  let timer: NodeJS.Timeout | null = null;

  function watch(): void {
    timer ??= setTimeout(() => {
      timer = null;
      if (performance.now() - lastEnd < HOLD_MS) return watch();
      isStuck = true;
      onStuck();
      isStuck = false;
    }, HOLD_MS);
  }

  return {
    isHeld(call) {
      if (isStuck || running.size < limit || !record.isComputing(call.node)) return false;
      watch();
      return true;
    },
    begin(call) {
      if (record.isComputing(call.node)) running.add(call);
    },
    end(call) {
      if (running.delete(call)) lastEnd = performance.now();
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
