/** Brief calls go behind each other in one runner, and none of them ever waits for a call that keeps its runner. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Problem } from "../errors.ts";
import { createLog, loadPlugin } from "../index.ts";
import type { ManifestNode } from "../manifest/types.ts";
import { machineLag, noteLateness } from "../runner/lag.ts";
import { memoryLimits } from "../runner/memory.ts";
import { createPool, type Pool } from "../runner/pool.ts";
import { createNodeRecord } from "../runner/record.ts";
import { defaultRunnerEntry } from "../runner/spawn.ts";
import { createTally } from "../runner/tally.ts";
import { temporaryFolder } from "./folders.ts";
import { closeServers, type PluginSource, serve, type TestServer, until, writePlugin } from "./plugin.ts";
import { programPath } from "./programs.ts";

/** One node, so that its record is clean when its input turns bad. */
const call = `
  if (what !== "") {
    for (const end = Date.now() + 300; Date.now() < end; );
    if (what === "exit") process.exit(1);
    if (what === "kill") process.kill(process.pid, "SIGKILL");
    if (what === "spoil") globalThis.spoilt = true;
    if (what === "hide") Object.defineProperty(Array.prototype, "hidden", { value: 1, configurable: true });
    if (what === "leave") setTimeout(() => {}, 10_000);
    if (what === "loop") while (true);
  }
  return { pid: process.pid, isSpoilt: "spoilt" in globalThis };`;
const inputs = { what: { type: "string" } };
const nodes = {
  Any: { inputs, call, timeoutMs: 600 },
};

test.after(closeServers);

/** Runs nodes until their record is clean and says that their calls are short. */
async function earn(server: TestServer): Promise<void> {
  for (let run = 0; run < 60; run += 1) await server.post("any", { what: "" });
}

const running = async (server: TestServer): Promise<number> =>
  ((await server.get("/status")).json.runners as { running: number }).running;

let shared: Promise<TestServer> | null = null;
/** One runner, so that all go behind each other. */
const one = (): Promise<TestServer> => {
  shared ??= serve({ nodes }, { maxRunners: 1 });
  return shared;
};

for (const [what, answer] of [
  ["exit", "500 runner_crashed"],
  ["kill", "500 runner_crashed"],
  ["spoil", "200 success"],
  ["leave", "200 success"],
  ["loop", "504 timeout"],
] as const) {
  test(`gives the calls behind one that does "${what}" to another runner, and they never notice`, async () => {
    const server = await one();
    const summary = async (input: string) => {
      const { status, json } = await server.post("any", { what: input });
      const isSpoilt = input === "" && json.outputs?.isSpoilt === true;
      return `${status} ${json.error?.code ?? "success"}${isSpoilt ? ", spoilt" : ""}`;
    };
    await earn(server);
    const guilty = summary(what);
    await until(async () => (await running(server)) === 1);
    const behind = Array.from({ length: 5 }, () => summary(""));
    assert.is(await guilty, answer);
    assert.equal(await Promise.all(behind), new Array(5).fill("200 success"));
  });
}

const pools: Pool[] = [];
test.after(async () => {
  await Promise.all(pools.map((pool) => pool.close(0)));
});

/** A pool by itself: calls given in one turn go to a runner in one write, which HTTP leaves to chance. */
async function startPool(source: PluginSource, maxRunners: number, entry = defaultRunnerEntry()) {
  const plugin = await loadPlugin(writePlugin(source));
  const record = createNodeRecord();
  const pool = createPool({
    plugin,
    config: {},
    env: {},
    entry,
    log: createLog(new PassThrough().resume()),
    maxRunners,
    minRunners: maxRunners,
    spareRunners: 0,
    queueLimit: 100,
    queueTimeoutMs: 10_000,
    memory: memoryLimits(512),
    record,
    tally: createTally(),
  });
  await pool.start();
  await until(() => pool.state().idle === maxRunners);
  const [node] = plugin.manifest.nodes;
  if (node === undefined) throw new Error("no node");
  const run = async (id: string): Promise<unknown> => {
    // As if it had run often: what the machine holds up would spoil it.
    for (let turn = 0; turn < 20; turn += 1) record.ran(node, { busyMs: 0.01, idleMs: 0 });
    const { outputs } = await pool.run({
      node,
      body: Buffer.from(JSON.stringify({ inputs: { id } })),
      requestId: "id",
      traceparent: "",
      timeoutMs: 10_000,
      answerBy: null,
      caller: { isGone: false, onGone: null },
    });
    return JSON.parse(outputs.toString()).id;
  };
  pools.push(pool);
  return { run, state: pool.state };
}

test("puts brief calls behind each other although other runners are idle", async () => {
  const { run, state } = await startPool(
    { nodes: { Any: { inputs: { id: { type: "string" } }, call: "return { id };" } } },
    3,
  );
  const ids = Array.from({ length: 12 }, (_, index) => `${index}`);
  const answers = ids.map(run);
  const { busy, idle, running } = state();
  assert.equal({ busy, idle, running }, { busy: 1, idle: 2, running: 12 });
  assert.equal(await Promise.all(answers), ids);
});

test("gives the answers that a runner had kept back when it died", async () => {
  const { run } = await startPool(
    { nodes: { Any: { inputs: { id: { type: "string" } }, call: "return { id };" } } },
    1,
    await programPath("dying"),
  );
  const ends = await Promise.allSettled(["a", "b", "c"].map(run));
  const answers = ends.map((end) => (end.status === "fulfilled" ? end.value : end.reason));
  assert.equal(answers, ["kept 1", "kept 2", "kept 3"]);
});

test("takes back what waits behind a call that blocks or dies, gives what was kept back, and runs each once", async () => {
  const folder = temporaryFolder();
  const note = `
    process.getBuiltinModule("node:fs").appendFileSync(${JSON.stringify(join(folder, "ran"))}, id + " ");
    if (id === "block") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
    if (id === "die") process.kill(process.pid, "SIGKILL");
    return { id };`;
  const { run } = await startPool(
    {
      permissions: [`fs:write:${folder}`],
      nodes: { Any: { inputs: { id: { type: "string" } }, call: note } },
    },
    3,
  );
  // Whether an answer is being kept back when the call blocks is chance.
  for (let round = 0; round < 8; round += 1) {
    const ids = Array.from({ length: 24 }, (_, index) => `${round}-${index}`);
    let hasEnded = false;
    const first = ids.slice(0, 12).map(run);
    const isBlocking = round % 2 === 0;
    const guilty = run(isBlocking ? "block" : "die")
      .catch((error: Problem) => error.code)
      .then((end) => {
        assert.is(end, isBlocking ? "block" : "runner_crashed");
        hasEnded = isBlocking;
      });
    const second = ids.slice(12).map(run);
    assert.equal(await Promise.all([...first, ...second]), ids);
    assert.not(hasEnded, "who waited for it has lost more than a second");
    await guilty;
    const ran = readFileSync(join(folder, "ran"), "utf8").trim().split(" ");
    assert.equal(ran.filter((id) => id.startsWith(`${round}-`)).toSorted(), ids.toSorted());
  }
});

test("wakes no further runner for a rush of brief calls", async () => {
  const server = await serve({ nodes }, { maxRunners: 6 });
  await earn(server);
  const counts = new Map<unknown, number>();
  const caller = async () => {
    for (let turn = 0; turn < 40; turn += 1) {
      const { outputs } = (await server.post("any", { what: "" })).json;
      counts.set(outputs?.pid, (counts.get(outputs?.pid) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 12 }, caller));
  // Each for itself would spread them over all. A runner that the machine holds up is passed over for a moment.
  assert.ok(Math.max(...counts.values()) > 480 / 3, JSON.stringify([...counts.values()]));
  await server.close();
});

test("finds a hidden change of a node that may share too", async () => {
  const server = await one();
  await earn(server);
  const { json } = await server.post("any", { what: "hide" });
  await until(() =>
    server
      .logLines()
      .some(({ msg, why }) => msg === "runner retired" && /Array\.prototype\.hidden/.test(String(why))),
  );
  const next = await server.post("any", { what: "" });
  assert.is.not(next.json.outputs?.pid, json.outputs?.pid);
});

test("gives a runner more time on a machine that makes everybody wait, for a while and not for ever", () => {
  const forget = () => {
    for (let turn = 0; turn < 100; turn += 1) noteLateness(0);
  };
  forget();
  noteLateness(40);
  assert.is(machineLag(), 40);
  noteLateness(0);
  assert.ok(machineLag() > 30 && machineLag() < 40);
  noteLateness(10_000);
  assert.is(machineLag(), 100);
  forget();
  assert.ok(machineLag() < 0.1);
});

test("takes a node for brief by what its calls take, and is not misled by one that the machine held up", () => {
  const record = createNodeRecord();
  const [computing, waiting] = [{ name: "computing" }, { name: "waiting" }] as ManifestNode[]; // the name is all it asks for
  if (computing === undefined || waiting === undefined) throw new Error("two nodes");
  for (let run = 0; run < 20; run += 1) {
    assert.not(record.isBrief(computing));
    record.ran(computing, { busyMs: 0.1, idleMs: 0 });
    record.ran(waiting, { busyMs: 0.1, idleMs: 40 });
  }
  assert.ok(record.isBrief(computing));
  assert.ok(record.mayShare(waiting) && !record.isBrief(waiting));
  record.ran(computing, { busyMs: 20, idleMs: 0 });
  assert.ok(record.busyMs(computing) < 0.2, `${record.busyMs(computing)}`);
  for (let run = 0; run < 60; run += 1) record.ran(computing, { busyMs: 20, idleMs: 0 });
  assert.ok(record.busyMs(computing) > 10, `${record.busyMs(computing)}`);
  record.ran(computing, { busyMs: 30, idleMs: 0 });
  assert.not(record.isBrief(computing));
});

test.run();
