// Kept before plugin code runs, which may replace it.
const nanoseconds = process.hrtime.bigint;

/**
 * Milliseconds of a clock that all processes of the machine share and nobody sets. Asked of the system each time: an
 * offset to `performance.now()` would be wrong by as long as the process was held up while it was found.
 */
export function sharedNow(): number {
  return Number(nanoseconds()) / 1e6;
}
