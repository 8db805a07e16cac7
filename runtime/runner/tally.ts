/** Why the server ended a runner by force. */
export const killReasons = [
  "timeout",
  "memory",
  "caller_gone",
  "unsettled",
  "broken",
  "start",
  "stop",
  "draining",
] as const;

export type KillReason = (typeof killReasons)[number];

/** Counts what happens to runners, for metrics and `/status`; outlives a swap. */
export interface RunnerTally {
  started(): void;
  killed(reason: KillReason): void;
  /** It ended by itself, and nobody had asked. */
  crashed(): void;
  /** It is replaced after its answer, for what a call left behind. */
  retired(): void;
  counts(): RunnerCounts;
}

export interface RunnerCounts {
  readonly starts: number;
  readonly crashes: number;
  readonly retirements: number;
  readonly kills: Readonly<Record<KillReason, number>>;
}

export function createTally(): RunnerTally {
  let starts = 0;
  let crashes = 0;
  let retirements = 0;
  const kills = Object.fromEntries(killReasons.map((reason) => [reason, 0])) as Record<KillReason, number>; // all of them
  return {
    started() {
      starts += 1;
    },
    crashed() {
      crashes += 1;
    },
    retired() {
      retirements += 1;
    },
    killed(reason) {
      kills[reason] += 1;
    },
    counts: () => ({ starts, crashes, retirements, kills: { ...kills } }),
  };
}
