import { performance } from "node:perf_hooks";

// Kept before plugin code runs, which may replace them.
const now = performance.now.bind(performance);
const offset = Number(process.hrtime.bigint()) / 1e6 - now();

/** Milliseconds of a clock that all processes of the machine share and nobody sets. */
export function sharedNow(): number {
  return now() + offset;
}
