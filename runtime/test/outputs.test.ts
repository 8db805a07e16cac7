import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeServers, serve, type TestServer } from "./plugin.ts";

let server: TestServer;

/** What a node may return by mistake, and what it is told. */
const wrong: Readonly<Record<string, readonly [code: string, path: string, message: RegExp]>> = {
  Nan: ["return { a: { b: NaN } };", "/outputs/a/b", /^is NaN$/],
  Infinite: ["return { a: [1, -Infinity] };", "/outputs/a/1", /^is -Infinity$/],
  Big: ["return { a: 1n };", "/outputs/a", /^is a bigint$/],
  Func: ["return { a() {} };", "/outputs/a", /^is a function$/],
  Sym: ["return { a: Symbol('x') };", "/outputs/a", /^is a symbol$/],
  NoDate: ["return { a: new Date(NaN) };", "/outputs/a", /^is a Date that does not exist$/],
  FalseDate: ["return { a: { [Symbol.toStringTag]: 'Date' } };", "/outputs/a", /^is a Date$/],
  MapValue: ["return { a: new Map() };", "/outputs/a", /^is a Map/],
  SetValue: ["return { a: new Set() };", "/outputs/a", /^is a Set/],
  Bytes: ["return { a: new Uint8Array(2) };", "/outputs/a", /^is a Uint8Array$/],
  Err: ["return { a: new Error('x') };", "/outputs/a", /^is a Error$/],
  Circle: ["const a = {}; a.b = a; return { a };", "/outputs/a/b", /^refers back/],
  Hole: ["return { a: [1, , 2] };", "/outputs/a/1", /^is undefined$/],
  Custom: ["return { a: { toJSON: () => 'forged' } };", "/outputs/a", /^has a toJSON method/],
  Nothing: ["", "/outputs", /^is undefined$/],
  Nil: ["return null;", "/outputs", /^must be an object, got null$/],
  List: ["return [1];", "/outputs", /^must be an object, got an array$/],
  Text: ["return 'x';", "/outputs", /^must be an object, got a string$/],
  Deep: [
    "let a = {}; for (let i = 0; i < 1e5; i += 1) a = { a }; return a;",
    "/outputs",
    /^is nested too deeply$/,
  ],
  Huge: ["return { a: 'x'.repeat(17 * 1024 * 1024) };", "/outputs", /^has \d+ bytes, more than/],
};

test.before(async () => {
  const nodes = Object.fromEntries(Object.entries(wrong).map(([name, [call]]) => [name, { call }]));
  server = await serve({
    nodes: {
      ...nodes,
      Schema: {
        outputs: { type: "object", properties: { score: { type: "number" } }, required: ["score"] },
        call: "return { score: '0.5' };",
      },
      Instance: {
        call: "class Point { x = 1; y = 2; } const point = new Point(); return { a: point, b: point };",
      },
      Shifting: { call: "let reads = 0; return { get a() { reads += 1; return reads === 1 ? 1 : NaN; } };" },
      Polluted: {
        call: "Object.prototype.toJSON = () => 'forged'; Object.prototype.extra = 1; return { a: { b: 1 } };",
      },
    },
  });
});
test.after(closeServers);

for (const [name, [, path, message]] of Object.entries(wrong)) {
  test(`refuses, and never changes silently: ${name}`, async () => {
    const reply = await server.post(name, {});
    assert.is(reply.status, 502, reply.text);
    assert.is(reply.json.error?.code, "output_invalid");
    assert.is(reply.json.error?.details[0]?.path, path);
    assert.match(reply.json.error?.details[0]?.message ?? "", message);
  });
}

test("checks the result against the output schema", async () => {
  const reply = await server.post("schema", {});
  assert.is(reply.status, 502);
  assert.equal(reply.json.error?.details, [
    { path: "/outputs/score", message: "must be number, got string" },
  ]);
});

test("takes instances of the plugin's own classes, and one object twice", async () => {
  assert.equal((await server.post("instance", {})).json.outputs, { a: { x: 1, y: 2 }, b: { x: 1, y: 2 } });
});

test("sends what was checked, and not what a second look would give", async () => {
  assert.equal((await server.post("shifting", {})).json.outputs, { a: 1 });
});

test("does not let a changed Object.prototype write the answer", async () => {
  const reply = await server.post("polluted", {});
  assert.is(reply.status, 502);
  assert.match(reply.json.error?.details[0]?.message ?? "", /toJSON/);
  assert.not.match(reply.text, /forged/);
  // Its runner is not used again.
  assert.is((await server.post("instance", {})).status, 200);
});

test.run();
