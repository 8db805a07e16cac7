import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeServers, serve, type TestServer } from "./plugin.ts";

const promtool = "/usr/bin/promtool";
let server: TestServer;

test.before(async () => {
  server = await serve({
    nodes: {
      Ok: { call: "return {};" },
      Bad: { call: "throw new Error('no');" },
      Never: { call: "await new Promise(() => {});", timeoutMs: 100 },
    },
  });
});
test.after(closeServers);

/** Value of a sample, by its name with labels as written. */
async function sample(name: string): Promise<number> {
  const { text } = await server.get("/metrics");
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}

test("counts each answer under its node and code, and times it", async () => {
  for (let turn = 0; turn < 3; turn += 1) await server.post("ok", {});
  await server.post("Ok", {}); // by its class: the label is the node's name
  await server.post("bad", {});
  await server.post("never", {});
  await server.post("no-such-node", {});
  await server.send("/ok/run", "{");
  assert.is(await sample('noxus_requests_total{node="ok",code="success"}'), 4);
  assert.is(await sample('noxus_requests_total{node="ok",code="invalid_json"}'), 1);
  assert.is(await sample('noxus_requests_total{node="bad",code="node_error"}'), 1);
  assert.is(await sample('noxus_requests_total{node="never",code="timeout"}'), 1);
  assert.is(await sample('noxus_requests_total{node="",code="node_not_found"}'), 1);
  assert.is(await sample('noxus_request_duration_seconds_count{node="ok"}'), 5);
  assert.is(await sample('noxus_request_duration_seconds_bucket{node="never",le="0.05"}'), 0);
  assert.is(await sample('noxus_request_duration_seconds_bucket{node="never",le="+Inf"}'), 1);
  assert.is(await sample('noxus_runner_kills_total{reason="timeout"}'), 1);
  assert.ok((await sample("noxus_runner_starts_total")) >= 1);
});

test("takes no label from a request", async () => {
  await server.send('/x"}%0Aevil/run', "{}");
  const { text } = await server.get("/metrics");
  assert.not.match(text, /evil/);
});

if (!existsSync(promtool)) console.log(`skipped: ${promtool} is missing (Debian package prometheus)`);
(existsSync(promtool) ? test : test.skip)("is what Prometheus' own checker accepts", async () => {
  const { text, headers } = await server.get("/metrics");
  assert.is(headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const done = spawnSync(promtool, ["check", "metrics"], { input: text, encoding: "utf8" });
  assert.is(done.status, 0, `${done.stdout}${done.stderr}`);
  const broken = spawnSync(promtool, ["check", "metrics"], { input: "a b c\n", encoding: "utf8" });
  assert.is.not(broken.status, 0);
});

test.run();
