import { request } from "node:http";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Manifest } from "../index.ts";
import { closeServers, serve, type TestServer } from "./plugin.ts";

let server: TestServer;

test.before(async () => {
  server = await serve({ nodes: { Sentiment: { call: "return {};" }, Summary: { call: "return {};" } } });
});
test.after(closeServers);

/** Sends a path as it stands; `fetch` would resolve dots first. */
function raw(path: string, method = "POST", headers = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const req = request({ host: server.host, port: server.port, path, method, headers }, (res) => {
      let body = "";
      res.on("data", (chunk) => {
        body += chunk;
      });
      res.on("end", () => resolve({ status: res.statusCode ?? 0, body }));
    });
    req.on("error", reject);
    req.end();
  });
}

test("tells what is served", async () => {
  const home = await server.get("/");
  assert.is(home.json.plugin, "sample");
  const nodes = (await server.get("/nodes")).json.nodes as { name: string; run: string }[];
  assert.equal(
    nodes.map(({ name, run }) => [name, run]),
    [
      ["sentiment", "/sentiment/run"],
      ["summary", "/summary/run"],
    ],
  );
});

test("serves the manifest, and 304 to who has it", async () => {
  const reply = await server.get("/manifest");
  const manifest = reply.json as unknown as Manifest;
  assert.is(manifest.name, "sample");
  const etag = reply.headers.get("etag") ?? "";
  assert.is(etag, `"${manifest.digest}"`);
  for (const path of ["/manifest", "/sentiment/manifest"]) {
    // Not by `fetch`, which asks for a fresh copy together with the tag.
    assert.equal(await raw(path, "GET", { "if-none-match": etag }), { status: 304, body: "" });
    assert.is((await raw(path, "GET", { "if-none-match": '"other"' })).status, 200);
  }
});

test("serves one node's schemas", async () => {
  const reply = await server.get("/Sentiment/manifest");
  assert.is((reply.json.plugin as Manifest).name, "sample");
  assert.equal((reply.json.node as Manifest["nodes"][number]).outputs, { type: "object" });
});

test("names the nearest node", async () => {
  const reply = await server.post("sentimant", {});
  assert.is(reply.status, 404);
  assert.is(reply.json.error?.code, "node_not_found");
  assert.is(reply.json.error?.message, 'there is no node "sentimant"; did you mean "sentiment"?');
});

for (const path of [
  "/constructor/run",
  "/__proto__/run",
  "/toString/run",
  "/..%2f..%2fetc/run",
  "/%2e%2e/run",
  "/%00/run",
  "/%zz/run",
  "/sentiment%20/run",
  `/${"x".repeat(5000)}/run`,
]) {
  test(`finds no node at ${path.slice(0, 30)}`, async () => {
    const reply = await raw(path);
    assert.is(reply.status, 404);
    assert.is(JSON.parse(reply.body).error.code, "node_not_found");
  });
}

test("finds nothing at a path of no route", async () => {
  for (const path of ["/nope", "/sentiment", "/sentiment/run/more"]) {
    const reply = await raw(path, "GET");
    assert.is(reply.status, 404, path);
    assert.is(JSON.parse(reply.body).error.code, "not_found");
  }
});

test("names the methods that a path takes", async () => {
  const reply = await server.get("/sentiment/run");
  assert.is(reply.status, 405);
  assert.is(reply.json.error?.code, "method_not_allowed");
  assert.is(reply.headers.get("allow"), "POST, OPTIONS");
  const other = await server.get("/manifest", { method: "DELETE" });
  assert.is(other.status, 405);
  assert.is(other.headers.get("allow"), "HEAD, GET, OPTIONS");
  const options = await server.get("/sentiment/run", { method: "OPTIONS" });
  assert.is(options.status, 204);
  assert.is(options.headers.get("allow"), "POST, OPTIONS");
});

test("answers HEAD like GET without a body", async () => {
  const reply = await server.get("/health", { method: "HEAD" });
  assert.is(reply.status, 200);
  assert.is(reply.text, "");
  assert.ok(Number(reply.headers.get("content-length")) > 0);
});

test("answers probes by what they ask", async () => {
  for (const path of ["/health", "/health/live", "/health/ready", "/health/startup"]) {
    const reply = await server.get(path);
    assert.is(reply.status, 200, path);
    assert.is(reply.json.status, "healthy");
  }
});

test("shows its state", async () => {
  await server.post("summary", {});
  const status = (await server.get("/status")).json as Record<string, Record<string, unknown>>;
  assert.is(status.plugin?.version, "1.2.3");
  assert.is(status.calls?.success, 1);
  assert.is(status.queue?.waiting, 0);
});

test.run();
