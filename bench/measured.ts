/** A server as a process of its own, and what it costs: CPU and memory of its whole tree, from /proc. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { descendants } from "../runtime/test/faults/target.ts";

export interface Measured {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  /** From its start until it said that it is ready, ms. */
  readonly startMs: number;
  stop(): Promise<void>;
}

/** Starts a program and waits for the line that tells its port, by the group of `ready`. */
export async function startMeasured(
  name: string,
  args: readonly string[],
  ready: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  const port = await new Promise<number>((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk) => {
      // What comes later is read and dropped: a log costs what it costs.
      if (said.length > 100_000) return;
      said += chunk;
      const found = ready.exec(said)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    void ended.then(() => reject(new Error(`${name} ended before it was ready\n${said}`)));
  });
  return {
    name,
    port,
    pid: child.pid ?? 0,
    startMs: performance.now() - startedAt,
    async stop() {
      child.kill("SIGTERM");
      const limit = setTimeout(() => child.kill("SIGKILL"), 5000);
      await ended;
      clearTimeout(limit);
    },
  };
}

/** CPU time so far of one process with all its threads, ms. */
export function cpuOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
      const [ns = "0"] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
      return sum + Number(ns) / 1e6;
    }, 0);
  } catch {
    return 0; // it has just ended
  }
}

export interface Cpu {
  /** The process that answers. */
  readonly server: number;
  /** With all that it has started. */
  readonly tree: number;
}

/** CPU time so far, ms. Processes of the tree that have ended are not in it. */
export function cpu({ pid }: Measured): Cpu {
  const server = cpuOf(pid);
  return { server, tree: descendants(pid).reduce((sum, child) => sum + cpuOf(child), server) };
}

/** Proportional share of the memory of a whole tree, MB: what a cgroup pays for it. */
export function memory({ pid }: Measured): number {
  return [pid, ...descendants(pid)].reduce((sum, one) => {
    const text = readFileSync(`/proc/${one}/smaps_rollup`, "utf8");
    return sum + Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0) / 1024;
  }, 0);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);
