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
 * Brings the deployment to the version whose files stand in its release folder. What runs goes on when an instance of
 * the new version does not start, and what that one said is thrown.
 *
 * Two or more instances are replaced one by one at their ports, so that nginx need not be told and no request is lost.
 * With another number of instances, or one alone, new ones are started first and nginx reads its list again; nginx then
 * closes idle connections of its clients, and one that sends at that very moment sees a reset.
 */
export async function deploy(wanted: Deployment, tell: (line: string) => void): Promise<DeployState> {
  const { folder, plugin, digest, host, port, timeoutMs } = wanted;
  mkdirSync(join(folder, "logs"), { recursive: true });
  const before = readState(folder);
  const old = (before?.instances ?? []).filter(isRunning);
  const grace = graceOf(before?.timeoutMs ?? timeoutMs);
  const nginx = balancer({ folder, host, port, timeoutMs: Math.max(timeoutMs, before?.timeoutMs ?? 0) });
  const save = (instances: readonly Instance[]): DeployState => {
    const state: DeployState = { version: 1, plugin, host, port, timeoutMs, instances };
    writeState(folder, state);
    return state;
  };
  const release = releaseFolder(folder, digest);
  const start = (index: number, at?: number): Promise<Instance> =>
    startInstance(release, digest, join(folder, "logs", `instance-${index + 1}.log`), wanted.env, at);

  let running: readonly Instance[] = old;
  const isInPlace =
    old.length > 1 && old.length === wanted.instances && before?.port === port && before.host === host;
  if (isInPlace && nginx.pid() !== null) {
    // Not before a new one is seen to start is an old one ended.
    await stopInstance(await start(0), grace);
    for (const [index, leaving] of old.entries()) {
      await stopInstance(leaving, grace);
      const fresh = await start(index, leaving.port);
      running = running.with(index, fresh);
      save(running);
      tell(`instance ${index + 1}: replaced, process ${fresh.pid}, port ${fresh.port}`);
    }
  } else {
    for (let index = 0; index < wanted.instances; index += 1) {
      const fresh = await start(index);
      running = [...running, fresh];
      // At once: an interruption must not leave a process that nobody knows.
      save(running);
      tell(`instance ${index + 1}: ready, process ${fresh.pid}, port ${fresh.port}`);
    }
    running = running.slice(old.length);
    await nginx.serve(running.map((each) => each.port));
    await Promise.all(old.map((each) => stopInstance(each, grace)));
  }
  removeOtherReleases(folder, release);
  return save(running);
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
