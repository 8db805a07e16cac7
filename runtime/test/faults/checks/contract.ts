/** What the routes promise: DESIGN.md section 7, read by a client. */
import * as assert from "uvu/assert";
import type { Check, Group } from "../check.ts";
import { refused, succeeded } from "../expect.ts";

const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const anyTrace = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** https://www.w3.org/TR/trace-context/#traceparent-header: each of these must be replaced, not passed on. */
const wrongTraces: Readonly<Record<string, string>> = {
  "upper case": trace.toUpperCase(),
  "an empty trace id": `00-${"0".repeat(32)}-b7ad6b7169203331-01`,
  "an empty parent id": `00-0af7651916cd43dd8448eb211c80319c-${"0".repeat(16)}-01`,
  "the forbidden version": trace.replace(/^00/, "ff"),
  "more fields than version 00 has": `${trace}-00`,
  "text around it": ` x${trace}`,
};

interface NodeManifest {
  readonly plugin: { readonly digest: string };
  readonly node: { readonly name: string; readonly inputs: { readonly required: readonly string[] } };
}

const checks: readonly Check[] = [
  {
    name: "GET / tells the plugin, its digest and where its nodes are called",
    async run(target) {
      const { status, json } = await target.get("/");
      assert.is(status, 200);
      assert.is(json.plugin, "sample");
      assert.is(json.version, "1.2.3");
      assert.match(String(json.digest), /^(sha256:)?[0-9a-f]{64}$/);
      const nodes = json.nodes as readonly { readonly name: string; readonly run: string }[];
      assert.is(nodes.find(({ name }) => name === "greet")?.run, "/greet/run");
    },
  },
  {
    name: "GET /nodes lists every node once, with its links",
    async run(target) {
      const nodes = (await target.get("/nodes")).json.nodes as readonly Record<string, string>[];
      assert.equal(nodes.map(({ name }) => name).sort(), [
        "context",
        "greet",
        "health",
        "manifest",
        "order",
        "sleep",
        "sparse",
        "throws",
      ]);
      for (const { name, run, manifest } of nodes)
        assert.equal([run, manifest], [`/${name}/run`, `/${name}/manifest`]);
    },
  },
  {
    name: "GET /manifest gives the manifest with its digest as ETag",
    async run(target) {
      const { status, headers, json } = await target.get("/manifest");
      assert.is(status, 200);
      assert.is(json.schema_version, 1);
      assert.is(headers.etag, `"${json.digest}"`);
    },
  },
  {
    name: "GET /manifest has every node with both schemas",
    control: "mute",
    async run(target) {
      const nodes = (await target.get("/manifest")).json.nodes as readonly Record<string, object>[];
      assert.is(nodes.length, 8);
      for (const { inputs, outputs } of nodes) assert.ok(inputs !== undefined && outputs !== undefined);
    },
  },
  {
    name: "GET /manifest is not sent again to whom has it",
    async run(target) {
      const { headers } = await target.get("/manifest");
      const again = await target.get("/manifest", { "if-none-match": headers.etag ?? "" });
      assert.equal([again.status, again.text], [304, ""]);
      assert.is((await target.get("/manifest", { "if-none-match": '"other"' })).status, 200);
    },
  },
  {
    name: "GET /{node}/manifest gives the node's schemas, and the digest as ETag",
    async run(target) {
      const { json, headers } = await target.get("/greet/manifest");
      const { plugin, node } = json as unknown as NodeManifest;
      assert.is(node.name, "greet");
      assert.equal(node.inputs.required, ["name"]);
      assert.is(headers.etag, `"${plugin.digest}"`);
    },
  },
  {
    name: "GET /{node}/manifest of no node is 404",
    control: "mute",
    async run(target) {
      refused(await target.get("/nope/manifest"), 404, "node_not_found");
    },
  },
  {
    name: "a call gives outputs, seconds and success, and nothing else",
    control: "mute",
    async run(target) {
      const reply = await target.post("greet", { name: "Ada", mark: "!" });
      const { execution_time, ...rest } = reply.json;
      assert.equal(rest, { outputs: { text: "hello Ada!" }, status: "success" });
      assert.type(execution_time, "number");
    },
  },
  {
    name: "a call's answer is JSON in UTF-8, and says so",
    control: "upset",
    async run(target) {
      const reply = await target.post("greet", { name: "Ada", mark: "?" });
      assert.is(reply.status, 200);
      assert.is(reply.headers["content-type"], "application/json; charset=utf-8");
    },
  },
  {
    name: "execution_time is seconds",
    async run(target) {
      const { json } = await target.post("sleep", { ms: 150 });
      assert.ok(
        Number(json.execution_time) >= 0.149 && Number(json.execution_time) < 30,
        String(json.execution_time),
      );
    },
  },
  {
    name: "inputs go by name, whatever order they are sent in",
    async run(target) {
      succeeded(await target.body("order", '{"inputs":{"a":1,"b":2}}'), { a: 1, b: 2 });
    },
  },
  {
    name: "a missing optional input takes its default",
    async run(target) {
      succeeded(await target.post("greet", { name: "Ada" }), { text: "hello Ada!" });
    },
  },
  {
    name: "no `inputs` means no inputs",
    control: "mute",
    async run(target) {
      succeeded(await target.body("health", "{}"), { ok: true });
    },
  },
  {
    name: "a node answers to its class name too",
    async run(target) {
      succeeded(await target.post("Greet", { name: "x" }), { text: "hello x!" });
    },
  },
  {
    name: "nodes may be called like the server's own paths",
    control: "mute",
    async run(target) {
      succeeded(await target.post("health"), { ok: true });
      succeeded(await target.post("manifest"), { ok: true });
    },
  },
  {
    name: "undefined properties are left out of the outputs",
    control: "mute",
    async run(target) {
      succeeded(await target.post("sparse"), { kept: null });
    },
  },
  {
    name: "text survives: emoji, separators, quotes, controls",
    control: "mute",
    async run(target) {
      const name = '😀 ä \u2028 " \\ \u0001 \u{10ffff} ن';
      succeeded(await target.post("greet", { name, mark: "" }), { text: `hello ${name}` });
    },
  },
  {
    name: "Content-Length counts bytes",
    async run(target) {
      const { headers, text } = await target.post("greet", { name: "😀ä" });
      assert.is(Number(headers["content-length"]), Buffer.byteLength(text));
    },
  },
  {
    name: "a node gets its context",
    async run(target) {
      const reply = await target.post("context", {}, { "x-request-id": "req-1", traceparent: trace });
      succeeded(reply, {
        requestId: "req-1",
        traceparent: trace,
        node: "context",
        plugin: { name: "sample", version: "1.2.3" },
        config: { greeting: "hi" },
        isAborted: false,
      });
    },
  },
  {
    name: "what a node throws is node_error, without its stack",
    control: "mute",
    async run(target) {
      const reply = await target.post("throws");
      refused(reply, 500, "node_error");
      assert.match(reply.json.error?.message ?? "", /no such customer/);
    },
  },
  {
    name: "a thrown error's code is told",
    async run(target) {
      assert.match((await target.post("throws")).text, /CUSTOMER_UNKNOWN/);
    },
  },
  {
    name: "x-request-id is taken and returned",
    async run(target) {
      assert.is(
        (await target.post("health", {}, { "x-request-id": "a.b:c_d-1" })).headers["x-request-id"],
        "a.b:c_d-1",
      );
    },
  },
  {
    name: "an x-request-id that could harm a log is replaced",
    async run(target) {
      for (const id of ["two words", '{"a":1}', "x".repeat(129), "ä"]) {
        const given = (await target.get("/", { "x-request-id": Buffer.from(id).toString("latin1") })).headers[
          "x-request-id"
        ];
        assert.match(String(given), /^[0-9a-f]{32}$/);
      }
    },
  },
  {
    name: "each request has an id of its own",
    async run(target) {
      const replies = await Promise.all(Array.from({ length: 20 }, () => target.get("/nodes")));
      const ids = replies.map(({ headers }) => headers["x-request-id"]);
      assert.is(new Set(ids).size, 20);
      assert.type(ids[0], "string");
    },
  },
  {
    name: "traceparent is taken and returned",
    async run(target) {
      assert.is((await target.get("/nodes", { traceparent: trace })).headers.traceparent, trace);
    },
  },
  ...Object.entries(wrongTraces).map(
    ([what, traceparent]): Check => ({
      name: `a traceparent with ${what} is replaced`,
      async run(target) {
        const given = String((await target.get("/nodes", { traceparent })).headers.traceparent);
        assert.match(given, anyTrace);
        assert.not.equal(given.slice(3, 35), trace.slice(3, 35));
      },
    }),
  ),
  {
    name: "GET /health tells each node",
    async run(target) {
      const { status, json } = await target.get("/health");
      assert.is(status, 200);
      assert.is(json.status, "healthy");
      assert.is((json.nodes as Record<string, string>).greet, "healthy");
    },
  },
  ...["live", "ready", "startup"].map(
    (probe): Check => ({
      name: `GET /health/${probe} is 200 while all is well`,
      control: "upset",
      async run(target) {
        const { status, json } = await target.get(`/health/${probe}`);
        assert.equal([status, json], [200, { status: "healthy" }]);
      },
    }),
  ),
  {
    name: "GET /status tells versions, runners, queue and calls",
    async run(target) {
      const { status, json } = await target.get("/status");
      assert.is(status, 200);
      const { versions, runners, queue, is_draining } = json as Record<string, Record<string, unknown>>;
      assert.is(versions?.node, process.versions.node);
      assert.ok(Number(runners?.idle) + Number(runners?.busy) >= 1);
      assert.is(queue?.waiting, 0);
      assert.is(is_draining, false);
    },
  },
  {
    name: "GET /metrics is Prometheus text",
    async run(target) {
      await target.post("health");
      const { status, headers, text } = await target.get("/metrics");
      assert.is(status, 200);
      assert.match(headers["content-type"] ?? "", /^text\/plain; version=0\.0\.4/);
      assert.match(text, /^# HELP noxus_\w+ .+$/m);
      assert.match(text, /^# TYPE noxus_\w+ (counter|gauge|histogram)$/m);
      assert.match(text, /^noxus_\w+\{[^}]*node="health"[^}]*\} \d/m);
    },
  },
  {
    name: "an unknown path is 404, and says where to look",
    async run(target) {
      refused(await target.get("/nope"), 404, "not_found");
      refused(await target.get("/greet/run/more"), 404, "not_found");
    },
  },
  {
    name: "an unknown path has a JSON body",
    control: "upset",
    async run(target) {
      const { status, json } = await target.get("/nope");
      assert.equal([status, json.error?.code], [404, "not_found"]);
    },
  },
  {
    name: "an unknown node is 404, with the nearest name",
    async run(target) {
      const reply = await target.post("gret", { name: "x" });
      refused(reply, 404, "node_not_found");
      assert.match(reply.json.error?.message ?? "", /"greet"/);
    },
  },
  {
    name: "an unknown node is told by its own code",
    control: "mute",
    async run(target) {
      const { status, json } = await target.post("qqqqqqqq");
      assert.equal([status, json.error?.code], [404, "node_not_found"]);
    },
  },
  {
    name: "a query is no part of the path",
    async run(target) {
      assert.is((await target.get("/nodes?verbose=1")).status, 200);
      succeeded(
        await target.send({
          method: "POST",
          path: "/health/run?x=%00",
          headers: { "content-type": "application/json" },
          body: "{}",
        }),
      );
    },
  },
];

export const contract: Group = {
  name: "contract",
  plugin: {
    configuration: { greeting: { type: "string", required: false, default: "hi" } },
    nodes: {
      Greet: {
        inputs: { name: { type: "string" }, mark: { type: "string", default: "!" } },
        required: ["name"],
        outputs: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
        call: 'return { text: "hello " + name + mark };',
      },
      Order: { inputs: { b: { type: "number" }, a: { type: "number" } }, call: "return { b, a };" },
      Sleep: {
        inputs: { ms: { type: "number" } },
        call: "await new Promise((resolve) => setTimeout(resolve, ms)); return {};",
      },
      Sparse: { call: "return { kept: null, left: undefined };" },
      Throws: {
        call: "throw Object.assign(new Error('no such customer'), { code: 'CUSTOMER_UNKNOWN' });",
      },
      Context: {
        takesContext: true,
        call: "const { signal, log, ...rest } = ctx; return { ...rest, isAborted: signal.aborted };",
      },
      Health: { name: "health", call: "return { ok: true };" },
      Manifest: { name: "manifest", call: "return { ok: true };" },
    },
  },
  checks,
};
