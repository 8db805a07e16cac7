import { existsSync } from "node:fs";

/** Old-space limit of a runner's V8 heap, MB. Past it the runner aborts and the call gets `out_of_memory`. */
const HEAP_MB = 256;

/** Time from a runner's start until it must be ready, ms: import, `setData`, `activate`. */
export const START_TIMEOUT_MS = 30_000;

/** Time that `deactivate` has, ms, before the runner is killed. */
export const STOP_TIMEOUT_MS = 2_000;

/** Time a node has to follow `ctx.signal` after its caller hung up, ms, before its runner is killed. */
export const CANCEL_TIMEOUT_MS = 1_000;

/** Longest wait for a runner, ms. The deadline of the call itself starts with its runner. */
export const QUEUE_TIMEOUT_MS = 10_000;

/** Most faults listed in one answer. */
export const MAX_FAULTS = 100;

/** Faults are counted up to here: a million wrong items need not be put into words. */
export const MAX_COUNTED = 1000;

const DEATH_SIGNAL_TOOL = "/usr/bin/setpriv";

/** True where the kernel ends a runner together with its server, even one that is busy in a loop. */
export const hasDeathSignal = process.platform === "linux" && existsSync(DEATH_SIGNAL_TOOL);

/** Program and arguments of a runner process. */
export function runnerCommand(entry: string, hasWaivers: boolean): [program: string, args: string[]] {
  const args = [
    // A plugin that fills the memory must end itself and not the machine.
    `--max-old-space-size=${HEAP_MB}`,
    // Stack traces in the log name the author's lines and not the bundle's.
    "--enable-source-maps",
  ];
  // What the analysis proved holds only while no code comes from strings. A waived use may need exactly that.
  if (!hasWaivers) args.push("--disallow-code-generation-from-strings");
  // Not --disable-proto: published packages still read `__proto__`; the key is refused in requests instead.
  args.push(entry);
  // A runner notices the end of its connection, but not while a node holds its loop: only the kernel ends that one
  // when its server was killed. Where the tool is missing, such a runner stays until its node is done.
  if (!hasDeathSignal) return [process.execPath, args];
  return [DEATH_SIGNAL_TOOL, ["--pdeathsig", "KILL", "--", process.execPath, ...args]];
}
