/** Deadlines, the queue, and callers who hang up. */
import * as assert from "uvu/assert";
import type { Check, Group } from "../check.ts";
import { logged, refused, succeeded, until } from "../expect.ts";
import { isAlive, type Target } from "../target.ts";

async function waiting(target: Target): Promise<number> {
  const { queue } = (await target.get("/status")).json as { readonly queue?: { readonly waiting: number } };
  return queue?.waiting ?? -1;
}

async function busy(target: Target): Promise<number> {
  const { runners } = (await target.get("/status")).json as { readonly runners?: { readonly busy: number } };
  return runners?.busy ?? -1;
}

/** A call whose caller can leave. */
function leaving(target: Target, node: string, id: string) {
  const gone = new AbortController();
  const reply = target
    .send({
      method: "POST",
      path: `/${node}/run`,
      headers: { "content-type": "application/json", "x-request-id": id },
      body: "{}",
      signal: gone.signal,
    })
    .catch(() => null);
  return { reply, hangUp: () => gone.abort() };
}

const checks: readonly Check[] = [
  {
    name: "limit: a node's own timeout ends its call",
    async run(target) {
      const reply = await target.post("short");
      refused(reply, 504, "timeout");
      assert.match(reply.json.error?.message ?? "", /0\.2 s/);
    },
  },
  {
    name: "limit: the server's own limit caps every node's",
    async run(target) {
      const reply = await target.post("long");
      refused(reply, 504, "timeout");
      assert.match(reply.json.error?.message ?? "", /3 s/);
    },
  },
  {
    name: "limit: x-timeout-ms shortens the deadline",
    async run(target) {
      const reply = await target.post("long", {}, { "x-timeout-ms": "120" });
      refused(reply, 504, "timeout");
      assert.ok(Number(reply.json.execution_time) < 2.9, String(reply.json.execution_time));
    },
  },
  {
    name: "limit: x-timeout-ms cannot lengthen the deadline",
    async run(target) {
      const reply = await target.post("short", {}, { "x-timeout-ms": "60000" });
      refused(reply, 504, "timeout");
      assert.match(reply.json.error?.message ?? "", /0\.2 s/);
    },
  },
  ...["0", "-5", "1.5", "soon", "1e3", "9".repeat(30)].map(
    (value): Check => ({
      name: `limit: x-timeout-ms of ${JSON.stringify(value)} is refused`,
      async run(target) {
        refused(await target.post("ok", {}, { "x-timeout-ms": value }), 400, "invalid_header");
      },
    }),
  ),
  {
    name: "limit: x-timeout-ms counts the wait for a runner too",
    async run(target) {
      const others = [target.post("wait", { ms: 2000 }), target.post("wait", { ms: 2000 })];
      await until(async () => (await busy(target)) === 2, "two busy runners");
      const reply = await target.post("ok", {}, { "x-timeout-ms": "150" });
      assert.ok(["timeout", "overloaded"].includes(reply.json.error?.code ?? ""), reply.text);
      for (const other of await Promise.all(others)) succeeded(other);
    },
  },
  {
    name: "limit: as many run as there may be runners, the next wait, the rest is refused with Retry-After",
    async run(target) {
      const replies = await Promise.all(Array.from({ length: 5 }, () => target.post("wait", { ms: 800 })));
      const refusals = replies.filter(({ status }) => status !== 200);
      assert.is(refusals.length, 1);
      for (const reply of refusals) {
        refused(reply, 429, "overloaded");
        assert.match(String(reply.headers["retry-after"]), /^[1-9]\d*$/);
      }
      const pids = replies.flatMap(({ json }) => (json.outputs === undefined ? [] : [json.outputs.pid]));
      assert.ok(new Set(pids).size <= 2);
    },
  },
  {
    name: "limit: probes and lists are answered while every runner is busy and the queue is full",
    async run(target) {
      const calls = Array.from({ length: 4 }, () => target.post("wait", { ms: 1500 }));
      await until(async () => (await waiting(target)) === 2, "a full queue");
      for (const path of ["/health/live", "/health/ready", "/health", "/nodes", "/status"])
        assert.is((await target.get(path)).status, 200, path);
      await Promise.all(calls);
    },
  },
  {
    name: "limit: who hangs up leaves the queue, and is never run",
    async run(target) {
      const calls = [target.post("wait", { ms: 2000 }), target.post("wait", { ms: 2000 })];
      await until(async () => (await busy(target)) === 2, "two busy runners");
      const one = leaving(target, "say", "left-the-queue");
      await until(async () => (await waiting(target)) === 1, "one waiting");
      one.hangUp();
      await until(async () => (await waiting(target)) === 0, "nobody waiting");
      for (const reply of await Promise.all(calls)) succeeded(reply);
      succeeded(await target.post("ok"));
      const lines = target.lines().filter(({ request_id }) => request_id === "left-the-queue");
      assert.equal(
        lines.map(({ msg, status, code }) => [msg, status, code]),
        [["request", 499, "caller_gone"]],
      );
    },
  },
  {
    name: "limit: a node is told that its caller hung up",
    async run(target) {
      const one = leaving(target, "signal", "hung-up");
      await logged(
        target,
        ({ msg, request_id }) => request_id === "hung-up" && msg === "running",
        "its start",
      );
      one.hangUp();
      await logged(target, ({ msg }) => String(msg).startsWith("aborted: "), "the abort");
      succeeded(await target.post("ok"));
    },
  },
  {
    name: "limit: a node that does not listen is ended after its caller",
    async run(target) {
      const one = leaving(target, "deaf", "hung-up-on-deaf");
      const line = await logged(target, ({ msg }) => String(msg).startsWith("deaf "), "its start");
      const pid = Number(String(line.msg).split(" ")[1]);
      assert.is.not(pid, target.pid);
      one.hangUp();
      await until(() => !isAlive(pid), "its end");
      succeeded(await target.post("ok"));
    },
  },
];

export const limits: Group = {
  name: "limits",
  options: { maxRunners: 2, spareRunners: 0, queueLimit: 2, timeoutMs: 3000 },
  plugin: {
    nodes: {
      Ok: { call: "return {};" },
      Wait: {
        inputs: { ms: { type: "number" } },
        call: "await new Promise((resolve) => setTimeout(resolve, ms)); return { pid: process.pid };",
      },
      Short: { call: "await new Promise(() => {});", timeoutMs: 200 },
      Long: { call: "await new Promise(() => {});" },
      Say: { call: "console.log('said'); return {};" },
      Signal: {
        takesContext: true,
        call: `console.log("running"); await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
          console.log("aborted: " + ctx.signal.reason.message); return {};`,
      },
      Deaf: { call: "console.log('deaf ' + process.pid); await new Promise(() => {});" },
    },
  },
  checks,
};
