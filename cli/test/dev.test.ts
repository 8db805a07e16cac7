import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Answer, ask, clockSource, makePlugin, type Workspace } from "./plugin.ts";
import { type Running, startNoxus } from "./process.ts";

interface Context {
  workspace: Workspace;
  running: Running[];
}
const test = suite<Context>("dev");

test.before.each((context) => {
  context.workspace = makePlugin();
  context.running = [];
});
test.after.each((context) => {
  for (const { child } of context.running) child.kill("SIGKILL");
  context.workspace.remove();
});

function start({ workspace, running }: Context, ...argv: readonly string[]): Running {
  const noxus = startNoxus(["dev", ...argv], workspace.folder, { TMPDIR: workspace.temporary });
  running.push(noxus);
  return noxus;
}

test("edits are served at once, broken ones are not, and no request is lost", async (context) => {
  const { workspace } = context;
  const noxus = start(context, "--port", "0");
  const url = await noxus.seen(/^local +(http:\S+)$/m);
  assert.match(noxus.stdout(), /^noxus \d+\.\d+\.\d+ {3}clock 0\.1\.0 {3}ready in [\d.]+ m?s\n/);
  assert.match(noxus.stdout(), "run       POST /clock/run\n");
  assert.not.match(noxus.stdout(), /keys|\p{Cc}\[/u);

  const answers: Answer[] = [];
  let isOver = false;
  const callers = [0, 40, 150].map(async (ms) => {
    while (!isOver) answers.push(await ask(url, ms).catch((error) => ({ status: 0, version: error })));
  });
  try {
    workspace.write("src/index.ts", clockSource("two"));
    await noxus.seen(/src\/index\.ts changed: reloaded in/);
    assert.equal(await ask(url), { status: 200, version: "two" });

    workspace.write("src/index.ts", clockSource("three").replace("async call", "async cal"));
    await noxus.seen(/src\/index\.ts changed: 1 error, still serving the version of \d\d:\d\d:\d\d/);
    await noxus.seen(/error\[NX2006\]/);
    assert.equal(await ask(url), { status: 200, version: "two" });

    workspace.write("src/index.ts", `${clockSource("three")}\nthrow new Error("stopped");\n`);
    await noxus.seen(/the plugin could not be started, still serving the version of/);
    assert.equal(await ask(url), { status: 200, version: "two" });

    workspace.write("src/index.ts", clockSource("four"));
    await noxus.seen(/reloaded in(?:.|\n)*reloaded in/);
    assert.equal(await ask(url), { status: 200, version: "four" });
  } finally {
    isOver = true;
    await Promise.all(callers);
  }
  const seen = new Set(answers.map(({ status, version }) => `${status} ${version}`));
  assert.equal([...seen].sort(), ["200 four", "200 one", "200 two"]);
  await noxus.seen(/^\d\d:\d\d:\d\d {2}POST \/clock\/run 200 \d+ ms {2}id \S+$/m);

  noxus.child.kill("SIGINT");
  assert.is(await noxus.ended, 130);
  assert.equal(readdirSync(workspace.temporary), []);
});

test("waits for an edit when the first compile is broken", async (context) => {
  const { workspace } = context;
  workspace.write("src/index.ts", "export const broken = ;\n");
  const noxus = start(context, "--port", "0");
  await noxus.seen(/nothing is served yet/);
  workspace.write("src/index.ts", clockSource("mended"));
  const url = await noxus.seen(/^local +(http:\S+)$/m);
  assert.equal(await ask(url), { status: 200, version: "mended" });
  noxus.child.kill("SIGTERM");
  assert.is(await noxus.ended, 0);
});

test("an edit made undone, and a file that is not part of the plugin, restart nothing", async (context) => {
  const { workspace } = context;
  const noxus = start(context, "--port", "0");
  await noxus.seen(/^local/m);
  workspace.write("notes.json", "{}");
  workspace.write("README.md", "notes");
  await wait(300);
  workspace.write("src/index.ts", `${clockSource("one")}export {`);
  await noxus.seen(/still serving/);
  workspace.write("src/index.ts", clockSource("one"));
  await noxus.seen(/good again, serving the version of/);
  assert.not.match(noxus.stdout(), "reloaded");
});

test("takes the next free port, or ends with 2 when that is forbidden", async (context) => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  // A listening TCP server has an address object.
  const { port } = other.address() as AddressInfo;
  const noxus = start(context, "--port", String(port));
  const url = await noxus.seen(/^local +(http:\S+)$/m);
  assert.is.not(Number(new URL(url).port), port);
  assert.match(noxus.stderr(), `note: port ${port} is in use, taking ${new URL(url).port}\n`);

  const strict = start(context, "--port", String(port), "--strict-port");
  assert.is(await strict.ended, 2);
  assert.match(strict.stderr(), /^error: .*\n {2}choose another with --port\n$/);
  other.close();
});

test.run();
