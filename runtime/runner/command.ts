import { existsSync } from "node:fs";

const DEATH_SIGNAL_TOOL = "/usr/bin/setpriv";

/** True where the kernel ends a runner together with its server, even one that is busy in a loop. */
export const hasDeathSignal = process.platform === "linux" && existsSync(DEATH_SIGNAL_TOOL);

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
