import type { Stats } from "node:fs";

/** To tell what was found from a later change needs a clock that ticked in between. Milliseconds. */
const tick = 50;
/** File systems that count in whole seconds, FAT in two of them. */
const coarseTick = 2100;

/**
 * Whether what was found about a path at `time` can be told from a change that follows it: a change within the same
 * tick of the file system's clock would leave the same times. The change time cannot be set back by anybody.
 */
export function isSettled(stats: Stats, time: number): boolean {
  return stats.ctimeMs < time - (Number.isInteger(stats.ctimeMs / 1000) ? coarseTick : tick);
}
