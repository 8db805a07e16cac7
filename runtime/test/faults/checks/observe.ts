/** What the operator sees: log lines that can be trusted, counts that are right. */
import * as assert from "uvu/assert";
import type { Check, Group } from "../check.ts";
import { logged, refused, succeeded, until } from "../expect.ts";
import { readMetrics } from "../metrics.ts";
import type { Target } from "../target.ts";

const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

const requestLine = (target: Target, id: string) =>
  logged(target, ({ msg, request_id }) => msg === "request" && request_id === id, `the line of ${id}`);

const pluginLine = (target: Target, id: string, source: string) =>
  logged(target, (line) => line.request_id === id && line.source === source, `${source} of ${id}`);

/** Every line is one JSON object with a time, a level and a message: nothing a plugin prints can break out. */
function allWellFormed(target: Target): void {
  for (const line of target.lines()) {
    assert.is(line.raw, undefined);
    assert.match(String(line.time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.match(String(line.level), /^(debug|info|warn|error)$/);
    assert.type(line.msg, "string");
  }
}

const checks: readonly Check[] = [
  {
    name: "log: a call has one line, with who, what, how long and how much",
    async run(target) {
      succeeded(await target.post("echo", { text: "hi" }, { "x-request-id": "log-1", traceparent: trace }));
      const line = await requestLine(target, "log-1");
      const { time, ms, bytes_out, ...rest } = line;
      assert.equal(rest, {
        level: "info",
        msg: "request",
        request_id: "log-1",
        traceparent: trace,
        method: "POST",
        path: "/echo/run",
        node: "echo",
        status: 200,
        bytes_in: 24,
      });
      assert.ok(Number(ms) > 0 && Number(bytes_out) > 40 && String(time) !== "");
      assert.is(target.lines().filter(({ request_id }) => request_id === "log-1").length, 1);
    },
  },
  {
    name: "log: neither bodies nor answers nor headers nor queries are in it",
    async run(target) {
      const secret = "correct-horse-battery";
      await target.send({
        method: "POST",
        path: `/echo/run?token=${secret}`,
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${secret}`,
          "x-request-id": "log-2",
        },
        body: JSON.stringify({ inputs: { text: secret } }),
      });
      await target.post("echo", { text: 1, [secret]: secret }, { "x-request-id": "log-3" });
      await requestLine(target, "log-2");
      await requestLine(target, "log-3");
      assert.not.match(JSON.stringify(target.lines()), new RegExp(secret));
    },
  },
  {
    name: "log: an error of the node's has its stack there, and its level",
    async run(target) {
      refused(await target.post("throws", {}, { "x-request-id": "log-4" }), 500, "node_error");
      const line = await requestLine(target, "log-4");
      assert.equal([line.level, line.status, line.code], ["error", 500, "node_error"]);
      await logged(
        target,
        ({ request_id, stack }) => request_id === "log-4" && /at .*call/.test(String(stack)),
      );
    },
  },
  {
    name: "log: a caller's mistake is a warning",
    async run(target) {
      await target.post("echo", { text: 1 }, { "x-request-id": "log-5" });
      const line = await requestLine(target, "log-5");
      assert.equal([line.level, line.status, line.code], ["warn", 422, "input_invalid"]);
    },
  },
  ...[
    ["stdout", "console.log"],
    ["stderr", "console.error"],
    ["plugin", "ctx.log"],
  ].map(
    ([source, what]): Check => ({
      name: `log: what a node writes by ${what} is tied to its request`,
      async run(target) {
        const id = `log-${source}`;
        succeeded(await target.post("speaks", { how: source }, { "x-request-id": id }));
        const line = await pluginLine(target, id, String(source));
        assert.is(line.msg, `said on ${source}`);
        assert.is(line.node, "speaks");
      },
    }),
  ),
  {
    name: "log: fields of ctx.log stay under `fields`, and overwrite nothing",
    async run(target) {
      succeeded(await target.post("speaks", { how: "fields" }, { "x-request-id": "log-7" }));
      const line = await pluginLine(target, "log-7", "plugin");
      assert.equal(line.fields, { level: "error", request_id: "forged", time: "never", step: 1 });
      assert.equal([line.level, line.request_id], ["warn", "log-7"]);
    },
  },
  ...["forged line", "forged bytes", "line breaks", "control characters"].map(
    (how): Check => ({
      name: `log: a plugin cannot forge a line of the server's: ${how}`,
      async run(target) {
        const id = `forge-${how.replaceAll(" ", "-")}`;
        succeeded(await target.post("speaks", { how }, { "x-request-id": id }));
        await logged(target, (line) => line.request_id === id && line.source !== undefined, "what it said");
        allWellFormed(target);
        assert.equal(
          target.lines().filter(({ msg, node }) => msg === "request" && node === "forged"),
          [],
        );
      },
    }),
  ),
  {
    name: "log: half a line of one call is no line of the server's when another call goes on",
    async run(target) {
      succeeded(await target.post("speaks", { how: "half a line" }));
      succeeded(await target.post("speaks", { how: "stdout" }, { "x-request-id": "second-half" }));
      await logged(target, ({ msg }) => String(msg).endsWith("said on stdout"), "the other half");
      await requestLine(target, "second-half");
      allWellFormed(target);
    },
  },
  {
    name: "log: a flood is cut, told, and delays nobody",
    async run(target) {
      const flood = target.post("floods");
      for (let call = 0; call < 5; call += 1) succeeded(await target.post("echo", { text: "beside" }));
      succeeded(await flood);
      await logged(target, ({ msg, count }) => msg === "lines dropped" && Number(count) > 1000, "the count");
      const flooded = target.lines().filter(({ msg }) => String(msg).startsWith("flood "));
      assert.ok(flooded.length < 5000, `${flooded.length}`);
      allWellFormed(target);
    },
  },
  {
    name: "log: probes and metrics leave no line",
    async run(target) {
      const paths = ["/health", "/health/live", "/health/ready", "/health/startup", "/metrics"];
      for (const path of paths) assert.is((await target.get(path)).status, 200, path);
      await target.get("/nodes", { "x-request-id": "after-probes" });
      await requestLine(target, "after-probes");
      assert.equal(
        target.lines().filter(({ path }) => paths.includes(String(path))),
        [],
      );
    },
  },
  {
    name: "metrics: requests are counted by node and code, exactly",
    async run(target) {
      const before = await readMetrics(target);
      for (let call = 0; call < 7; call += 1) succeeded(await target.post("echo", { text: "x" }));
      for (let call = 0; call < 3; call += 1) await target.post("echo", { text: 1 });
      for (let call = 0; call < 2; call += 1) await target.post("throws");
      const after = await readMetrics(target);
      const grown = (node: string, code: string) =>
        after.value("noxus_requests_total", { node, code }) -
        before.value("noxus_requests_total", { node, code });
      assert.equal(
        [grown("echo", "success"), grown("echo", "input_invalid"), grown("throws", "node_error")],
        [7, 3, 2],
      );
      const counted =
        after.value("noxus_request_duration_seconds_count", { node: "echo" }) -
        before.value("noxus_request_duration_seconds_count", { node: "echo" });
      assert.is(counted, 10);
    },
  },
  {
    name: "metrics: buckets of a histogram grow, and end with the count",
    async run(target) {
      await target.post("echo", { text: "x" });
      const metrics = await readMetrics(target);
      const buckets = metrics.all("noxus_request_duration_seconds_bucket", { node: "echo" });
      assert.ok(buckets.length >= 8);
      assert.equal(
        buckets,
        buckets.toSorted((a, b) => a - b),
      );
      assert.is(buckets.at(-1), metrics.value("noxus_request_duration_seconds_count", { node: "echo" }));
    },
  },
  {
    name: "metrics: labels come from the manifest only, whatever is called",
    async run(target) {
      for (let call = 0; call < 20; call += 1) await target.post(`stranger-${call}`, {});
      await target.get("/stranger-path");
      const { text } = await target.get("/metrics");
      assert.match(text, /noxus_requests_total/);
      assert.not.match(text, /stranger/);
    },
  },
  {
    name: "metrics: a class name counts as its node",
    async run(target) {
      const before = await readMetrics(target);
      succeeded(await target.post("Echo", { text: "x" }));
      const after = await readMetrics(target);
      const key = { node: "echo", code: "success" };
      assert.is(after.value("noxus_requests_total", key) - before.value("noxus_requests_total", key), 1);
      assert.not.match(after.text, /node="Echo"/);
    },
  },
  {
    name: "metrics: who hung up is counted as gone",
    async run(target) {
      const gone = new AbortController();
      const call = target
        .send({
          method: "POST",
          path: "/sleeps/run",
          headers: { "content-type": "application/json", "x-request-id": "metric-gone" },
          body: "{}",
          signal: gone.signal,
        })
        .catch(() => null);
      // Not by what it prints: a runner that has been flooded a moment ago says nothing for a second.
      await until(async () => (await readMetrics(target)).sum("noxus_calls_running") === 1, "its start");
      gone.abort();
      await call;
      await until(
        async () =>
          (await readMetrics(target)).value("noxus_requests_total", {
            node: "sleeps",
            code: "caller_gone",
          }) === 1,
        "the count",
      );
    },
  },
  {
    name: "metrics: runners, their starts and crashes are seen",
    async run(target) {
      const before = await readMetrics(target);
      refused(await target.post("exits"), 500, "runner_crashed");
      succeeded(await target.post("echo", { text: "x" }));
      await until(async () => {
        const after = await readMetrics(target);
        return (
          after.sum("noxus_runner_starts_total") > before.sum("noxus_runner_starts_total") &&
          after.sum("noxus_runner_crashes_total") > before.sum("noxus_runner_crashes_total") &&
          after.sum("noxus_runners") >= 1
        );
      }, "the counts");
    },
  },
  {
    name: "status: the last error is told, without its message",
    async run(target) {
      await target.post("throws", {}, { "x-request-id": "status-1" });
      const { last_error } = (await target.get("/status")).json as {
        readonly last_error?: Readonly<Record<string, unknown>>;
      };
      const { time, ...rest } = last_error ?? {};
      assert.equal(rest, { node: "throws", code: "node_error", request_id: "status-1" });
      assert.match(String(time), /^\d{4}-/);
    },
  },
];

const forged = `{"time":"2026-01-01T00:00:00.000Z","level":"info","msg":"request","node":"forged","status":200}`;

const speaks = `
  if (how === "stdout") console.log("said on stdout");
  if (how === "stderr") console.error("said on stderr");
  if (how === "plugin") ctx.log.info("said on plugin");
  if (how === "fields") ctx.log.warn("with fields", { level: "error", request_id: "forged", time: "never", step: 1 });
  if (how === "forged line") console.log('${forged}');
  if (how === "forged bytes") fs.writeSync(1, '\\n${forged}\\n');
  if (how === "line breaks") ctx.log.info('x\\n${forged}\\n');
  if (how === "half a line") fs.writeSync(1, '{"level":"info","msg":"request","node":"forged"');
  if (how === "control characters") console.log("\\u001b[2K\\r\\u0000\\u2028" + '${forged}');
  return {};`;

export const observe: Group = {
  name: "observe",
  options: { maxRunners: 4, spareRunners: 2 },
  plugin: {
    top: 'import fs from "node:fs";',
    nodes: {
      Echo: { inputs: { text: { type: "string" } }, call: "return { text };" },
      Throws: { call: "throw new Error('no');" },
      Exits: { call: "process.exit(1);" },
      Sleeps: {
        call: "console.log('asleep'); await new Promise((resolve) => setTimeout(resolve, 5000)); return {};",
      },
      Speaks: { inputs: { how: { type: "string" } }, takesContext: true, call: speaks },
      Floods: {
        call: `for (let i = 0; i < 20000; i += 1) { console.log("flood " + i); if (i % 500 === 0) await new Promise(setImmediate); }
          return {};`,
      },
    },
  },
  checks,
};
