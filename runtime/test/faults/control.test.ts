/**
 * A suite that cannot fail proves nothing: every check is run against a control server that takes no care, and must
 * fail there. The few that hold even for that one are seen to hold, and to fail against a spoiled variant of it.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Check, Group } from "./check.ts";
import { groups } from "./groups.ts";
import { runCheck, starter } from "./run.ts";
import type { Target } from "./target.ts";

/** A check that hangs has failed. What the control would have answered in time, it answers long before. */
const FAIL_LIMIT_MS = 1_000;
const HOLD_LIMIT_MS = 60_000;
const PARALLEL = 3;

interface Trial {
  readonly group: Group;
  readonly check: Check;
  readonly start: ReturnType<typeof starter>;
}

/** Names of the checks that did not do what they must, with what they did. */
const wrong: string[] = [];
let trials = 0;

async function control({ group, check, start }: Trial, server: Target): Promise<void> {
  trials += 1;
  if (check.control === undefined) {
    const failure = await runCheck(check, server, FAIL_LIMIT_MS);
    if (failure === null) wrong.push(`holds without any care: ${group.name}: ${check.name}`);
    return;
  }
  const failure = await runCheck(check, server, HOLD_LIMIT_MS);
  if (failure !== null) wrong.push(`fails for no lack of care: ${check.name}: ${failure.message}`);
  const spoiled = await start(check.control);
  const expected = await runCheck(check, spoiled, FAIL_LIMIT_MS);
  await spoiled.destroy();
  if (expected === null) wrong.push(`holds even for \`${check.control}\`: ${group.name}: ${check.name}`);
}

/** The checks of a group one after the other, on one control as long as it is still sound. */
async function controlGroup(group: Group): Promise<void> {
  const start = starter(group);
  let server: Target | null = null;
  for (const check of group.checks) {
    server ??= await start("naive");
    await control({ group, check, start }, server);
    if (group.isHarmful || group.isLast || !(await isSound(server))) {
      await server.destroy();
      server = null;
    }
  }
  await server?.destroy();
}

async function isSound(server: Target): Promise<boolean> {
  if (server.hasEnded()) return false;
  const limit = new Promise<false>((resolve) => setTimeout(resolve, FAIL_LIMIT_MS, false));
  const answered = server.get("/health/live").then(
    ({ status }) => status === 200,
    () => false,
  );
  return Promise.race([answered, limit]);
}

test("no check holds for a server that takes no care", async () => {
  const queue = [...groups];
  const work = async () => {
    for (let group = queue.shift(); group !== undefined; group = queue.shift()) await controlGroup(group);
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
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
