/** Traffic as a busy service sees it: mostly honest calls, some that do their worst, from many connections. */
import type { Reply } from "../faults/client.ts";
import type { Target } from "../faults/target.ts";
import type { PluginSource } from "../plugin.ts";

/** Many nodes that crash, so that none crashes often enough to be shed. */
const crashers = 80;

const innocents: Readonly<Record<string, unknown>> = {
  echo: { text: "some text to carry" },
  sum: { numbers: Array.from({ length: 200 }, (_, index) => index) },
  nap: { ms: 20 },
};

/** What each guilty node must be answered with; `runner_lost` besides, when another guilty call takes its runner. */
const guilty: Readonly<Record<string, string>> = {
  throws: "node_error",
  wrong: "output_invalid",
  stray: "node_error",
  loops: "timeout",
  hangs: "timeout",
  exits: "runner_crashed",
};

export const plugin: PluginSource = {
  nodes: {
    Echo: { inputs: { text: { type: "string" } }, call: "return { text };" },
    Sum: {
      inputs: { numbers: { type: "array", items: { type: "number" } } },
      call: "return { sum: numbers.reduce((sum, number) => sum + number, 0) };",
    },
    Nap: {
      inputs: { ms: { type: "number" } },
      call: "await new Promise((resolve) => setTimeout(resolve, ms)); return { ms };",
    },
    Throws: { call: "throw new Error('no');" },
    Wrong: { call: "return { a: NaN };" },
    Stray: { call: "setTimeout(() => { throw new Error('stray'); }, 1); await new Promise(() => {});" },
    Loops: { call: "while (true);", timeoutMs: 100 },
    Hangs: { call: "await new Promise(() => {});", timeoutMs: 100 },
    ...Object.fromEntries(
      Array.from({ length: crashers }, (_, index) => [
        `Exits${index}`,
        { name: `exits-${index}`, call: "process.exit(1);" },
      ]),
    ),
  },
};

/** Documented as worth sending again: the call was lost or shed without a fault of its own. */
const retryable = new Set(["runner_lost", "overloaded"]);

export interface Outcome {
  /** Answers by `node code`, as /metrics counts them. */
  readonly counts: ReadonlyMap<string, number>;
  /** Innocent calls that failed with anything but a retryable code, and guilty ones that were answered wrongly. */
  readonly wrong: readonly string[];
  readonly innocentCalls: number;
  readonly guiltyCalls: number;
  /** Innocent calls that had to be sent again. */
  readonly retries: number;
}

export interface Load {
  readonly seconds: number;
  readonly connections: number;
  /** Of all calls; 0.05 for one in twenty. */
  readonly guiltyShare: number;
}

/** Calls without a pause from so many connections for so long; lost innocents are sent again until they succeed. */
export async function applyLoad(target: Target, load: Load): Promise<Outcome> {
  const counts = new Map<string, number>();
  const wrong: string[] = [];
  let [innocentCalls, guiltyCalls, retries, turn, crash] = [0, 0, 0, 0, 0];
  const end = performance.now() + load.seconds * 1000;

  async function send(node: string, inputs: unknown): Promise<Reply> {
    const reply = await target.post(node, inputs);
    const key = `${node} ${reply.status === 200 ? "success" : reply.json.error?.code}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return reply;
  }

  async function callInnocent(node: string): Promise<void> {
    innocentCalls += 1;
    let reply = await send(node, innocents[node]);
    while (retryable.has(reply.json.error?.code ?? "")) {
      if (!/^\d+$/.test(String(reply.headers["retry-after"]))) wrong.push(`${node}: no Retry-After`);
      retries += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
      reply = await send(node, innocents[node]);
    }
    if (reply.status !== 200) wrong.push(`${node}: ${reply.text.slice(0, 200)}`);
  }

  async function callGuilty(kind: string): Promise<void> {
    guiltyCalls += 1;
    crash += kind === "exits" ? 1 : 0;
    const reply = await send(kind === "exits" ? `exits-${crash % crashers}` : kind, {});
    const code = reply.json.error?.code ?? "success";
    if (code !== guilty[kind] && !retryable.has(code)) wrong.push(`${kind}: ${reply.text.slice(0, 200)}`);
  }

  const names = [Object.keys(innocents), Object.keys(guilty)] as const;
  const period = Math.round(1 / load.guiltyShare);
  async function connection(): Promise<void> {
    while (performance.now() < end) {
      turn += 1;
      const isGuilty = turn % period === 0;
      const list = names[isGuilty ? 1 : 0];
      const node = list[(isGuilty ? turn / period : turn) % list.length] ?? "";
      await (isGuilty ? callGuilty(node) : callInnocent(node));
    }
  }
  await Promise.all(Array.from({ length: load.connections }, connection));
  return { counts, wrong, innocentCalls, guiltyCalls, retries };
}
