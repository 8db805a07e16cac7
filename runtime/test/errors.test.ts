import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeServers, serve, type TestServer, until } from "./plugin.ts";

let server: TestServer;

test.before(async () => {
  server = await serve({
    nodes: {
      Fails: { call: "throw Object.assign(new TypeError('no such thing'), { code: 'E_QUOTA' });" },
      Nothing: { call: "throw null;" },
      Word: { call: "throw 'just words';" },
      Sym: { call: "throw Symbol('odd');" },
      Trap: { call: "throw new Proxy({}, { get() { throw new Error('no'); } });" },
      Overflow: { call: "const f = () => f() + 1; return f();" },
      Eval: { call: "return { value: new Function('return 1')() };" },
      Stray: { call: "Promise.reject(new Error('stray')); await new Promise(() => {});" },
      Timer: {
        call: "setTimeout(() => { throw new Error('from a timer'); }, 5); await new Promise(() => {});",
      },
      Late: { call: "setTimeout(() => { throw new Error('too late'); }, 100); return { pid: process.pid };" },
      Slow: {
        call: "await new Promise((resolve) => setTimeout(resolve, 300)); return { pid: process.pid };",
      },
      Ok: { call: "return { pid: process.pid };" },
    },
  });
});
test.after(closeServers);

const cases: readonly [node: string, message: string][] = [
  ["nothing", "the node threw null"],
  ["word", "just words"],
  ["sym", "the node threw Symbol(odd)"],
  ["trap", "the node threw a value that cannot be read"],
  ["overflow", "Maximum call stack size exceeded"],
  ["eval", "the runner may not make code from strings; no permission allows it"],
  ["stray", "stray"],
  ["timer", "from a timer"],
];
for (const [node, message] of cases) {
  test(`tells what a node threw: ${node}`, async () => {
    const reply = await server.post(node, {});
    assert.is(reply.status, 500);
    assert.is(reply.json.error?.code, "node_error");
    assert.is(reply.json.error?.message, message);
    assert.is((await server.post("ok", {})).status, 200);
  });
}

test("passes on the error's own code, and keeps the stack for the log", async () => {
  const reply = await server.post("fails", {}, { "x-request-id": "fails-1" });
  assert.equal(reply.json.error, {
    code: "node_error",
    message: "no such thing",
    details: [{ path: "/code", message: "E_QUOTA" }],
    request_id: "fails-1",
  });
  assert.is(reply.json.status, "error");
  assert.type(reply.json.execution_time, "number");
  await until(() =>
    server.logLines().some((line) => line.request_id === "fails-1" && line.stack !== undefined),
  );
  const line = server.logLines().find((entry) => entry.request_id === "fails-1" && entry.stack !== undefined);
  assert.match(String(line?.stack), /TypeError: no such thing\n.*bundle\.mjs/s);
});

test("lets an error after the answer harm no later call, and retires its runner", async () => {
  const { outputs } = (await server.post("late", {})).json;
  // While its timer runs, no other call gets that runner.
  const next = await server.post("slow", {});
  assert.is(next.status, 200, next.text);
  assert.is.not(next.json.outputs?.pid, outputs?.pid);
  await until(() => server.logLines().some((line) => line.msg === "error outside of a call: too late"));
});

test.run();
