import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { balancer } from "./balancer.ts";
import { type Instance, isReady, isRunning, startInstance, stopInstance } from "./instance.ts";
import { type DeployState, readState, writeState } from "./state.ts";

export interface Deployment {
  /** Absolute; what belongs to the deployment is kept here. */
  readonly folder: string;
  readonly plugin: string;
  readonly digest: string;
  readonly instances: number;
  readonly host: string;
  readonly port: number;
  /** Longest deadline of a call, ms. */
  readonly timeoutMs: number;
  /** Of each instance, beside HOST and PORT. */
  readonly env: Readonly<Record<string, string>>;
}

/** How long an instance may take to end: its longest call, and time to hand over. */
const graceOf = (timeoutMs: number): number => timeoutMs + 10_000;

/** Where the built files of a version belong. */
export function releaseFolder(folder: string, digest: string): string {
  return join(folder, "releases", digest.slice(0, 16));
}

/**
 * Brings the deployment to the version and number of instances that are wanted, without losing a request: a new instance
 * is ready before nginx takes it in place of an old one, and the old one is told to end when no worker of nginx knows it
 * any more. When a new instance does not start, what runs goes on, and what that one said is thrown.
 */
export async function deploy(wanted: Deployment, tell: (line: string) => void): Promise<DeployState> {
  const { folder, plugin, digest, host, port, timeoutMs } = wanted;
  mkdirSync(join(folder, "logs"), { recursive: true });
  const before = readState(folder);
  let old = (before?.instances ?? []).filter(isRunning);
  let fresh: readonly Instance[] = [];
  const grace = graceOf(before?.timeoutMs ?? timeoutMs);
  const nginx = balancer({ folder, host, port, timeoutMs: Math.max(timeoutMs, before?.timeoutMs ?? 0) });
  const save = (): DeployState => {
    const state: DeployState = { version: 1, plugin, host, port, timeoutMs, instances: [...fresh, ...old] };
    writeState(folder, state);
    return state;
  };
  const release = releaseFolder(folder, digest);
  for (let index = 0; index < wanted.instances; index += 1) {
    const log = join(folder, "logs", `instance-${index + 1}.log`);
    const instance = await startInstance(release, digest, log, wanted.env);
    fresh = [...fresh, instance];
    // At once: an interruption must not leave a process that nobody knows.
    save();
    tell(`instance ${index + 1}: ready, process ${instance.pid}, port ${instance.port}`);
    const isLast = index + 1 === wanted.instances;
    const leaving = isLast ? old : old.slice(0, 1);
    // nginx is started when there is something behind it, and hears of the first instances together.
    if (leaving.length === 0 && !isLast) continue;
    old = old.filter((each) => !leaving.includes(each));
    await nginx.serve([...fresh, ...old].map((each) => each.port));
    await Promise.all(leaving.map((each) => stopInstance(each, grace)));
  }
  removeOtherReleases(folder, release);
  return save();
}

export interface InstanceStatus extends Instance {
  readonly state: "ready" | "not ready" | "gone";
}

export interface DeployStatus {
  readonly plugin: string;
  readonly url: string;
  readonly balancer: "running" | "gone";
  readonly instances: readonly InstanceStatus[];
}

/** What runs now; null when nothing was deployed. */
export async function statusOf(folder: string): Promise<DeployStatus | null> {
  const state = readState(folder);
  if (state === null) return null;
  const nginx = balancer({ folder, ...state });
  const instances = await Promise.all(
    state.instances.map(async (each): Promise<InstanceStatus> => {
      if (!isRunning(each)) return { ...each, state: "gone" };
      return { ...each, state: (await isReady(each.port)) ? "ready" : "not ready" };
    }),
  );
  return {
    plugin: state.plugin,
    url: urlOf(state),
    balancer: nginx.pid() === null ? "gone" : "running",
    instances,
  };
}

/** Ends the deployment: nginx lets its requests finish, then the instances theirs. False when there was none. */
export async function takeDown(folder: string): Promise<boolean> {
  const state = readState(folder);
  if (state === null) return false;
  await balancer({ folder, ...state }).stop();
  await Promise.all(state.instances.map((each) => stopInstance(each, graceOf(state.timeoutMs))));
  rmSync(folder, { recursive: true, force: true });
  return true;
}

export function urlOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function removeOtherReleases(folder: string, kept: string): void {
  const releases = join(folder, "releases");
  if (!existsSync(releases)) return;
  for (const name of readdirSync(releases))
    if (join(releases, name) !== kept) rmSync(join(releases, name), { recursive: true, force: true });
}
