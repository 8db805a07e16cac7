/** One runner for all: innocent calls beside a guilty one in the same process. */
import * as assert from "uvu/assert";
import type { Check, Group } from "../check.ts";
import type { Reply } from "../client.ts";
import { logged, refused, succeeded } from "../expect.ts";
import type { Target } from "../target.ts";

/** Enough clean runs that the server lets the nodes share. */
async function earnTrust(target: Target, ...nodes: readonly string[]): Promise<void> {
  for (const node of nodes) {
    for (let run = 0; run < 25; run += 1) succeeded(await target.post(node, { ms: 0, as: "good" }));
  }
}

/** Lost without a fault of its own, and told that it may be sent again. */
function isRetryable(reply: Reply): boolean {
  return (
    reply.json.error?.code === "runner_lost" &&
    reply.status === 503 &&
    reply.headers["retry-after"] !== undefined
  );
}

/** Innocent calls under way in the one runner, then a guilty one; all their replies. */
async function together(target: Target, as: string, count = 4) {
  await earnTrust(target, "wait", `turncoat-${as}`);
  const innocents = Array.from({ length: count }, (_, index) =>
    target.post("wait", { ms: 900, as: "good" }, { "x-request-id": `${as}-${index}` }),
  );
  // They run, not wait, before the guilty one comes: its deadline is shorter than theirs are long.
  for (let index = 0; index < count; index += 1)
    await logged(
      target,
      ({ msg, request_id }) => msg === "waiting" && request_id === `${as}-${index}`,
      "its start",
    );
  const guilty = await target.post(`turncoat-${as}`, { ms: 0, as });
  return { guilty, innocents: await Promise.all(innocents) };
}

const checks: readonly Check[] = [
  {
    name: "sharing: calls that only wait overlap in one runner",
    async run(target) {
      await earnTrust(target, "wait");
      const replies = await Promise.all(
        Array.from({ length: 10 }, () => target.post("wait", { ms: 1500, as: "good" })),
      );
      for (const reply of replies) succeeded(reply);
      assert.ok(Math.max(...replies.map(({ json }) => Number(json.outputs?.together))) >= 5);
      assert.is(new Set(replies.map(({ json }) => json.outputs?.pid)).size, 1);
      // The one process is not the server's.
      assert.is.not(replies[0]?.json.outputs?.pid, target.pid);
    },
  },
  {
    name: "sharing: a node that has not proven itself runs alone",
    async run(target) {
      const replies = await Promise.all(
        Array.from({ length: 4 }, () => target.post("stranger", { ms: 50, as: "good" })),
      );
      for (const reply of replies) succeeded(reply);
      assert.equal(
        replies.map(({ json }) => json.outputs?.together),
        [1, 1, 1, 1],
      );
    },
  },
  {
    name: "sharing: beside a call that never answers, all innocents are kept",
    async run(target) {
      const { guilty, innocents } = await together(target, "hang");
      refused(guilty, 504, "timeout");
      for (const reply of innocents) succeeded(reply);
    },
  },
  {
    name: "sharing: beside a call that throws, all innocents are kept",
    async run(target) {
      const { guilty, innocents } = await together(target, "throw");
      refused(guilty, 500, "node_error");
      for (const reply of innocents) succeeded(reply);
    },
  },
  ...[
    ["loop", ["timeout", "runner_lost"]],
    ["exit", ["runner_crashed", "runner_lost"]],
    ["memory", ["out_of_memory", "runner_lost"]],
    ["abort", ["runner_crashed", "runner_lost"]],
  ].map(
    ([as, codes]): Check => ({
      name: `sharing: beside a call that ends in ${as}, innocents are kept or told to come again`,
      async run(target) {
        const { guilty, innocents } = await together(target, String(as));
        assert.ok(codes?.includes(guilty.json.error?.code ?? ""), guilty.text);
        for (const reply of innocents) assert.ok(reply.status === 200 || isRetryable(reply), reply.text);
        // And who comes again is served.
        for (let call = 0; call < 3; call += 1) succeeded(await target.post("wait", { ms: 0, as: "good" }));
      },
    }),
  ),
  {
    name: "sharing: one innocent alone beside a loop is not taken for the guilty one",
    async run(target) {
      const { guilty, innocents } = await together(target, "loop", 1);
      assert.ok(["timeout", "runner_lost"].includes(guilty.json.error?.code ?? ""), guilty.text);
      for (const reply of innocents) assert.ok(reply.status === 200 || isRetryable(reply), reply.text);
    },
  },
  {
    name: "sharing: who was guilty once runs alone from then on",
    async run(target) {
      await together(target, "hang");
      const calls = Array.from({ length: 3 }, () => target.post("turncoat-hang", { ms: 100, as: "good" }));
      const waits = Array.from({ length: 3 }, () => target.post("wait", { ms: 100, as: "good" }));
      for (const reply of await Promise.all(calls)) {
        succeeded(reply);
        assert.is(reply.json.outputs?.together, 1);
      }
      for (const reply of await Promise.all(waits)) succeeded(reply);
    },
  },
];

const inputs = { ms: { type: "number" }, as: { type: "string" } };
const turn = `
  active += 1; let together = active;
  try {
    if (as === "hang") await new Promise(() => {});
    if (as === "throw") throw new Error("turned");
    if (as === "loop") while (true);
    if (as === "exit") process.exit(1);
    if (as === "abort") process.abort();
    if (as === "memory") { const kept = []; while (true) kept.push(new Array(1e5).fill(kept.length)); }
    if (ms === 900) console.log("waiting");
    const end = performance.now() + ms;
    while (performance.now() < end) { await new Promise((resolve) => setTimeout(resolve, 20)); together = Math.max(together, active); }
    return { together, pid: process.pid };
  } finally { if (as !== "hang") active -= 1; }`;

const turncoats = ["hang", "throw", "loop", "exit", "memory", "abort"];

export const sharing: Group = {
  name: "sharing",
  options: { maxRunners: 1, spareRunners: 0 },
  plugin: {
    top: "let active = 0;",
    manifest: { resources: { cpu: 0.5, memory_mib: 192 } },
    nodes: {
      Wait: { inputs, call: turn },
      Stranger: { inputs, call: turn },
      ...Object.fromEntries(
        turncoats.map((as) => [
          `Turncoat_${as}`,
          { name: `turncoat-${as}`, inputs, call: turn, timeoutMs: as === "memory" ? 30_000 : 300 },
        ]),
      ),
    },
  },
  checks,
};
