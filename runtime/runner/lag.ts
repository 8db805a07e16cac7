/** How fast a lateness is forgotten, with each later one. */
const KEPT = 0.9;

/** No more than this, ms: then even a busy machine is no excuse. */
const MAX_LAG_MS = 100;

let lagMs = 0;

/** A timer came so late, ms. */
export function noteLateness(ms: number): void {
  lagMs = Math.min(MAX_LAG_MS, Math.max(ms, lagMs * KEPT));
}

/**
 * How long the machine makes a process wait for a processor these days, ms, as far as this one's own timers tell. What
 * is late by so much is not blocked.
 */
export function machineLag(): number {
  return lagMs;
}
