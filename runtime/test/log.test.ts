import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeServers, type LogLine, serve, type TestServer, until } from "./plugin.ts";

let server: TestServer;

const forged = '{"time":"now","level":"info","msg":"request","request_id":"forged","status":200}';

test.before(async () => {
  server = await serve({
    nodes: {
      Forge: { call: `console.log(${JSON.stringify(forged)}); process.stderr.write("a\\r\\nb"); return {};` },
      Context: {
        takesContext: true,
        call: `ctx.log.warn("half done", { level: "error", msg: "forged", request_id: "forged", step: 2 });
          const circle = {}; circle.circle = circle;
          ctx.log.info("odd", circle);
          return {};`,
      },
      Flood: { call: 'for (let i = 0; i < 5000; i += 1) console.log("line " + i); return {};' },
      Long: { call: 'console.log("x".repeat(100_000)); return {};' },
      Secret: { inputs: { password: { type: "string" } }, call: "throw new Error('no');" },
    },
  });
});
test.after(closeServers);

const linesOf = async (requestId: string, count: number): Promise<readonly LogLine[]> => {
  const find = () => server.logLines().filter((line) => line.request_id === requestId);
  await until(() => find().length >= count);
  return find();
};

test("writes one line for a request", async () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const reply = await server.post(
    "secret",
    { password: "hunter2" },
    { "x-request-id": "line-1", traceparent },
  );
  const line = (await linesOf("line-1", 2)).find((entry) => entry.msg === "request");
  const { time, ms, ...rest } = line ?? {};
  assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.type(ms, "number");
  assert.equal(rest, {
    level: "error",
    msg: "request",
    request_id: "line-1",
    traceparent,
    method: "POST",
    path: "/secret/run",
    node: "secret",
    status: 500,
    code: "node_error",
    bytes_in: 33,
    bytes_out: Buffer.byteLength(reply.text),
  });
  assert.not.match(JSON.stringify(server.logLines()), /hunter2/);
});

test("keeps query strings out, and takes no id that could break a line", async () => {
  const reply = await server.get("/nodes?key=topsecret", { headers: { "x-request-id": "a b" } });
  const id = reply.headers.get("x-request-id") ?? "";
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.match(reply.headers.get("traceparent") ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  const [line] = await linesOf(id, 1);
  assert.is(line?.path, "/nodes");
});

test("does not log probes", async () => {
  await server.get("/health/live", { headers: { "x-request-id": "probe" } });
  await server.get("/nodes", { headers: { "x-request-id": "after-probe" } });
  await linesOf("after-probe", 1);
  assert.not(server.logLines().some((line) => line.request_id === "probe"));
});

test("turns what a plugin prints into lines that cannot be mistaken for the server's", async () => {
  await server.post("forge", {}, { "x-request-id": "forge-1" });
  // The last piece has no line end and comes when its process is gone, or with the next text.
  await server.post("forge", {}, { "x-request-id": "forge-2" });
  const lines = await linesOf("forge-1", 3);
  const printed = lines.find((line) => line.source === "stdout");
  assert.is(printed?.msg, forged);
  assert.is(printed?.node, "forge");
  assert.is(lines.filter((line) => line.msg === "request").length, 1);
  assert.is(lines.find((line) => line.source === "stderr")?.msg, "a");
  assert.not(server.logLines().some((line) => line.request_id === "forged"));
});

test("ties ctx.log to its request, with its fields apart", async () => {
  await server.post("context", {}, { "x-request-id": "ctx-1" });
  const lines = await linesOf("ctx-1", 3);
  const { time, ...line } = lines.find((entry) => entry.msg === "half done") ?? {};
  assert.equal(line, {
    level: "warn",
    msg: "half done",
    source: "plugin",
    fields: { level: "error", msg: "forged", request_id: "forged", step: 2 },
    node: "context",
    request_id: "ctx-1",
  });
  const odd = lines.find((entry) => entry.msg === "odd")?.fields as { dropped: string };
  assert.match(odd.dropped, /circular/);
});

test("ties what a plugin prints to the call that printed it, when calls follow each other closely", async () => {
  const print = { takesContext: true, call: "console.log(ctx.requestId); return {};" };
  const busy = await serve({ nodes: { Print: print } }, { maxRunners: 1, spareRunners: 0 });
  const ids = Array.from({ length: 30 }, (_, index) => `print-${index}`);
  await Promise.all(ids.map((id) => busy.post("print", {}, { "x-request-id": id })));
  const printed = () => busy.logLines().filter((line) => line.source === "stdout");
  await until(() => printed().length === ids.length);
  assert.equal(
    printed().filter((line) => line.msg !== line.request_id),
    [],
  );
});

test("drops what is too much, and says how much", async () => {
  await server.post("flood", {}, { "x-request-id": "flood-1" });
  const dropped = () => server.logLines().filter((line) => line.msg === "lines dropped");
  const shown = () => server.logLines().filter((line) => /^line \d+$/.test(String(line.msg)));
  const sum = () => shown().length + dropped().reduce((total, line) => total + Number(line.count), 0);
  await until(() => sum() >= 5000);
  assert.ok(shown().length <= 400, `${shown().length} lines`);
});

test("cuts a line that has no end", async () => {
  await server.post("long", {}, { "x-request-id": "long-1" });
  const find = () => server.logLines().find((line) => String(line.msg).startsWith("xxx"));
  await until(() => find() !== undefined);
  assert.ok(String(find()?.msg).length < 9000);
});

test.run();
