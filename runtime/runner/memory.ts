import { readFileSync } from "node:fs";

/** What one runner may have. */
export interface MemoryLimits {
  /** Old space of the V8 heap, MiB. Past it the runner aborts by itself. */
  readonly heapMib: number;
  /** All memory of the process, MiB: heap, buffers, WebAssembly, and Node itself. The server watches it. */
  readonly totalMib: number;
}

/** Share of a runner's memory that its V8 heap may fill; the rest is for buffers and Node itself. */
const HEAP_SHARE = 0.75;

/** Node itself needs some heap to start at all. */
const MIN_HEAP_MIB = 64;

/** What Node needs beside the heap, with room for garbage that is not collected yet. */
const OUTSIDE_HEAP_MIB = 96;

/** How often the memory of a runner with calls is looked at, ms. */
const WATCH_INTERVAL_MS = 100;

export function memoryLimits(memoryMib: number): MemoryLimits {
  const heapMib = Math.max(MIN_HEAP_MIB, Math.floor(memoryMib * HEAP_SHARE));
  return { heapMib, totalMib: Math.max(memoryMib, heapMib + OUTSIDE_HEAP_MIB) };
}

export interface MemoryWatch {
  start(): void;
  stop(): void;
}

/** One look for each process that works; one timer for all, since calls come and go much faster than it. */
const looks = new Set<() => void>();
let timer: NodeJS.Timeout | null = null;

function lookAtAll(): void {
  for (const look of looks) look();
  if (looks.size > 0 || timer === null) return;
  clearInterval(timer);
  timer = null;
}

/**
 * Looks at a process from outside while it works, because nothing inside limits buffers, shared buffers and
 * WebAssembly. Needs Linux; elsewhere only the heap is limited.
 */
export function watchMemory(pid: number | undefined, limitMib: number, onExceeded: () => void): MemoryWatch {
  const look = () => {
    const mib = residentMib(pid);
    if (mib === null || mib <= limitMib) return;
    looks.delete(look);
    onExceeded();
  };
  return {
    start() {
      if (process.platform !== "linux") return;
      looks.add(look);
      timer ??= setInterval(lookAtAll, WATCH_INTERVAL_MS).unref();
    },
    stop: () => void looks.delete(look),
  };
}

/** Resident memory in MiB; null when the process is gone. */
function residentMib(pid: number | undefined): number | null {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
    return kib === undefined ? null : Number(kib) / 1024;
  } catch {
    return null;
  }
}
