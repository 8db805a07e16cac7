import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ask, clockSource, makePlugin } from "./plugin.ts";
import { type Running, startNoxus } from "./process.ts";

const workspace = makePlugin();
const running: Running[] = [];

test.after.each(() => {
  for (const { child } of running.splice(0)) child.kill("SIGKILL");
});
test.after(() => workspace.remove());

function start(...argv: readonly string[]): Running {
  const noxus = startNoxus(argv, workspace.folder, { TMPDIR: workspace.temporary });
  running.push(noxus);
  return noxus;
}

const url = (noxus: Running) => noxus.seen(/POST (http:\S+)\/clock\/run/);

/** Waits until a runner has a call. */
async function busy(address: string): Promise<void> {
  for (;;) {
    const answer = (await (await fetch(`${address}/status`)).json()) as { runners: { busy: number } };
    if (answer.runners.busy > 0) return;
    await wait(10);
  }
}

test("compiles, serves, logs JSON on stdout, and ends with 0 on SIGTERM after the calls in flight", async () => {
  const noxus = start("serve", "--port", "0");
  const address = await url(noxus);
  assert.equal(await ask(address), { status: 200, version: "one" });
  const slow = ask(address, 600);
  await busy(address);
  noxus.child.kill("SIGTERM");
  assert.equal(await slow, { status: 200, version: "one" });
  assert.is(await noxus.ended, 0);
  const entries = noxus
    .stdout()
    .trim()
    .split("\n")
    .map((line): { msg?: string; node?: string; status?: number } => JSON.parse(line));
  assert.equal(
    entries.filter(({ msg, node }) => msg === "request" && node === "clock").map(({ status }) => status),
    [200, 200],
  );
  assert.match(noxus.stderr(), /^noxus \d+\.\d+\.\d+ {2}clock 0\.1\.0\n/);
  assert.equal(readdirSync(workspace.temporary), []);
});

test("SIGINT ends with 130; a second one does not wait for the calls in flight", async () => {
  const noxus = start("serve", "--port", "0");
  const address = await url(noxus);
  const slow = ask(address, 20_000).catch(() => "cut off");
  await busy(address);
  noxus.child.kill("SIGINT");
  await noxus.seen(/"draining"/);
  noxus.child.kill("SIGINT");
  assert.is(await noxus.ended, 130);
  assert.is(await slow, "cut off");
  assert.equal(readdirSync(workspace.temporary), []);
});

test("serves what was built as it is, and refuses it when the bundle was changed", async () => {
  const build = start("build", "--output", "../built");
  assert.is(await build.ended, 0, build.stderr());
  const noxus = start("serve", "--manifest", "../built/manifest.json", "--port", "0");
  assert.equal(await ask(await url(noxus)), { status: 200, version: "one" });
  noxus.child.kill("SIGINT");
  assert.is(await noxus.ended, 130);

  const bundle = join(workspace.folder, "..", "built", "bundle.mjs");
  writeFileSync(bundle, `${readFileSync(bundle, "utf8")}\n`);
  const refused = start("serve", "--manifest", "../built/manifest.json", "--port", "0");
  assert.is(await refused.ended, 2);
  assert.match(refused.stderr(), /^error: .*bundle\.mjs is not the file that the manifest was built with\n$/);
});

test("a port in use is one line and 2", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  // A listening TCP server has an address object.
  const { port } = other.address() as AddressInfo;
  const noxus = start("serve", "--port", String(port));
  assert.is(await noxus.ended, 2);
  assert.match(noxus.stderr(), /^error: .*\n$/);
  assert.match(noxus.stderr(), String(port));
  assert.equal(readdirSync(workspace.temporary), []);
  other.close();
});

test("a plugin that cannot be started is one line and 1", async () => {
  workspace.write("src/index.ts", `${clockSource("one")}\nthrow new Error("no clock here");\n`);
  const noxus = start("serve", "--port", "0");
  assert.is(await noxus.ended, 1);
  assert.match(noxus.stderr(), /^error: the plugin could not be started: .*no clock here.*\n$/);
  workspace.write("src/index.ts", clockSource("one"));
});

test("Ctrl-C while it builds ends it with 130 and writes nothing", async () => {
  const noxus = start("build", "--output", "../interrupted");
  await noxus.listening;
  noxus.child.kill("SIGINT");
  assert.is(await noxus.ended, 130);
  assert.not(existsSync(join(workspace.folder, "..", "interrupted")));
});

test("SIGTERM while it compiles ends it at once with 0", async () => {
  const noxus = start("serve", "--port", "0");
  // Its folder for what it compiles is there once it has begun.
  while (readdirSync(workspace.temporary).length === 0) await wait(10);
  noxus.child.kill("SIGTERM");
  assert.is(await noxus.ended, 0);
  assert.equal(readdirSync(workspace.temporary), []);
});

test.run();
