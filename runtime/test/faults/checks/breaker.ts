/** A node that crashes in a loop is shed before it takes the machine. */
import * as assert from "uvu/assert";
import type { Check, Group } from "../check.ts";
import { pause, refused, succeeded, until } from "../expect.ts";
import type { Target } from "../target.ts";

/** Calls a node that crashes until it is shed; the reply that says so. */
async function crashLoop(target: Target, node: string) {
  for (let call = 0; call < 12; call += 1) {
    const reply = await target.post(node, { as: "bad" });
    if (reply.json.error?.code === "node_unavailable") return reply;
    refused(reply, 500, "runner_crashed");
  }
  throw new Error(`${node} is never shed`);
}

const checks: readonly Check[] = [
  {
    name: "breaker: a crash loop is shed with Retry-After, and other nodes do not notice",
    async run(target) {
      const reply = await crashLoop(target, "first");
      refused(reply, 503, "node_unavailable");
      assert.match(String(reply.headers["retry-after"]), /^[1-9]\d*$/);
      for (let call = 0; call < 5; call += 1) succeeded(await target.post("ok", { as: "good" }));
    },
  },
  {
    name: "breaker: an open one is seen in status, metrics and health, and the server stays ready",
    async run(target) {
      await crashLoop(target, "second");
      const { breakers } = (await target.get("/status")).json as {
        readonly breakers?: Readonly<Record<string, { readonly state: string }>>;
      };
      assert.is(breakers?.second?.state, "open");
      assert.is(breakers?.ok, undefined);
      const { text } = await target.get("/metrics");
      assert.match(text, /^noxus_breaker_open\{node="second"\} 1$/m);
      assert.match(text, /^noxus_breaker_open\{node="ok"\} 0$/m);
      const { status, nodes } = (await target.get("/health")).json as Record<string, Record<string, string>>;
      assert.is(status, "degraded");
      assert.is(nodes?.ok, "healthy");
      assert.is(nodes?.second, "unhealthy");
      assert.is((await target.get("/health/ready")).status, 200);
    },
  },
  {
    name: "breaker: it lets one trial through at a time, and closes after a good one",
    async run(target) {
      const shed = await crashLoop(target, "third");
      const seconds = Number(shed.headers["retry-after"]);
      assert.ok(seconds <= 10, `${seconds}`);
      await pause(seconds * 1000);
      const trial = async () => target.post("third", { as: "slow" });
      // The first that is let in is the trial; all beside it are shed.
      let replies: Awaited<ReturnType<typeof trial>>[] = [];
      await until(async () => {
        replies = await Promise.all([trial(), trial(), trial()]);
        return replies.some(({ status }) => status === 200);
      }, "a trial");
      assert.equal(replies.map(({ status }) => status).sort(), [200, 503, 503]);
      succeeded(await target.post("third", { as: "good" }));
      const all = await Promise.all([trial(), trial(), trial()]);
      assert.equal(
        all.map(({ status }) => status),
        [200, 200, 200],
      );
    },
  },
  {
    name: "breaker: thrown errors do not open it",
    control: "upset",
    async run(target) {
      for (let call = 0; call < 12; call += 1)
        refused(await target.post("thrower", { as: "throw" }), 500, "node_error");
      succeeded(await target.post("thrower", { as: "good" }));
    },
  },
  {
    name: "breaker: wrong inputs do not open it",
    async run(target) {
      for (let call = 0; call < 12; call += 1)
        refused(await target.post("thrower", { as: 1 }), 422, "input_invalid");
      succeeded(await target.post("thrower", { as: "good" }));
    },
  },
];

const call = `if (as === "bad") process.exit(1); if (as === "throw") throw new Error("no");
  if (as === "slow") await new Promise((resolve) => setTimeout(resolve, 300)); return {};`;
const inputs = { as: { type: "string" } };

export const breaker: Group = {
  name: "breaker",
  options: { maxRunners: 6, spareRunners: 2 },
  plugin: {
    nodes: Object.fromEntries(
      ["First", "Second", "Third", "Thrower", "Ok"].map((name) => [name, { inputs, call }]),
    ),
  },
  checks,
};
