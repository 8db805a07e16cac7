import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OutsideError } from "../exit.ts";
import { isAlive, statOf, until } from "./processes.ts";
import { isReady, lastLine, startLimit } from "./ready.ts";

/** One server process of a deployed plugin. */
export interface ProcessInstance {
  readonly kind: "process";
  readonly pid: number;
  readonly port: number;
  /** Digest of the manifest that it serves. */
  readonly digest: string;
  /** When the process was started, clock ticks since boot: tells a later process with the same id from this one. */
  readonly startedAt: string;
  readonly log: string;
}

/**
 * Starts the server in `release` on any free port, detached from this process, and waits until it is ready. It
 * gets `env` and nothing else. Throws an `OutsideError` with the end of its log.
 */
export async function startProcess(
  {
    release,
    digest,
    log,
    env,
  }: Pick<ProcessInstance, "digest" | "log"> & {
    readonly release: string;
    readonly env: Readonly<Record<string, string>>;
  },
  know: (instance: ProcessInstance) => void,
): Promise<ProcessInstance> {
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
  const instance = { kind: "process", pid, digest, startedAt: statOf(pid)?.startedAt ?? "", log } as const;
  know({ ...instance, port: 0 });
  let port: number | null = null;
  try {
    await until(
      async () => {
        if (hasEnded) throw new OutsideError(`an instance ended at its start: ${lastLine(said())}`);
        port ??= portIn(said());
        return port !== null && (await isReady(port));
      },
      startLimit,
      () => `an instance was not ready after ${startLimit / 1000} s: ${lastLine(said())}`,
    );
  } catch (error) {
    if (!hasEnded) process.kill(pid, "SIGKILL");
    throw error;
  }
  if (port === null) throw new Error("ready without a port");
  return { ...instance, port };
}

/** Whether the instance's very process still runs. */
export function isProcessRunning(instance: ProcessInstance): boolean {
  return isAlive(instance.pid) && (statOf(instance.pid)?.startedAt ?? "") === instance.startedAt;
}

/** Lets an instance finish its calls, at most `ms`, then kills it. */
export async function stopProcess(instance: ProcessInstance, ms: number): Promise<void> {
  const hasEnded = (): boolean => !isProcessRunning(instance);
  if (hasEnded()) return;
  process.kill(instance.pid, "SIGTERM");
  try {
    await until(hasEnded, ms, () => "the instance goes on");
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    process.kill(instance.pid, "SIGKILL");
    await until(hasEnded, 5000, () => `instance ${instance.pid} cannot be killed`);
  }
}

/** The port in the line that the server logs when it listens. */
function portIn(log: string): number | null {
  const url = /"url":"http:\/\/[^"]*:(\d+)"/.exec(log)?.[1];
  return url === undefined ? null : Number(url);
}
