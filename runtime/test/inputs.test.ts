import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeServers, type Reply, serve, type TestServer } from "./plugin.ts";

let server: TestServer;

const shape = (kind: string, rest: Record<string, object>) => ({
  type: "object",
  properties: { kind: { type: "string", const: kind }, ...rest },
  required: ["kind", ...Object.keys(rest)],
  additionalProperties: false,
});

test.before(async () => {
  server = await serve({
    nodes: {
      Check: {
        inputs: {
          text: { type: "string", minLength: 2 },
          lang: { enum: ["english", "german"] },
          count: { type: "integer", minimum: 1 },
          unit: { anyOf: [{ type: "string" }, { type: "null" }] },
          mode: { anyOf: [{ const: "fast" }, { const: "slow" }] },
          options: {
            type: "object",
            properties: { depth: { type: "number" }, "a/b": { type: "number" } },
            additionalProperties: false,
          },
          either: {
            anyOf: [
              { type: "object", properties: { x: { type: "number" } }, required: ["x"] },
              { type: "string" },
            ],
          },
        },
        required: ["text"],
        call: "return {};",
      },
      Echo: { inputs: { value: {} }, call: "return { value };" },
      Draw: {
        inputs: {
          shape: {
            oneOf: [
              shape("circle", { r: { type: "number" } }),
              shape("box", { w: { type: "number" }, h: { type: "number" } }),
            ],
          },
          code: { type: "string", pattern: "^v", $comment: "`v${string}`" },
        },
        required: ["shape"],
        call: "return {};",
      },
    },
  });
});
test.after(closeServers);

const faults = (reply: Reply) => {
  assert.is(reply.status, 422, reply.text);
  assert.is(reply.json.error?.code, "input_invalid");
  return Object.fromEntries((reply.json.error?.details ?? []).map(({ path, message }) => [path, message]));
};

test("names every fault with its pointer, in words a caller can act on", async () => {
  const reply = await server.post("check", {
    lang: "germann",
    count: "three",
    unit: 5,
    mode: "fats",
    options: { depht: 1, "a/b": "x" },
    either: { x: "1" },
    txet: "hi",
  });
  assert.equal(faults(reply), {
    "/inputs/text": "is required",
    "/inputs/txet": 'is not a known key, did you mean "text"?',
    "/inputs/lang": 'must be one of "english", "german"; got "germann", did you mean "german"?',
    "/inputs/count": "must be integer, got string",
    "/inputs/unit": "must be string or null, got number",
    "/inputs/mode": 'must be "fast" or "slow", got "fats", did you mean "fast"?',
    "/inputs/options/depht": 'is not a known key, did you mean "depth"?',
    "/inputs/options/a~1b": "must be number, got string",
    "/inputs/either/x": "must be number, got string",
  });
  assert.is(reply.json.error?.message, "inputs do not fit the schema: 9 faults");
});

test("says the limit that was broken", async () => {
  assert.equal(faults(await server.post("check", { text: "x", count: 0 })), {
    "/inputs/text": "must NOT have fewer than 2 characters",
    "/inputs/count": "must be >= 1, got 0",
  });
});

test("lists at most 100 faults and counts all", async () => {
  const inputs = {
    text: "ok",
    ...Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`x${index}`, 1])),
  };
  const reply = await server.post("check", inputs);
  assert.is(reply.json.error?.details.length, 100);
  assert.is(reply.json.error?.message, "inputs do not fit the schema: 300 faults");
});

test("refuses `__proto__` keys, however they are spelled", async () => {
  const plain = await server.send("/echo/run", '{"inputs": {"value": [{"__proto__": {"polluted": 1}}]}}');
  assert.equal(faults(plain), { "/inputs/value/0/__proto__": "is not allowed as a key" });
  const escaped = await server.send("/echo/run", '{"inputs": {"value": {"\\u005f_proto__": 1}}}');
  assert.equal(faults(escaped), { "/inputs/value/__proto__": "is not allowed as a key" });
});

test("takes `__proto__` as a value and `constructor` as a key", async () => {
  const reply = await server.post("echo", { value: { constructor: "__proto__" } });
  assert.equal(reply.json.outputs, { value: { constructor: "__proto__" } });
});

test("refuses other keys beside inputs, and what is no object", async () => {
  assert.equal(faults(await server.send("/echo/run", '{"input": {}}')), {
    "/input": 'is not a known key, did you mean "inputs"?',
  });
  assert.equal(faults(await server.send("/echo/run", '{"value": 1}')), {
    "/value": 'is not a known key; the inputs go under "inputs"',
  });
  assert.equal(faults(await server.send("/echo/run", "[]")), {
    "": 'must be an object with the key "inputs", got array',
  });
  assert.equal(faults(await server.send("/echo/run", '{"inputs": null}')), {
    "/inputs": "must be object, got null",
  });
  assert.equal(faults(await server.send("/echo/run", "{}")), { "/inputs/value": "is required" });
});

test("refuses what readers of JSON do not agree on", async () => {
  const depth = 200_000;
  const nested = `${"[".repeat(depth)}${"]".repeat(depth)}`;
  const bodies: Readonly<Record<string, RegExp>> = {
    [`{"inputs": {"value": ${nested}}}`]: /nested more than 500 levels deep/,
    '{"inputs": {"value": 1, "value": 2}}': /the key "value" occurs twice/,
    '{"inputs": {"value": {"a": 1, "b": ":\\\\", "\\u0061": 2}}}': /the key "\\u0061" occurs twice/,
    '{"inputs": {}, "inputs": {"value": 1}}': /the key "inputs" occurs twice/,
  };
  for (const [body, message] of Object.entries(bodies)) {
    const reply = await server.send("/echo/run", body);
    assert.is(reply.status, 400, reply.text);
    assert.is(reply.json.error?.code, "invalid_json");
    assert.match(reply.json.error?.message ?? "", message);
  }
  assert.equal(faults(await server.send("/echo/run", '{"inputs": {"value": [1, 1e999]}}')), {
    "/inputs/value/1": "is too large for a number",
  });
  // The same words apart from each other are no repetition, and an escaped quote ends no text.
  const fine = { a: { a: "x\\" }, b: [{ a: 1 }, { a: '":"' }], c: 1e300 };
  assert.equal((await server.post("echo", { value: fine })).json.outputs, { value: fine });
});

test("names the branch of a union that was meant, and only its faults", async () => {
  const told = async (value: unknown) => faults(await server.post("draw", { shape: value }));
  assert.equal(await told({ kind: "box", w: "1", hh: 2 }), {
    "/inputs/shape/h": 'is required (where "kind" is "box")',
    "/inputs/shape/hh": 'is not a known key (where "kind" is "box")',
    "/inputs/shape/w": 'must be number, got string (where "kind" is "box")',
  });
  assert.equal(await told({ kind: "cirle", r: 1 }), {
    "/inputs/shape/kind": 'must be one of "circle", "box"; got "cirle", did you mean "circle"?',
  });
  assert.equal(await told({ r: 1 }), { "/inputs/shape/kind": 'is required: one of "circle", "box"' });
  assert.equal(await told("box"), { "/inputs/shape": "must be object, got string" });
});

test("names the type behind a pattern", async () => {
  const reply = await server.post("draw", { shape: { kind: "circle", r: 1 }, code: "x1" });
  assert.equal(faults(reply), { "/inputs/code": 'must match `v${string}`, got "x1"' });
});

test.run();
