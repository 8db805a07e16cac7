import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OutsideError } from "../exit.ts";
import { isAlive, statOf, until } from "./processes.ts";

/** One server process of a deployed plugin. */
export interface Instance {
  readonly pid: number;
  readonly port: number;
  /** Digest of the manifest that it serves. */
  readonly digest: string;
  /** When the process was started, clock ticks since boot: tells a later process with the same id from this one. */
  readonly startedAt: string;
  readonly log: string;
}

/** Longest that an instance may take to be ready, ms. */
const startLimit = 30_000;

/**
 * Starts the server in `release` on any free port, detached from this process, and waits until it is ready. It
 * gets `env` and nothing else. Throws an `OutsideError` with the end of its log.
 */
export async function startInstance(
  release: string,
  digest: string,
  log: string,
  env: Readonly<Record<string, string>>,
): Promise<Instance> {
  const output = openSync(log, "a");
  const start = readFileSync(log, "utf8").length;
  const child = spawn(process.execPath, [join(release, "server.mjs")], {
    cwd: release,
    env: { ...env, HOST: "127.0.0.1", PORT: "0" },
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  child.unref();
  const { pid } = child;
  if (pid === undefined) throw new OutsideError(`cannot start ${process.execPath}`);
  const said = (): string => readFileSync(log, "utf8").slice(start);
  let hasEnded = false;
  child.on("exit", () => {
    hasEnded = true;
  });
  let port: number | null = null;
  try {
    await until(
      async () => {
        if (hasEnded) throw new OutsideError(`an instance ended at its start: ${lastLine(said())}`);
        port ??= portIn(said());
        return port !== null && (await isReady(port));
      },
      startLimit,
      `an instance was not ready after ${startLimit / 1000} s: ${lastLine(said())}`,
    );
  } catch (error) {
    if (!hasEnded) process.kill(pid, "SIGKILL");
    throw error;
  }
  if (port === null) throw new Error("ready without a port");
  return { pid, port, digest, startedAt: statOf(pid)?.startedAt ?? "", log };
}

/** Whether the instance's very process still runs. */
export function isRunning(instance: Instance): boolean {
  return isAlive(instance.pid) && (statOf(instance.pid)?.startedAt ?? "") === instance.startedAt;
}

/** Lets an instance finish its calls, at most `ms`, then kills it. */
export async function stopInstance(instance: Instance, ms: number): Promise<void> {
  if (!isRunning(instance)) return;
  process.kill(instance.pid, "SIGTERM");
  try {
    await until(() => !isRunning(instance), ms, "the instance goes on");
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    process.kill(instance.pid, "SIGKILL");
    await until(() => !isRunning(instance), 5000, `instance ${instance.pid} cannot be killed`);
  }
}

/** Whether the instance answers as ready. */
export async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, {
      signal: AbortSignal.timeout(2000),
    });
    return answer.status === 200;
  } catch {
    // Not listening, or too slow: not ready.
    return false;
  }
}

/** The port in the line that the server logs when it listens. */
function portIn(log: string): number | null {
  const url = /"url":"http:\/\/[^"]*:(\d+)"/.exec(log)?.[1];
  return url === undefined ? null : Number(url);
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "it said nothing";
}
