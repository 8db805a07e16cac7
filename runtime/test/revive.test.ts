/** What a request carries as text and `call` takes as an instance, and back. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { JsonSchema, Revival } from "../manifest/types.ts";
import { createReviver } from "../runner/revive.ts";
import { closeServers, serve, type TestServer } from "./plugin.ts";

const date: JsonSchema = { type: "string", format: "date-time" };
const noon = "2026-01-31T12:00:00.000Z";

function revive(schema: JsonSchema, marks: readonly string[], inputs: Record<string, unknown>) {
  const reviver = createReviver(
    schema,
    marks.map((at): Revival => ({ at, as: "Date" })),
  );
  assert.ok(reviver);
  return { inputs, faults: reviver?.(inputs) };
}

let server: TestServer;

test.before(async () => {
  server = await serve({
    nodes: {
      Later: {
        inputs: {
          when: { type: "string" },
          page: { type: "string" },
          days: { type: "array", items: { type: "number" } },
        },
        required: ["when", "page"],
        call: "return { when: new Date(when.getTime() + days[0] * 86400000), host: page.hostname, page };",
        outputs: {
          type: "object",
          properties: { when: { type: "string" }, host: { type: "string" }, page: {} },
        },
        manifest: {
          revive: [
            { at: "/properties/when", as: "Date" },
            { at: "/properties/page", as: "URL" },
          ],
        },
      },
      Sum: {
        inputs: {
          start: { type: "number" },
          numbers: { type: "array", items: { type: "number" } },
        },
        required: ["start"],
        call: "return { sum: numbers.reduce((a, b) => a + b, start), count: arguments.length };",
        manifest: { spreads_last: true },
      },
    },
  });
});
test.after(closeServers);

test("call gets a Date and a URL, and its own are sent as text", async () => {
  const reply = await server.post("later", { when: noon, page: "https://example.com/a", days: [1] });
  assert.equal(reply.json.outputs, {
    when: "2026-02-01T12:00:00.000Z",
    host: "example.com",
    page: "https://example.com/a",
  });
});

test("a text of the right format that is no date after all is told apart", async () => {
  const reply = await server.post("later", { when: "2016-12-31T23:59:60Z", page: "a:b", days: [1] });
  assert.is(reply.status, 422, reply.text);
  assert.equal(reply.json.error?.details, [
    { path: "/inputs/when", message: 'is no date that exists, got "2016-12-31T23:59:60Z"' },
  ]);
});

test("a rest parameter gets its values one by one, and none when the input is left out", async () => {
  assert.equal((await server.post("sum", { start: 1, numbers: [2, 3] })).json.outputs, { sum: 6, count: 3 });
  assert.equal((await server.post("sum", { start: 1 })).json.outputs, { sum: 1, count: 1 });
});

test("arrays, records, tuples and types that hold themselves", () => {
  const schema: JsonSchema = {
    type: "object",
    properties: {
      list: { type: "array", items: date },
      record: { type: "object", additionalProperties: date },
      pair: { type: "array", items: [{ type: "string" }, date], additionalItems: false },
      tree: { allOf: [{ $ref: "#/definitions/Tree" }] },
    },
    definitions: {
      Tree: {
        type: "object",
        properties: { born: date, kids: { type: "array", items: { $ref: "#/definitions/Tree" } } },
      },
    },
  };
  const { inputs, faults } = revive(
    schema,
    [
      "/properties/list/items",
      "/properties/record/additionalProperties",
      "/properties/pair/items/1",
      "/definitions/Tree/properties/born",
    ],
    {
      list: [noon],
      record: { a: noon },
      pair: [noon, noon],
      tree: { born: noon, kids: [{ born: noon, kids: [] }] },
      other: noon,
    },
  );
  assert.equal(faults, []);
  const at = new Date(noon);
  assert.equal(inputs, {
    list: [at],
    record: { a: at },
    pair: [noon, at],
    tree: { born: at, kids: [{ born: at, kids: [] }] },
    other: noon,
  });
});

test("of several alternatives, the one that the value fits", () => {
  const kind = (name: string, value: JsonSchema): JsonSchema => ({
    type: "object",
    properties: { kind: { const: name }, value },
    required: ["kind", "value"],
    additionalProperties: false,
  });
  const schema: JsonSchema = {
    type: "object",
    properties: {
      either: { oneOf: [kind("day", date), kind("text", { type: "string" })] },
      maybe: { anyOf: [{ type: "null" }, { type: "number" }, date] },
    },
  };
  const marks = ["/properties/either/oneOf/0/properties/value", "/properties/maybe/anyOf/2"];
  const at = new Date(noon);
  const value = (name: string) => ({ kind: name, value: noon });
  assert.equal(revive(schema, marks, { either: value("day"), maybe: noon }).inputs, {
    either: { kind: "day", value: at },
    maybe: at,
  });
  assert.equal(revive(schema, marks, { either: value("text"), maybe: null }).inputs, {
    either: { kind: "text", value: noon },
    maybe: null,
  });
});

test.run();
