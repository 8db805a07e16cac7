import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeServers, serve, type TestServer, until } from "./plugin.ts";

let server: TestServer;

const stuck: Readonly<Record<string, string>> = {
  Loop: "while (true);",
  Microtasks: "const again = () => Promise.resolve().then(again); await again();",
  Builtin: "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 0);",
  Atomic: "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
  Shell: "(await import('node:child_process')).execSync('sleep 30');",
  Never: "await new Promise(() => {});",
};

test.before(async () => {
  const nodes = Object.fromEntries(
    Object.entries(stuck).map(([name, call]) => [name, { call, timeoutMs: 150 }]),
  );
  server = await serve({
    permissions: ["exec"],
    nodes: {
      ...nodes,
      Ok: { call: "return { pid: process.pid };" },
      Child: {
        // The grandchild outlives the node unless the whole group is ended.
        call: `const { spawn } = await import("node:child_process");
          console.log("grandchild " + spawn("/bin/sleep", ["30"]).pid);
          await new Promise(() => {});`,
        timeoutMs: 300,
      },
    },
  });
});
test.after(closeServers);

for (const name of Object.keys(stuck)) {
  test(`ends at the deadline: ${name}`, async () => {
    const reply = await server.post(name, {});
    assert.is(reply.status, 504, reply.text);
    assert.is(reply.json.error?.code, "timeout");
    assert.is(reply.json.error?.message, "the node did not answer within 0.15 s");
    assert.is((await server.post("ok", {})).status, 200);
  });
}

test("answers others while a node blocks its processor", async () => {
  const loops = [server.post("loop", {}), server.post("loop", {})];
  const others = await Promise.all(Array.from({ length: 10 }, () => server.post("ok", {})));
  assert.equal(
    others.map((reply) => reply.status),
    Array(10).fill(200),
  );
  for (const reply of await Promise.all(loops)) assert.is(reply.status, 504);
});

test("ends the processes a node has started", async () => {
  assert.is((await server.post("child", {})).status, 504);
  const find = () => server.logLines().find((line) => String(line.msg).startsWith("grandchild "));
  await until(() => find() !== undefined);
  const pid = Number(String(find()?.msg).split(" ")[1]);
  await until(() => !isAlive(pid));
});

test("is capped by the server's own limit", async () => {
  const capped = await serve(
    { nodes: { Never: { call: "await new Promise(() => {});" } } },
    { timeoutMs: 100 },
  );
  assert.is((await capped.post("never", {})).status, 504);
  await capped.close();
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test.run();
