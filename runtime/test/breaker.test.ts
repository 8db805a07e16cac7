import { test } from "uvu";
import * as assert from "uvu/assert";
import { createBreakers } from "../breaker.ts";
import { Problem } from "../errors.ts";
import { closeServers, serve } from "./plugin.ts";

test.after(closeServers);

/** Breakers with a clock that stands still. */
function still() {
  let time = 1_000;
  const breakers = createBreakers(() => time);
  return {
    breakers,
    pass: (ms: number) => {
      time += ms;
    },
    crash: (count: number) => {
      for (let i = 0; i < count; i += 1) breakers.enter("bad").done("runner_crashed");
    },
    /** Seconds until a retry; null where a call is let in. */
    shed: (node = "bad"): number | null => {
      try {
        breakers.check(node);
        return null;
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== "node_unavailable") throw error;
        return Number(error.headers["Retry-After"]);
      }
    },
  };
}

test("opens after five crashes within ten seconds, for that node only", () => {
  const { breakers, crash, shed, pass } = still();
  crash(4);
  pass(10_001);
  crash(4);
  assert.is(shed(), null);
  crash(1);
  assert.is(shed(), 5);
  assert.is(shed("good"), null);
  assert.equal(breakers.states(), { bad: { state: "open", crashes: 5, retry_after_s: 5 } });
  assert.not(breakers.isClosed("bad"));
});

test("forgets crashes when the node answers", () => {
  const { breakers, crash, shed } = still();
  crash(4);
  breakers.enter("bad").done("node_error");
  crash(4);
  assert.is(shed(), null);
});

test("lets one trial through at a time; a crash doubles the pause, an answer ends it", () => {
  const { breakers, crash, shed, pass } = still();
  crash(5);
  pass(5_000);
  assert.is(breakers.states().bad?.state, "trial");
  const trial = breakers.enter("bad");
  assert.is(shed(), 1);
  trial.done("out_of_memory");
  assert.is(shed(), 10);
  pass(10_000);
  breakers.enter("bad").done("success");
  assert.equal(breakers.states(), {});
  crash(4);
  assert.is(shed(), null);
});

test("tries again where a trial has told nothing", () => {
  const { breakers, crash, shed, pass } = still();
  crash(5);
  pass(5_000);
  for (const outcome of ["caller_gone", "input_invalid", "overloaded"] as const) {
    breakers.enter("bad").done(outcome);
    assert.is(shed(), null);
    assert.not(breakers.isClosed("bad"));
  }
});

test("pauses a minute at most", () => {
  const { breakers, crash, shed, pass } = still();
  crash(5);
  for (let turn = 0; turn < 6; turn += 1) {
    pass(60_000);
    breakers.enter("bad").done("runner_crashed");
  }
  assert.is(shed(), 60);
});

test("is not opened by calls that were under way when it opened", () => {
  const { breakers, shed, pass } = still();
  const passes = Array.from({ length: 8 }, () => breakers.enter("bad"));
  for (const each of passes) each.done("runner_crashed");
  assert.is(shed(), 5);
  pass(5_000);
  assert.is(shed(), null);
});

test("sheds over HTTP, and shows it to operators while other nodes answer", async () => {
  const server = await serve({ nodes: { Bad: { call: "process.exit(1);" }, Good: { call: "return {};" } } });
  for (let turn = 0; turn < 5; turn += 1) {
    assert.is((await server.post("bad", {})).json.error?.code, "runner_crashed");
  }
  const reply = await server.post("bad", {});
  assert.is(reply.status, 503);
  assert.is(reply.json.error?.code, "node_unavailable");
  assert.ok(Number(reply.headers.get("retry-after")) >= 1);
  assert.is((await server.post("good", {})).status, 200);
  const { breakers } = (await server.get("/status")).json as { breakers: Record<string, { state: string }> };
  assert.equal(Object.keys(breakers), ["bad"]);
  const health = (await server.get("/health")).json;
  assert.equal(health.nodes, { bad: "unhealthy", good: "healthy" });
  assert.is(health.status, "degraded");
  assert.is((await server.get("/health/ready")).status, 200);
  assert.match((await server.get("/metrics")).text, /^noxus_breaker_open\{node="bad"\} 1$/m);
});

test.run();
