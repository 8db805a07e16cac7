/**
 * A suite that cannot fail proves nothing: every check is run against a control server that takes no care, and must
 * fail there. The few that hold even for that one are seen to hold, and to fail against a spoiled variant of it.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Check, Group } from "./check.ts";
import { groups } from "./groups.ts";
import { type Job, jobsOf, runCheck, runJobs, starter } from "./run.ts";
import type { Target } from "./target.ts";

/**
 * A check that hangs has failed. What the control would have answered in time, it answers long before; and where the
 * machine holds it up, it holds up another one too, which has to answer so many requests before the time is over.
 */
const FAIL_LIMIT_MS = 400;
const FAIL_LIMIT_REQUESTS = 10;
const HOLD_LIMIT_MS = 60_000;
const LANES = 5;

interface Trial {
  readonly group: Group;
  readonly check: Check;
  readonly start: ReturnType<typeof starter>;
}

/** Names of the checks that did not do what they must, with what they did. */
const wrong: string[] = [];
let trials = 0;

let referee: Promise<Target> | null = null;

/** As long as a sound server takes for what no check asks more of. */
async function machineTime(): Promise<void> {
  referee ??= starter({ name: "referee", plugin: { nodes: {} }, checks: [] })("naive");
  const sound = await referee;
  for (let request = 0; request < FAIL_LIMIT_REQUESTS; request += 1) await sound.get("/health/live");
}

/** Null where it holds all the same. */
const mustFail = (check: Check, server: Target) => runCheck(check, server, FAIL_LIMIT_MS, machineTime);

async function control({ group, check, start }: Trial, server: Target): Promise<void> {
  trials += 1;
  if (check.control === undefined) {
    const failure = await mustFail(check, server);
    if (failure === null) wrong.push(`holds without any care: ${group.name}: ${check.name}`);
    return;
  }
  const failure = await runCheck(check, server, HOLD_LIMIT_MS);
  if (failure !== null) wrong.push(`fails for no lack of care: ${check.name}: ${failure.message}`);
  const spoiled = await start(check.control);
  const expected = await mustFail(check, spoiled);
  await spoiled.destroy();
  if (expected === null) wrong.push(`holds even for \`${check.control}\`: ${group.name}: ${check.name}`);
}

/** Checks one after the other, on one control as long as it is still sound. */
async function controlJob({ group, checks, start }: Job): Promise<void> {
  let server: Target | null = null;
  for (const check of checks) {
    server ??= await start("naive");
    await control({ group, check, start }, server);
    if (!(await isSound(server))) {
      await server.destroy();
      server = null;
    }
  }
  await server?.destroy();
}

async function isSound(server: Target): Promise<boolean> {
  if (server.hasEnded()) return false;
  const answers = {
    name: "it answers",
    run: async () => assert.is((await server.get("/health/live")).status, 200),
  };
  return (await mustFail(answers, server)) === null;
}

test("no check holds for a server that takes no care", async () => {
  const jobs = jobsOf(groups, ({ isHarmful = false, isLast = false }) => isHarmful || isLast);
  await runJobs(jobs, LANES, controlJob);
  await (await referee)?.destroy();
  assert.equal(wrong, []);
  assert.is(
    trials,
    groups.reduce((sum, { checks }) => sum + checks.length, 0),
  );
});

test("there are enough checks, and no two have one name", () => {
  const names = groups.flatMap(({ checks }) => checks.map(({ name }) => name));
  assert.ok(names.length >= 120, `${names.length}`);
  assert.is(new Set(names).size, names.length);
});

test.run();
