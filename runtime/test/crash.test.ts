import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeServers, serve, type TestServer, until } from "./plugin.ts";

let server: TestServer;

const crashes: Readonly<Record<string, readonly [call: string, message: RegExp]>> = {
  Exit: ["process.exit(0);", /ended with exit code 0/],
  Abort: ["process.abort();", /ended by SIGABRT/],
  Kill: ["process.kill(process.pid, 'SIGKILL');", /ended by SIGKILL/],
  Close: ["fs.closeSync(3); await new Promise(() => {});", /./],
  Garbage: [
    "fs.writeSync(3, 'garbage, not a frame'); await new Promise(() => {});",
    /unknown frame kind|frame of \d+ bytes/,
  ],
  // A result frame (kind 18) for a call that nobody made.
  Forged: [
    "const frame = Buffer.alloc(11); frame.writeUInt32BE(2); frame[4] = 18; frame.writeUInt32BE(999, 5); frame.write('{}', 9); fs.writeSync(3, frame); await new Promise(() => {});",
    /answered a call it was not given/,
  ],
};

test.before(async () => {
  const nodes = Object.fromEntries(Object.entries(crashes).map(([name, [call]]) => [name, { call }]));
  server = await serve({
    top: 'import fs from "node:fs";',
    nodes: {
      ...nodes,
      Memory: {
        call: "const kept = []; while (true) kept.push({ list: new Array(1000).fill(kept.length) });",
      },
      Slow: { call: "await new Promise((resolve) => setTimeout(resolve, 200)); return {};" },
      Ok: { call: "return {};" },
    },
  });
});
test.after(closeServers);

for (const [name, [, message]] of Object.entries(crashes)) {
  test(`harms its own call only: ${name}`, async () => {
    const other = server.post("slow", {});
    const reply = await server.post(name, {});
    assert.is(reply.status, 500, reply.text);
    assert.is(reply.json.error?.code, "runner_crashed");
    assert.match(reply.json.error?.message ?? "", message);
    assert.is((await server.post("ok", {})).status, 200);
    assert.is((await other).status, 200);
  });
}

test("tells memory apart from other crashes", async () => {
  const reply = await server.post("memory", {});
  assert.is(reply.json.error?.code, "out_of_memory", reply.text);
  assert.is(reply.status, 500);
});

test("shows a node that took its runner down as degraded until it answers again", async () => {
  // With a spare beside the one that is lost; the crashes above may still be made up for.
  await until(async () => {
    const { runners } = (await server.get("/status")).json as { runners?: { idle: number } };
    return (runners?.idle ?? 0) >= 2;
  });
  await server.post("exit", {});
  const health = await server.get("/health");
  assert.is(health.status, 200);
  assert.is(health.json.status, "degraded");
  const nodes = health.json.nodes as Record<string, string>;
  assert.is(nodes.exit, "degraded");
  assert.is(nodes.ok, "healthy");
  const status = await server.get("/status");
  assert.is((status.json.last_error as { code: string }).code, "runner_crashed");
  await until(async () => (await server.get("/health/ready")).status === 200);
});

test.run();
