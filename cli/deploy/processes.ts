import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { OutsideError } from "../exit.ts";

/** Whether a process is there, and not one that has ended and that nobody waits for. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, but somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  return statOf(pid)?.state !== "Z";
}

/** What Linux knows of a process: its state, and when it was started in clock ticks since boot. Null elsewhere. */
export function statOf(pid: number): { readonly state: string; readonly startedAt: string } | null {
  try {
    // The second field is the name in parentheses, which may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return { state: fields[0] ?? "", startedAt: fields[19] ?? "" };
  } catch {
    return null;
  }
}

/** Waits until `condition` holds, at most `ms`; then throws an `OutsideError` with what `failure` says of that moment. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  ms: number,
  failure: () => string | Promise<string>,
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new OutsideError(await failure());
    await sleep(25);
  }
}
