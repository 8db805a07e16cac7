import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { balancer } from "./balancer.ts";
import { type Instance, isRunning, type Launch, nameOf, stopInstance } from "./instance.ts";
import { isReady } from "./ready.ts";
import { type DeployState, readState, removeState, writeState } from "./state.ts";

export interface Deployment {
  /** Absolute; what belongs to the deployment is kept here. */
  readonly folder: string;
  /** Name and version. */
  readonly plugin: string;
  readonly instances: number;
  readonly host: string;
  readonly port: number;
  /** Longest deadline of a call, ms. */
  readonly timeoutMs: number;
  /** Starts one instance of the version that is wanted; `index` counts from 1. */
  readonly launch: Launch;
}

/** How long an instance may take to end: its longest call, and time to hand over. */
const graceOf = (timeoutMs: number): number => timeoutMs + 10_000;

const releasesIn = (folder: string): string => join(folder, "releases");

/** Where the built files of a version belong. */
export function releaseFolder(folder: string, digest: string): string {
  return join(releasesIn(folder), digest.slice(0, 16));
}

/** Where the processes of a deployment write what they say. */
export function logFolder(folder: string): string {
  return join(folder, "logs");
}

/**
 * Brings the deployment to the version and number of instances that are wanted, without losing a request: a new instance
 * is ready before nginx takes it in place of an old one, and the old one is told to end when no worker of nginx knows it
 * any more. When a new instance does not start, what runs goes on, and what that one said is thrown.
 */
export async function deploy(wanted: Deployment, tell: (line: string) => void): Promise<DeployState> {
  const { folder, host, port, timeoutMs } = wanted;
  const before = readState(folder);
  const known = await Promise.all(
    (before?.instances ?? []).map(async (each) => ({
      each,
      serves: each.port !== 0 && (await isRunning(each)),
    })),
  );
  let old = known.filter(({ serves }) => serves).map(({ each }) => each);
  /** Killed since, or left by a command that was interrupted. */
  const remains = known.filter(({ serves }) => !serves).map(({ each }) => each);
  let fresh: readonly Instance[] = [];
  const grace = graceOf(before?.timeoutMs ?? timeoutMs);
  const nginx = balancer({ folder, host, port, timeoutMs: Math.max(timeoutMs, before?.timeoutMs ?? 0) });
  const save = (starting: readonly Instance[] = []): DeployState => {
    const instances = [...fresh, ...starting, ...old];
    // Until an instance of it is ready, the new version is nothing but an attempt.
    const { plugin, host, port, timeoutMs } = fresh.length === 0 && before !== null ? before : wanted;
    const state: DeployState = { version: 2, plugin, host, port, timeoutMs, instances };
    writeState(folder, state);
    return state;
  };
  await Promise.all(remains.map((each) => stopInstance(each, 0)));
  for (let index = 1; index <= wanted.instances; index += 1) {
    let instance: Instance;
    try {
      // At once: an interruption must not leave an instance that nobody knows.
      instance = await wanted.launch(index, (starting) => save([starting]));
    } catch (error) {
      if (before === null && fresh.length === 0) removeState(folder);
      else save();
      throw error;
    }
    fresh = [...fresh, instance];
    save();
    tell(`instance ${index}: ready, ${nameOf(instance)}, port ${instance.port}`);
    const isLast = index === wanted.instances;
    const leaving = isLast ? old : old.slice(0, 1);
    // nginx is started when there is something behind it, and hears of the first instances together.
    if (leaving.length === 0 && !isLast) continue;
    old = old.filter((each) => !leaving.includes(each));
    await nginx.serve([...fresh, ...old].map((each) => each.port));
    await Promise.all(leaving.map((each) => stopInstance(each, grace)));
  }
  return save();
}

export type InstanceStatus = Instance & { readonly state: "ready" | "not ready" | "gone" };

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
      if (!(await isRunning(each))) return { ...each, state: "gone" };
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

/** Removes the built files of other versions than the one that `kept` names. */
export function removeOtherReleases(folder: string, kept: string): void {
  const releases = releasesIn(folder);
  if (!existsSync(releases)) return;
  for (const name of readdirSync(releases))
    if (join(releases, name) !== kept) rmSync(join(releases, name), { recursive: true, force: true });
}
