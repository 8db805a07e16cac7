import { setTimeout as sleep } from "node:timers/promises";
import { OutsideError } from "../exit.ts";

/** Whether a process is there and no zombie that nobody waits for. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, but somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Waits until `condition` holds, at most `ms`; then throws an `OutsideError` with `failure`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  ms: number,
  failure: string,
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new OutsideError(failure);
    await sleep(25);
  }
}
