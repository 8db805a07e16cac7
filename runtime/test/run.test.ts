import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeServers, serve, type TestServer } from "./plugin.ts";

let server: TestServer;

test.before(async () => {
  server = await serve({
    nodes: {
      Greet: {
        inputs: { name: { type: "string" }, mark: { type: "string", default: "!" } },
        required: ["name"],
        outputs: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
        call: 'return { text: "hello " + name + mark, left: undefined };',
      },
      Context: {
        takesContext: true,
        call: `ctx.log.info("working", { step: 1 });
          const { signal, log, ...rest } = ctx;
          return { ...rest, isAborted: signal.aborted };`,
      },
      Order: { inputs: { b: { type: "number" }, a: { type: "number" } }, call: "return { b, a };" },
      Health: { name: "health", call: "return { ok: true };" },
      Manifest: { name: "manifest", call: "return { ok: true };" },
    },
    configuration: { greeting: { type: "string", required: false, default: "hi" } },
  });
});
test.after(closeServers);

test("answers with outputs, seconds and success", async () => {
  const reply = await server.post("greet", { name: "Ada" });
  assert.is(reply.status, 200);
  assert.is(reply.headers.get("content-type"), "application/json; charset=utf-8");
  const { execution_time, ...rest } = reply.json;
  assert.equal(rest, { outputs: { text: "hello Ada!" }, status: "success" });
  assert.type(execution_time, "number");
});

test("passes inputs by name and not by the order they are sent in", async () => {
  assert.equal((await server.post("order", { a: 1, b: 2 })).json.outputs, { a: 1, b: 2 });
});

test("passes on what is long whole, and says how long it is, beside what is short", async () => {
  // Below and above the sizes from which bytes are written in pieces; two bytes each.
  const names = [10, 6_000, 40_000, 200_000].map((length) => "é".repeat(length));
  const replies = await Promise.all(
    [...names, ...names].map((name) => server.post("greet", { name, mark: "" })),
  );
  for (const [index, { headers, text, json }] of replies.entries()) {
    assert.is(json.outputs?.text, `hello ${names[index % names.length]}`);
    assert.is(headers.get("content-length"), String(Buffer.byteLength(text)));
  }
});

test("finds a node by its class name", async () => {
  assert.equal((await server.post("Greet", { name: "x", mark: "?" })).json.outputs, { text: "hello x?" });
});

test("gives the context of the request", async () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const reply = await server.post("context", {}, { "x-request-id": "req-1", traceparent });
  assert.equal(reply.json.outputs, {
    requestId: "req-1",
    traceparent,
    node: "context",
    plugin: { name: "sample", version: "1.2.3" },
    config: { greeting: "hi" },
    isAborted: false,
  });
});

test("serves nodes that are called like the server's own paths", async () => {
  assert.equal((await server.post("health", {})).json.outputs, { ok: true });
  assert.equal((await server.post("manifest", {})).json.outputs, { ok: true });
  assert.is((await server.get("/health/manifest")).status, 200);
});

test("needs no inputs where none is required", async () => {
  assert.is((await server.send("/health/run", "{}")).status, 200);
});

test.run();
