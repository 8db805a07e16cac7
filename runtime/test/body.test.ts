import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeServers, serve, type TestServer } from "./plugin.ts";

let server: TestServer;

test.before(async () => {
  server = await serve(
    { nodes: { Echo: { inputs: { value: {} }, call: "return { value };" } } },
    { bodyLimit: 100_000 },
  );
});
test.after(closeServers);

/** Writes bytes to the server, all of them before it reads, and returns what comes until `end` is in it. */
function speak(parts: readonly (string | Buffer)[], end: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, server.host);
    let answer = "";
    socket.pause();
    socket.on("data", (chunk) => {
      answer += chunk;
      if (answer.includes(end)) socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
    socket.write(Buffer.concat(parts.map((part) => Buffer.from(part))), () => socket.resume());
  });
}

const bad: readonly [name: string, body: string | Uint8Array<ArrayBuffer>, status: number, code: string][] = [
  ["an empty body", "", 400, "invalid_json"],
  ["half of a document", '{"inputs": {', 400, "invalid_json"],
  [
    "a byte that is not UTF-8",
    new Uint8Array([...Buffer.from('{"inputs":{"value":"'), 0xff, 0x22, 0x7d, 0x7d]),
    400,
    "invalid_json",
  ],
  ["text behind the document", '{"inputs":{"value":1}} x', 400, "invalid_json"],
  [
    "more bytes than the limit",
    JSON.stringify({ inputs: { value: "x".repeat(100_000) } }),
    413,
    "payload_too_large",
  ],
];
for (const [name, body, status, code] of bad) {
  test(`refuses ${name}`, async () => {
    const reply = await server.send("/echo/run", body);
    assert.is(reply.status, status);
    assert.is(reply.json.error?.code, code);
    assert.is((await server.post("echo", { value: 1 })).status, 200);
  });
}

test("takes a body of exactly the limit", async () => {
  const rest = JSON.stringify({ inputs: { value: "" } }).length;
  const value = "x".repeat(100_000 - rest);
  const reply = await server.post("echo", { value });
  assert.equal(reply.json.outputs, { value });
});

test("counts a body without a declared length", async () => {
  const stream = new ReadableStream({
    start(controller) {
      for (let index = 0; index < 20; index += 1) controller.enqueue(Buffer.alloc(10_000, "x"));
      controller.close();
    },
  });
  const init = { headers: { "content-type": "application/json" }, duplex: "half" } as RequestInit;
  const reply = await server.send("/echo/run", stream, init);
  assert.is(reply.status, 413);
});

test("lets a caller that is still writing read the 413", async () => {
  const head =
    "POST /echo/run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000000\r\n\r\n";
  const answer = await speak([head, Buffer.alloc(5_000_000, "x")], "payload_too_large");
  assert.match(answer, /^HTTP\/1\.1 413 /);
  assert.match(answer, /\r\nConnection: close\r\n/);
});

test("tells who asks first that the body is too large, before it is sent", async () => {
  const head =
    "POST /echo/run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000000\r\nExpect: 100-continue\r\n\r\n";
  const answer = await speak([head], "payload_too_large");
  assert.match(answer, /^HTTP\/1\.1 413 /);
});

for (const [name, headers] of Object.entries({
  "a form": { "content-type": "application/x-www-form-urlencoded" },
  "plain text": { "content-type": "text/plain" },
  "another charset": { "content-type": "application/json; charset=latin1" },
  "JSON-like types": { "content-type": "application/jsonx" },
})) {
  test(`refuses ${name}`, async () => {
    const reply = await server.send("/echo/run", '{"inputs":{"value":1}}', { headers });
    assert.is(reply.status, 415);
    assert.is(reply.json.error?.code, "unsupported_media_type");
  });
}

test("refuses a compressed body", async () => {
  const headers = { "content-type": "application/json", "content-encoding": "gzip" };
  const reply = await server.send("/echo/run", new Uint8Array(gzipSync('{"inputs":{"value":1}}')), {
    headers,
  });
  assert.is(reply.status, 415);
});

test("takes a charset of UTF-8 in any spelling", async () => {
  const headers = { "content-type": 'Application/JSON; charset="UTF-8"' };
  assert.is((await server.send("/echo/run", '{"inputs":{"value":"ä"}}', { headers })).status, 200);
});

test("answers an unknown node before it reads the body", async () => {
  const head =
    "POST /nope/run HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n";
  assert.match(await speak([head], "node_not_found"), /^HTTP\/1\.1 404 /);
});

test("gives what is no HTTP, and headers that are too large, the one error body", async () => {
  const refused: Readonly<Record<string, readonly [request: string, status: number]>> = {
    bad_request: ["hello\r\n\r\n", 400],
    headers_too_large: [`GET / HTTP/1.1\r\nhost: x\r\nlong: ${"x".repeat(20_000)}\r\n\r\n`, 431],
  };
  for (const [code, [request, status]] of Object.entries(refused)) {
    const answer = await speak([request], '"execution_time"');
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    assert.match(head, new RegExp(`^HTTP/1.1 ${status} .*\r\nconnection: close`, "s"));
    const { error } = JSON.parse(body) as { error: { code: string; request_id: string } };
    assert.is(error.code, code);
    assert.match(head, new RegExp(`x-request-id: ${error.request_id}`));
  }
});

test("meets no expectation but 100-continue", async () => {
  const head =
    "POST /echo/run HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n";
  const answer = await speak([`${head}expect: wonders\r\n\r\n{}`], '"execution_time"');
  assert.match(answer, /^HTTP\/1.1 417 .*"code":"expectation_failed"/s);
});

test("lets a caller shorten the deadline, and refuses what is no time", async () => {
  const slow = await serve({
    nodes: { Slow: { call: "await new Promise((resolve) => setTimeout(resolve, 5000)); return {};" } },
  });
  const late = await slow.post("slow", {}, { "x-timeout-ms": "100" });
  assert.is(late.json.error?.code, "timeout");
  assert.match(late.json.error?.message ?? "", /within the time that the caller gave/);
  for (const text of ["0", "-1", "1.5", "soon"]) {
    const reply = await slow.post("slow", {}, { "x-timeout-ms": text });
    assert.is(reply.status, 400);
    assert.is(reply.json.error?.code, "invalid_header");
  }
  await slow.close();
});

test.run();
