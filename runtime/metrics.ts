/**
 * The text of `GET /metrics`: the Prometheus exposition format 0.0.4, written here because a registry library costs a
 * tenth of each request's time. Every label value comes from the manifest or from a list in this repository.
 */
import type { Outcome } from "./breaker.ts";
import type { PoolState } from "./runner/pool.ts";
import type { RunnerCounts } from "./runner/tally.ts";

/** Upper bounds, seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** Counts the answers to calls, by node; outlives a swap. */
export interface RequestMetrics {
  /** `node` is the URL name, empty where the path named none. */
  answered(node: string, outcome: Outcome, ms: number): void;
  /** All nodes together, by outcome. */
  totals(): Readonly<Record<string, number>>;
  write(): string;
}

interface NodeMetrics {
  readonly outcomes: Map<Outcome, number>;
  /** One count per bucket, and one for what is slower than all. */
  readonly slots: number[];
  seconds: number;
}

export function createRequestMetrics(): RequestMetrics {
  const nodes = new Map<string, NodeMetrics>();

  return {
    answered(node, outcome, ms) {
      let metrics = nodes.get(node);
      if (metrics === undefined) {
        metrics = { outcomes: new Map(), slots: new Array(buckets.length + 1).fill(0), seconds: 0 };
        nodes.set(node, metrics);
      }
      metrics.outcomes.set(outcome, (metrics.outcomes.get(outcome) ?? 0) + 1);
      const seconds = ms / 1000;
      metrics.seconds += seconds;
      let slot = 0;
      while (slot < buckets.length && seconds > (buckets[slot] ?? 0)) slot += 1;
      metrics.slots[slot] = (metrics.slots[slot] ?? 0) + 1;
    },
    totals() {
      const totals: Record<string, number> = {};
      for (const { outcomes } of nodes.values()) {
        for (const [outcome, count] of outcomes) totals[outcome] = (totals[outcome] ?? 0) + count;
      }
      return totals;
    },
    write() {
      const answered = [...nodes].flatMap(([node, { outcomes }]) =>
        [...outcomes].map(([code, count]) => sample({ node, code }, count)),
      );
      const name = "noxus_request_duration_seconds";
      const durations = [...nodes].flatMap(([node, { slots, seconds }]) =>
        histogram(name, node, slots, seconds),
      );
      return [
        family("noxus_requests_total", "counter", "Answers to calls of a node, by outcome.", answered),
        heading(name, "histogram", "Time from a call's first byte to its answer.") + durations.join(""),
      ].join("");
    },
  };
}

function histogram(name: string, node: string, slots: readonly number[], seconds: number): string[] {
  let count = 0;
  const lines = [...buckets.map(String), "+Inf"].map((le, slot) => {
    count += slots[slot] ?? 0;
    return line(`${name}_bucket`, { node, le }, count);
  });
  return [...lines, line(`${name}_sum`, { node }, seconds), line(`${name}_count`, { node }, count)];
}

/** What the server is like at this moment. */
export interface ServerFigures {
  readonly plugin: { readonly name: string; readonly version: string };
  readonly noxus: string;
  readonly pool: PoolState;
  readonly runners: RunnerCounts;
  readonly openBreakers: ReadonlySet<string>;
  readonly nodes: readonly string[];
  readonly inFlight: number;
  readonly isReady: boolean;
}

export function writeFigures(figures: ServerFigures): string {
  const { plugin, pool, runners } = figures;
  const { kills, starts, crashes, retirements } = runners;
  const { idle, busy, starting } = pool;
  const build = {
    version: figures.noxus,
    node: process.versions.node,
    plugin: plugin.name,
    plugin_version: plugin.version,
  };
  const { rss } = process.memoryUsage();
  const cpu = process.cpuUsage();
  return [
    family("noxus_build_info", "gauge", "Versions; always 1.", [sample(build, 1)]),
    family("noxus_ready", "gauge", "1 while calls are taken.", [sample({}, figures.isReady ? 1 : 0)]),
    family("noxus_requests_in_flight", "gauge", "Requests without a complete answer.", [
      sample({}, figures.inFlight),
    ]),
    family("noxus_calls_running", "gauge", "Calls in runners.", [sample({}, pool.running)]),
    family("noxus_queue_waiting", "gauge", "Calls that wait for a runner.", [sample({}, pool.waiting)]),
    family("noxus_queue_limit", "gauge", "Most calls that may wait.", [sample({}, pool.queue_limit)]),
    family(
      "noxus_runners",
      "gauge",
      "Runner processes, by what they do.",
      Object.entries({ idle, busy, starting }).map(([state, count]) => sample({ state }, count)),
    ),
    family("noxus_runners_limit", "gauge", "Most runner processes.", [sample({}, pool.max)]),
    family("noxus_runner_starts_total", "counter", "Runner processes started.", [sample({}, starts)]),
    family("noxus_runner_crashes_total", "counter", "Runner processes that ended by themselves.", [
      sample({}, crashes),
    ]),
    family(
      "noxus_runner_retirements_total",
      "counter",
      "Runner processes replaced for what a call left behind.",
      [sample({}, retirements)],
    ),
    family(
      "noxus_runner_kills_total",
      "counter",
      "Runner processes ended by force, by reason.",
      Object.entries(kills).map(([reason, count]) => sample({ reason }, count)),
    ),
    family(
      "noxus_breaker_open",
      "gauge",
      "1 while calls of the node are shed because it crashes in a loop.",
      figures.nodes.map((node) => sample({ node }, figures.openBreakers.has(node) ? 1 : 0)),
    ),
    family("process_cpu_seconds_total", "counter", "CPU time of the server process, without runners.", [
      sample({}, (cpu.user + cpu.system) / 1e6),
    ]),
    family("process_resident_memory_bytes", "gauge", "Memory of the server process, without runners.", [
      sample({}, rss),
    ]),
    family("process_start_time_seconds", "gauge", "Start of the server, Unix time.", [
      sample({}, (performance.timeOrigin / 1000).toFixed(3)),
    ]),
  ].join("");
}

type Labels = Readonly<Record<string, string>>;
type Sample = (name: string) => string;

const sample =
  (labels: Labels, value: number | string): Sample =>
  (name) =>
    line(name, labels, value);

function family(name: string, type: "counter" | "gauge", help: string, samples: readonly Sample[]): string {
  return heading(name, type, help) + samples.map((write) => write(name)).join("");
}

function heading(name: string, type: "counter" | "gauge" | "histogram", help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function line(name: string, labels: Labels, value: number | string): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}\n`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
