/** The local twin: real server processes behind a real nginx, under load while instances come and go. */
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isRunning } from "../../cli/deploy/instance.ts";
import { hasNginx, lost, openTwin, type Twin } from "./twin.ts";

/** Skipped, and counted as such, where there is no nginx. */
const check = hasNginx ? test : test.skip;
if (!hasNginx) console.log("no nginx on this machine: the local twin is not tested");

let opened: Twin | null = null;
const twin = (): Twin => {
  if (opened === null) throw new Error("there is no twin");
  return opened;
};
const port = (): string[] => ["--port", String(twin().port)];

test.before(async () => {
  if (hasNginx) opened = await openTwin();
});
test.after(async () => {
  await opened?.close();
});

const states = async (): Promise<readonly string[]> =>
  (await twin().status())?.instances.map(({ state }) => state) ?? [];

check("starts three instances behind nginx and says so", async () => {
  const secrets = join(twin().folder, "secrets.env");
  writeFileSync(secrets, "TOKEN=hush\nOTHER=thing\n");
  const up = await twin().deploy(...port(), "--secrets", secrets);
  assert.is(up.code, 0, up.stdout + up.stderr);
  assert.match(up.stdout, `3 instances behind http://127.0.0.1:${twin().port}`);
  assert.match(up.stderr, "neither declared by the plugin nor settings: OTHER");
  assert.equal(await states(), ["ready", "ready", "ready"]);
  assert.match(await twin().greet(), '{"text":"hello you","token":"hush"}');
});

check("loses hardly a request when an instance ends, and at most its own when it is killed", async () => {
  const [stopped, killed] = (await twin().status())?.instances ?? [];
  if (stopped?.kind !== "process" || killed?.kind !== "process") throw new Error("no instances");
  for (const [signal, { pid }, most] of [
    ["SIGTERM", stopped, 5],
    ["SIGKILL", killed, 16],
  ] as const) {
    const counts = await twin().load(2000, { halfway: () => process.kill(pid, signal) });
    console.log(`2,000 calls, ${signal} to an instance: ${JSON.stringify(counts)}`);
    assert.ok(lost(counts) <= most, JSON.stringify(counts));
  }
  const report = await twin().deploy("--status");
  assert.is(report.code, 1, "an incomplete deployment is a finding");
  assert.equal([...(await states())].sort(), ["gone", "gone", "ready"]);
});

check("is made whole again by the same command", async () => {
  const again = await twin().deploy(...port());
  assert.is(again.code, 0, again.stdout + again.stderr);
  assert.equal(await states(), ["ready", "ready", "ready"]);
});

check("rolls to a new version and takes an instance out without losing a request", async () => {
  const before = await twin().status();
  twin().edit((yaml) => yaml.replace("version: 0.1.0", "version: 0.2.0"));
  let isOver = false;
  // Paced, so that callers take no time from what they wait for; sixteen are under way or about to be at any moment.
  const calls = twin().load(1_000_000, { isOver: () => isOver, pause: 50 });
  const rolled = await twin().deploy(...port(), "--instances", "2");
  isOver = true;
  const counts = await calls;
  console.log(`a new version, an instance less: ${JSON.stringify(counts)}`);
  assert.is(rolled.code, 0, rolled.stdout + rolled.stderr);
  assert.equal(Object.keys(counts), ["200"], JSON.stringify(counts));
  const after = await twin().status();
  assert.equal(await states(), ["ready", "ready"]);
  assert.is.not(after?.instances[0]?.digest, before?.instances[0]?.digest);
});

check("keeps the old version while the new one does not start", async () => {
  const text = twin().edit(
    (yaml) => `${yaml.replace("0.2.0", "0.3.0")}configuration:\n  required:\n    model: {type: string}\n`,
  );
  const before = await twin().status();
  const failed = await twin().deploy(...port(), "--instances", "2");
  assert.is(failed.code, 4, failed.stdout);
  assert.match(failed.stderr, "an instance ended at its start");
  assert.equal(await twin().status(), before);
  assert.match(await twin().greet(), "hello you");
  twin().edit(() => text);
});

check("refuses secrets that git keeps, and names no secret that is malformed", async () => {
  const { folder, deploy } = twin();
  const file = join(folder, "secrets.env");
  writeFileSync(file, "TOKEN=hush\nthis is hush too\n");
  const malformed = await deploy("--secrets", file);
  assert.is(malformed.code, 2);
  assert.match(malformed.stderr, "line 2: write NAME=value");
  assert.not.match(malformed.stderr, "hush");
  spawnSync("git", ["init", "-q"], { cwd: folder });
  spawnSync("git", ["add", "-f", "secrets.env"], { cwd: folder });
  const tracked = await deploy("--secrets", file);
  assert.is(tracked.code, 2);
  assert.match(tracked.stderr, "is in git");
});

check("ends everything", async () => {
  const running = await twin().status();
  const down = await twin().deploy("--down");
  assert.is(down.code, 0, down.stderr);
  for (const instance of running?.instances ?? []) assert.not.ok(await isRunning(instance));
  assert.is(await twin().greet(), "ECONNREFUSED");
  assert.is((await twin().deploy("--status")).stdout, "nothing is deployed from here\n");
  assert.not.ok(existsSync(join(twin().folder, ".noxus", "local")));
});

test.run();
