/** Time from a runner's start until it must be ready, ms: import, `setData`, `activate`. */
export const START_TIMEOUT_MS = 30_000;

/** Time that `deactivate` has, ms, before the runner is killed. */
export const STOP_TIMEOUT_MS = 2_000;

/** Time a node has to follow `ctx.signal` after its caller hung up, ms, before its runner is killed. */
export const CANCEL_TIMEOUT_MS = 1_000;

/** Time a runner has to come to rest after an answer whose call left something behind, ms, before it is killed. */
export const SETTLE_TIMEOUT_MS = 1_000;

/**
 * Time in which a runner must begin a call that is in line behind others, ms, beyond what those usually take; past it
 * the call goes to another runner. Longer than what a busy machine makes a process wait, mostly.
 */
export const BEGIN_LIMIT_MS = 25;

/** The same where every other runner is taken by calls that are not brief, so that there is none to go to. */
export const FULL_BEGIN_LIMIT_MS = 2_000;

/** Most calls that share one runner. */
export const MAX_SHARE = 64;

/** Most faults listed in one answer. */
export const MAX_FAULTS = 100;

/** Faults are counted up to here: a million wrong items need not be put into words. */
export const MAX_COUNTED = 1000;
