import { once } from "node:events";
import { connect } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeServers, serve, until } from "./plugin.ts";

const nodes = {
  Slow: { call: "await new Promise((resolve) => setTimeout(resolve, 400)); return { done: true };" },
  Never: { call: "await new Promise(() => {});" },
  Loop: { call: "console.log('loop ' + process.pid); while (true);" },
};

const isBusy = async (server: Awaited<ReturnType<typeof serve>>) =>
  ((await server.get("/status")).json.runners as { busy: number }).busy > 0;

test.after(closeServers);

test("finishes calls in flight, refuses new ones, and lets the plugin deactivate", async () => {
  const server = await serve({ nodes, members: 'deactivate() { console.log("deactivated"); }' });
  const inFlight = server.post("slow", {});
  await until(() => isBusy(server));
  const closed = server.close();
  const ready = await server.get("/health/ready");
  assert.is(ready.status, 503);
  assert.is(ready.headers.get("connection"), "close");
  assert.is((await server.get("/health/live")).status, 200);
  const late = await server.post("slow", {});
  assert.is(late.status, 503);
  assert.is(late.json.error?.code, "draining");
  const reply = await inFlight;
  assert.equal(reply.json.outputs, { done: true });
  await closed;
  const messages = server.logLines().map((line) => line.msg);
  assert.ok(messages.includes("deactivated"));
  assert.is(messages.at(-1), "closed");
  try {
    await server.get("/");
    assert.unreachable();
  } catch (error) {
    assert.instance(error, TypeError);
  }
});

test("still takes calls for a moment where that is asked for, but is not ready", async () => {
  const server = await serve({ nodes: { Ok: { call: "return {};" } } });
  const closed = server.close(600);
  assert.is((await server.get("/health/ready")).status, 503);
  assert.is((await server.get("/health")).json.status, "degraded");
  const taken = await server.post("ok", {});
  assert.is(taken.status, 200);
  assert.is(taken.headers.get("connection"), "close");
  await closed;
  const requests = server.logLines().filter((line) => line.msg === "request");
  assert.equal(
    requests.map((line) => line.status),
    [200],
  );
});

test("serves who was connected before the port was closed, since a balancer may not ask twice", async () => {
  const server = await serve({ nodes: { Ok: { call: "return {};" } } });
  const { port } = new URL(server.url);
  const client = connect(Number(port), "127.0.0.1");
  await once(client, "connect");
  const closed = server.close(1);
  const isRefused = () =>
    fetch(server.url, { headers: { connection: "close" } }).then(
      () => false,
      () => true,
    );
  await until(isRefused);
  client.write(
    'POST /ok/run HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 13\r\n\r\n{"inputs":{}}',
  );
  const [answer] = (await once(client, "data")) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 200 [\s\S]*connection: close/i);
  await closed;
});

test("answers a call that does not end in time, and leaves no process behind", async () => {
  const server = await serve({ nodes }, { drainMs: 200 });
  const stuck = [server.post("never", {}), server.post("loop", {})];
  const find = () => server.logLines().find((line) => String(line.msg).startsWith("loop "));
  await until(() => find() !== undefined);
  await server.close();
  for (const reply of await Promise.all(stuck)) {
    assert.is(reply.status, 503);
    assert.is(reply.json.error?.code, "draining");
  }
  const pid = Number(String(find()?.msg).split(" ")[1]);
  assert.throws(() => process.kill(pid, 0));
});

test("ends a plugin whose deactivate hangs", async () => {
  const server = await serve({ nodes, members: "deactivate() { while (true); }" }, { spareRunners: 0 });
  await server.close();
});

test.run();
