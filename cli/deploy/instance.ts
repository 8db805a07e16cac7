/** What a deployment is made of: servers of one plugin, each a process or a container. */
import { type ContainerInstance, isContainerRunning, stopContainer } from "./container-instance.ts";
import { isProcessRunning, type ProcessInstance, stopProcess } from "./process-instance.ts";

export type Instance = ProcessInstance | ContainerInstance;

/**
 * Starts one server, `index` counted from 1, and waits until it is ready. `know` hears of it as soon as there is anything to end, with port 0
 * while that is not known. Throws an `OutsideError` with what the server said last, and leaves nothing behind then.
 */
export type Launch = (index: number, know: (instance: Instance) => void) => Promise<Instance>;

/** Whether it is the very one that was started, and runs. */
export async function isRunning(instance: Instance): Promise<boolean> {
  return instance.kind === "process" ? isProcessRunning(instance) : isContainerRunning(instance);
}

/** Lets an instance finish its calls, at most `ms`, then kills it. Of a container nothing stays, whether it ran or not. */
export async function stopInstance(instance: Instance, ms: number): Promise<void> {
  return instance.kind === "process" ? stopProcess(instance, ms) : stopContainer(instance, ms);
}

/** What an instance is called where it can be looked at. */
export function nameOf(instance: Instance): string {
  return instance.kind === "process" ? `process ${instance.pid}` : `${instance.engine} ${instance.name}`;
}

/** Where what it says can be read: a file, or the command that shows it. */
export function logsOf(instance: Instance, shown: (path: string) => string): string {
  return instance.kind === "process" ? shown(instance.log) : `${instance.engine} logs ${instance.name}`;
}
