/**
 * What a served call costs: beside a bare node:http server, fastify, koa and functions-framework, which do the same
 * JSON work in their own process and isolate nothing. All in turns, so that a noisy machine bends all alike; CPU time
 * a request is the figure to trust, throughput and latency follow the machine's mood. The load comes from wrk (a Debian
 * package): a client in Node costs more than most of these servers, and would be what is measured.
 */
import { join } from "node:path";
import { createClient } from "../runtime/test/faults/client.ts";
import { type PluginSource, writePlugin } from "../runtime/test/plugin.ts";
import { installIn } from "../scripts/install.ts";
import { root } from "../scripts/noxus.ts";
import { must } from "../test/image/tools.ts";
import { cpu, type Measured, median, memory, percentile, startMeasured } from "./measured.ts";

const frameworks = join(root, "bench", "frameworks");
const script = join(root, "bench", "wrk.lua");
const text = "The battery is not bad at all, and I love the screen.";
const small = JSON.stringify({ inputs: { text } });
const large = JSON.stringify({ inputs: { text: `${text} `.repeat(9_000) } });
const CONNECTIONS = 16;
/** Of a round, and of the first one, which is not counted: every server has its code compiled by then. */
const ROUND_SECONDS = 2;
const WARM_SECONDS = 3;

const wordsNode = {
  inputs: { text: { type: "string" } },
  outputs: {
    type: "object",
    properties: { words: { type: "integer" }, text: { type: "string" } },
    required: ["words", "text"],
  },
  call: 'return { words: text.split(" ").length, text };',
} as const;

const plugin: PluginSource = {
  nodes: {
    Words: wordsNode,
    Loop: { call: "while (true);", timeoutMs: 200 },
    Wait: {
      inputs: { ms: { type: "number" } },
      call: "await new Promise((resolve) => setTimeout(resolve, ms)); return {};",
    },
  },
};

const manyNodes: PluginSource = {
  nodes: Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => [index === 999 ? "Words" : `Other${index}`, wordsNode]),
  ),
};

function startNoxus(name: string, source: PluginSource): Promise<Measured> {
  const main = join(root, "dist", "runtime", "main.js");
  return startMeasured(name, [main, writePlugin(source)], /"url":"http:\/\/[^:]+:(\d+)"/, { PORT: "0" });
}

function startFramework(name: string): Promise<Measured> {
  return startMeasured(name, [join(frameworks, `${name}.mjs`)], /ready (\d+)/);
}

interface Round {
  readonly perSecond: number;
  /** CPU a request, us. */
  readonly server: number;
  readonly tree: number;
}

/** Calls without a pause from all connections for a while; CPU from before to after. */
async function loadRound(target: Measured, seconds: number): Promise<Round> {
  const before = cpu(target);
  const said = await must(
    "wrk",
    ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "-s", script, `http://127.0.0.1:${target.port}/words/run`],
    { env: { ...process.env, BODY: small } },
  );
  const after = cpu(target);
  const { calls, failed, us } = JSON.parse(said.slice(said.lastIndexOf("{"))) as Readonly<
    Record<"calls" | "failed" | "us", number>
  >;
  if (failed > 0 || calls === 0) throw new Error(`${target.name}: ${failed} of ${calls} calls failed`);
  return {
    perSecond: calls / (us / 1e6),
    server: ((after.server - before.server) * 1000) / calls,
    tree: ((after.tree - before.tree) * 1000) / calls,
  };
}

async function call(client: ReturnType<typeof createClient>, body: string): Promise<void> {
  const reply = await client.body("words", body);
  if (reply.status !== 200)
    throw new Error(`a call was answered with ${reply.status}: ${reply.text.slice(0, 200)}`);
}

/** One client, one request at a time, ms. */
async function latencies(target: Measured, body: string, count: number): Promise<readonly number[]> {
  const client = createClient("127.0.0.1", target.port);
  const found: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const startedAt = performance.now();
    await call(client, body);
    found.push(performance.now() - startedAt);
  }
  client.close();
  return found;
}

interface Row {
  readonly target: Measured;
  readonly rounds: Round[];
  readonly p50: number[];
}

async function compare(targets: readonly Measured[], rounds: number): Promise<readonly Row[]> {
  const rows = targets.map((target): Row => ({ target, rounds: [], p50: [] }));
  for (let round = -1; round < rounds; round += 1) {
    for (const { target, rounds, p50 } of rows) {
      const found = await loadRound(target, round < 0 ? WARM_SECONDS : ROUND_SECONDS);
      const alone = await latencies(target, small, 150);
      if (round < 0) continue;
      rounds.push(found);
      p50.push(median(alone));
    }
  }
  return rows;
}

/** Medians of the ratios of each round, so that both sides had the same machine. */
function ratio(row: Row, base: Row, key: keyof Round): number {
  return median(row.rounds.map((round, index) => round[key] / (base.rounds[index]?.[key] ?? Number.NaN)));
}

function printRows(rows: readonly Row[], base: Row): void {
  console.log(
    `\nServers, ${CONNECTIONS} connections, ${base.rounds.length} rounds in turns; medians, ratios to the first row by round`,
  );
  const head = ["req/s", "ratio", "cpu us tree", "ratio", "cpu us server", "ratio", "p50 ms alone"];
  console.log("".padEnd(24) + head.map((word) => word.padStart(14)).join(""));
  for (const row of rows) {
    const cells = [
      median(row.rounds.map(({ perSecond }) => perSecond)).toFixed(0),
      ratio(row, base, "perSecond").toFixed(2),
      median(row.rounds.map(({ tree }) => tree)).toFixed(0),
      ratio(row, base, "tree").toFixed(2),
      median(row.rounds.map(({ server }) => server)).toFixed(0),
      ratio(row, base, "server").toFixed(2),
      median(row.p50).toFixed(3),
    ];
    console.log(row.target.name.padEnd(24) + cells.map((cell) => cell.padStart(14)).join(""));
  }
}

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** At most this, or at least where `isFloor`. */
  readonly goal: number;
  readonly isFloor?: boolean;
}

/** What a kill, a loop or many waiting calls cost the others. */
async function underFire(noxus: Measured): Promise<readonly Figure[]> {
  const client = createClient("127.0.0.1", noxus.port);
  const [late, first, beside]: [number[], number[], number[]] = [[], [], []];
  const timed = async (work: () => Promise<unknown>) => {
    const startedAt = performance.now();
    await work();
    return performance.now() - startedAt;
  };
  for (let kill = 0; kill < 20; kill += 1) {
    late.push((await timed(() => client.post("loop"))) - 200);
    first.push(await timed(() => call(client, small)));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  for (let loop = 0; loop < 8; loop += 1) {
    const looping = client.post("loop");
    for (let echo = 0; echo < 10; echo += 1) beside.push(await timed(() => call(client, small)));
    await looping;
  }
  // Nodes share runners once they have shown that they are harmless.
  for (let run = 0; run < 30; run += 1) await client.post("wait", { ms: 0 });
  const waits = await timed(() =>
    Promise.all(Array.from({ length: 50 }, () => client.post("wait", { ms: 300 }))),
  );
  client.close();
  return [
    { name: "504 late, p90", value: percentile(late, 0.9), unit: "ms", goal: 60 },
    { name: "first request after a kill, p90", value: percentile(first, 0.9), unit: "ms", goal: 60 },
    { name: "echo beside a CPU loop, p90", value: percentile(beside, 0.9), unit: "ms", goal: 20 },
    { name: "50 waits of 300 ms", value: waits / 1000, unit: "s", goal: 1.5 },
  ];
}

/** Memory and CPU of a server that nobody calls. */
async function atRest(noxus: Measured): Promise<readonly Figure[]> {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const before = cpu(noxus);
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const busy = ((cpu(noxus).tree - before.tree) / (performance.now() - startedAt)) * 100;
  return [
    { name: "idle tree, PSS", value: memory(noxus), unit: "MB", goal: 160 },
    { name: "idle CPU", value: busy, unit: "%", goal: 2 },
  ];
}

/** The table of servers, then each number of the issue with its goal. */
export async function benchServer(rounds: number): Promise<void> {
  installIn(frameworks);
  const running: Measured[] = [];
  const started = async (measured: Promise<Measured>) => {
    running.push(await measured);
    return await measured;
  };
  try {
    const noxus = await started(startNoxus("noxus", plugin));
    const figures: Figure[] = [{ name: "start to ready", value: noxus.startMs / 1000, unit: "s", goal: 1.2 }];
    figures.push(...(await atRest(noxus)));
    const others = ["bare", "fastify", "koa", "functions-framework"];
    const targets: Measured[] = [];
    for (const name of others) targets.push(await started(startFramework(name)));
    const rows = await compare([...targets, noxus], rounds);
    const [bare, , , functions] = rows;
    const own = rows.at(-1);
    if (bare === undefined || functions === undefined || own === undefined) throw new Error("no rows");
    printRows(rows, bare);
    // The first half finds code and buffers cold.
    const big = (await latencies(noxus, large, 80)).slice(40);
    figures.unshift(
      { name: "CPU a request, whole tree / bare", value: ratio(own, bare, "tree"), unit: "x", goal: 13 },
      { name: "CPU a request, server / bare", value: ratio(own, bare, "server"), unit: "x", goal: 6 },
      { name: "p50 added, one client", value: median(own.p50) - median(bare.p50), unit: "ms", goal: 0.5 },
      {
        name: "requests per second / functions-framework",
        value: ratio(own, functions, "perSecond"),
        unit: "x",
        goal: 1,
        isFloor: true,
      },
      { name: `${Math.round(large.length / 1000)} KB body, p50`, value: median(big), unit: "ms", goal: 10 },
    );
    figures.push(...(await underFire(noxus)));
    // Both as young: the one above has had a hundred thousand calls to get faster by.
    const twins = [
      await started(startNoxus("noxus, few nodes", plugin)),
      await started(startNoxus("noxus, 1,000 nodes", manyNodes)),
    ];
    const [few, most] = await compare(twins, Math.min(rounds, 5));
    if (few === undefined || most === undefined) throw new Error("no rows");
    figures.push({
      name: "CPU a request, 1,000 nodes / few",
      value: ratio(most, few, "tree"),
      unit: "x",
      goal: 1.15,
    });
    printFigures(figures);
  } finally {
    await Promise.all(running.map((one) => one.stop()));
  }
}

function printFigures(figures: readonly Figure[]): void {
  console.log(`\nNumbers of the runtime; node ${process.version}`);
  for (const { name, value, unit, goal, isFloor = false } of figures) {
    const isMet = isFloor ? value >= goal : value <= goal;
    const cells = [
      `${value.toFixed(2)} ${unit}`.padStart(14),
      `${isFloor ? ">=" : "<="} ${goal} ${unit}`.padStart(14),
    ];
    console.log(`${name.padEnd(42)}${cells.join("")}  ${isMet ? "met" : "MISSED"}`);
  }
}
