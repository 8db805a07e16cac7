import { writePlugin } from "../plugin.ts";
import type { Check, Group, Variant } from "./check.ts";
import { startTarget, type Target, type TargetStart } from "./target.ts";

/** Null where it held, else why not. */
export async function runCheck(check: Check, target: Target, limitMs: number): Promise<Error | null> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${limitMs / 1000} s`)), limitMs);
  });
  const run = check.run(target);
  run.catch(() => {}); // it may fail once more when its server is taken away
  try {
    await Promise.race([run, limit]);
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    clearTimeout(timer);
  }
}

/** How to start the server of a group, or its control. The plugin is written once, whatever it is started with. */
export function starter(group: Group): (variant?: Variant) => Promise<Target> {
  const manifestPath = writePlugin(group.plugin);
  const { options, env, isEarly = false, program = "server" } = group;
  const shared: Omit<TargetStart, "program"> = {
    manifestPath,
    isEarly,
    ...(options === undefined ? {} : { options }),
    ...(env === undefined ? {} : { env }),
  };
  return (variant) =>
    startTarget(variant === undefined ? { ...shared, program } : { ...shared, program: "control", variant });
}
