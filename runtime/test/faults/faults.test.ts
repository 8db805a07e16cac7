/** The fault suite against the server: each group on one server, its checks in turn; some groups at the same time. */
import { test } from "uvu";
import { createDeferred } from "../../runner/deferred.ts";
import type { Check } from "./check.ts";
import { groups } from "./groups.ts";
import { type Job, jobsOf, runCheck, runJobs } from "./run.ts";
import type { Target } from "./target.ts";

/** Longest a check may take, ms; far beyond what it needs on a busy machine. */
const LIMIT_MS = 60_000;
const LANES = 3;

const servers = new Set<Target>();
test.after(async () => {
  await Promise.all([...servers].map((server) => server.destroy()));
});

// ONLY=word,word runs the groups of these names.
const only = process.env.ONLY?.split(",");
const chosen = groups.filter(({ name }) => only?.includes(name) ?? true);
const outcomes = new Map(
  chosen.flatMap(({ checks }) => checks.map((check) => [check, createDeferred<Error | null>()] as const)),
);

async function runJob({ checks, start }: Job): Promise<void> {
  let server: Target | undefined;
  for (const check of checks) {
    const outcome = outcomes.get(check);
    try {
      if (server === undefined || server.hasEnded()) server = await start();
      servers.add(server);
      const failure = await runCheck(check, server, LIMIT_MS);
      // What one failure has left behind must not fail the next check too.
      if (failure !== null) await server.destroy();
      outcome?.resolve(failure);
    } catch (error) {
      outcome?.resolve(error instanceof Error ? error : new Error(String(error)));
    }
  }
  await server?.destroy();
}

const jobs = jobsOf(chosen, ({ isLast }) => isLast ?? false);
let isRunning = false;
const outcomeOf = (check: Check): Promise<Error | null> | undefined => {
  if (!isRunning) void runJobs(jobs, LANES, runJob);
  isRunning = true;
  return outcomes.get(check)?.promise;
};

for (const { checks } of chosen) {
  for (const check of checks) {
    test(check.name, async () => {
      const failure = await outcomeOf(check);
      if (failure !== null) throw failure;
    });
  }
}

test.run();
