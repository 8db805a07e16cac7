import { existsSync } from "node:fs";
import type { Manifest } from "../manifest/types.ts";

/** Share of the plugin's memory that the V8 heap of one runner may fill; the rest is for buffers and the server. */
const HEAP_SHARE = 0.75;

/** Node itself needs some heap to start at all. */
const MIN_HEAP_MIB = 64;

const DEATH_SIGNAL_TOOL = "/usr/bin/setpriv";

/** True where the kernel ends a runner together with its server, even one that is busy in a loop. */
export const hasDeathSignal = process.platform === "linux" && existsSync(DEATH_SIGNAL_TOOL);

/** Old-space limit of a runner's V8 heap, MiB. Past it the runner aborts and the call gets `out_of_memory`. */
export function heapLimit({ memory_mib: memory }: Manifest["resources"]): number {
  return Math.max(MIN_HEAP_MIB, Math.floor(memory * HEAP_SHARE));
}

/** Program and arguments of a runner process whose containment is `flags`. */
export function runnerCommand(
  entry: string,
  heapMib: number,
  flags: readonly string[],
): [program: string, args: string[]] {
  const args = [
    // A plugin that fills the memory must end itself and not the machine.
    `--max-old-space-size=${heapMib}`,
    // Stack traces in the log name the author's lines and not the bundle's.
    "--enable-source-maps",
    ...flags,
    entry,
  ];
  // A runner notices the end of its connection, but not while a node holds its loop: only the kernel ends that one
  // when its server was killed. Where the tool is missing, such a runner stays until its node is done.
  if (!hasDeathSignal) return [process.execPath, args];
  return [DEATH_SIGNAL_TOOL, ["--pdeathsig", "KILL", "--", process.execPath, ...args]];
}
