import { writePlugin } from "../plugin.ts";
import type { Check, Group, Variant } from "./check.ts";
import { startTarget, type Target, type TargetStart } from "./target.ts";

/** Null where it held within `limitMs`, which `more` may lengthen, else why not. */
export async function runCheck(
  check: Check,
  target: Target,
  limitMs: number,
  more: () => Promise<void> = async () => {},
): Promise<Error | null> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    const end = () => reject(new Error(`not over after ${limitMs / 1000} s`));
    timer = setTimeout(() => void more().then(end, reject), limitMs);
  });
  limit.catch(() => {}); // it may end after the check
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

/** What runs on one server, one check after the other: a group, or a single check where the next needs a new server. */
export interface Job {
  readonly group: Group;
  readonly checks: readonly Check[];
  readonly start: ReturnType<typeof starter>;
}

/** The most checks first, so that no long job is left over at the end. */
export function jobsOf(groups: readonly Group[], isAlone: (group: Group) => boolean): readonly Job[] {
  return groups
    .flatMap((group) => {
      const start = starter(group);
      const parts = isAlone(group) ? group.checks.map((check) => [check]) : [group.checks];
      return parts.map((checks): Job => ({ group, checks, start }));
    })
    .sort((a, b) => b.checks.length - a.checks.length);
}

/** So many jobs at the same time: most of the time of each is spent waiting. */
export async function runJobs(
  jobs: readonly Job[],
  lanes: number,
  run: (job: Job) => Promise<void>,
): Promise<void> {
  const queue = [...jobs];
  const work = async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) await run(job);
  };
  await Promise.all(Array.from({ length: lanes }, work));
}
