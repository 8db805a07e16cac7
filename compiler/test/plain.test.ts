/** Schemas that are taken without asking ajv: ajv has nothing against any of them. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { JsonSchema } from "../../runtime/manifest/types.ts";
import { isPlain } from "../signatures/plain.ts";
import { askAjv } from "../signatures/validators.ts";

/** mulberry32. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}

const keywords: Readonly<Record<string, (random: (below: number) => number, depth: number) => unknown>> = {
  type: (random) =>
    pick(random, [...types, ["string", "null"], ["string", "string"], ["object", "null"], "date"]),
  enum: (random) => pick(random, [["a"], ["a", 1, null], [], "a", [{ a: 1 }]]),
  const: (random) => pick(random, ["a", 1, null, { a: 1 }]),
  minLength: (random) => pick(random, [0, 3, -1, 1.5, "1"]),
  maximum: (random) => pick(random, [0, -3, 1.5, "1", null]),
  minItems: (random) => pick(random, [0, 2, true]),
  uniqueItems: (random) => pick(random, [true, "yes"]),
  pattern: (random) => pick(random, ["^a", "(", "\\p{L}"]),
  format: (random) => pick(random, ["date-time", "unknown"]),
  items: (random, depth) => pick(random, [schemaOf(random, depth), [schemaOf(random, depth)], true]),
  properties: (random, depth) => ({
    a: schemaOf(random, depth),
    [pick(random, ["b", "toString"])]: schemaOf(random, depth),
  }),
  required: (random) => pick(random, [["a"], ["a", "b"], ["c"], [], "a", [1]]),
  additionalProperties: (random, depth) => pick(random, [true, false, schemaOf(random, depth), "no"]),
  anyOf: (random, depth) => pick(random, [[schemaOf(random, depth), schemaOf(random, depth)], [], "any"]),
  oneOf: (random, depth) => [schemaOf(random, depth)],
  $ref: (random) => pick(random, ["#/definitions/A", "#/definitions/B", "#", "A"]),
  default: (random) => pick(random, [1, "a", null]),
  description: () => "text",
  propertyNames: () => ({ pattern: "^a" }),
  nonsense: () => 1,
};
const types = ["string", "number", "integer", "boolean", "null", "array", "object"];

function pick<T>(random: (below: number) => number, from: readonly T[]): T {
  return from[random(from.length)] as T;
}

/** Mostly what belongs to one type, sometimes anything. */
function schemaOf(random: (below: number) => number, depth: number): JsonSchema {
  const bases: readonly JsonSchema[] = [
    { type: "string" },
    { type: pick(random, ["string", "number", "boolean"]), enum: ["a"] },
    { $ref: "#/definitions/A" },
    { type: "integer", minimum: 1 },
    ...(depth === 0
      ? []
      : [
          { type: "array", items: schemaOf(random, depth - 1) },
          { anyOf: [schemaOf(random, depth - 1), schemaOf(random, depth - 1)] },
          {
            type: "object",
            properties: { a: schemaOf(random, depth - 1), b: schemaOf(random, depth - 1) },
            required: ["a"],
            additionalProperties: false,
          },
        ]),
  ];
  const extra = Array.from({ length: random(4) === 0 ? 1 + random(2) : 0 }, () => {
    const key = pick(random, Object.keys(keywords));
    return [key, keywords[key]?.(random, Math.max(0, depth - 1))] as const;
  });
  return { ...pick(random, bases), ...Object.fromEntries(extra) };
}

test("ajv takes every schema that is taken without asking it, and many are", () => {
  const random = randomFrom(8);
  const count = { plain: 0, refused: 0 };
  for (let round = 0; round < 600; round++) {
    const schema: JsonSchema = {
      type: "object",
      properties: { a: schemaOf(random, 2), b: { default: 1, ...schemaOf(random, 1) } },
      ...(random(3) === 0 ? {} : { definitions: { A: schemaOf(random, 1) } }),
      ...(random(6) === 0 ? { required: [pick(random, ["a", "c"])] } : {}),
    };
    const faults = askAjv({ name: "node", inputs: schema, outputs: { type: "object" } });
    if (faults.length > 0) count.refused++;
    if (!isPlain(schema)) continue;
    count.plain++;
    assert.equal(faults, [], JSON.stringify(schema));
  }
  assert.ok(count.plain > 60 && count.refused > 60, JSON.stringify(count));
});

test("what nodes have most is taken without asking", () => {
  const text = { type: "string", description: "what is said" };
  const inputs = {
    type: "object",
    properties: { text, limit: { type: "number", default: 3 }, tree: { $ref: "#/definitions/Tree" } },
    required: ["text"],
    additionalProperties: false,
    definitions: {
      Tree: {
        type: "object",
        properties: { kids: { type: "array", items: { $ref: "#/definitions/Tree" } } },
      },
    },
  };
  assert.ok(isPlain(inputs));
  assert.not(isPlain({ ...inputs, properties: { text: { ...text, pattern: "(" } } }));
});

test.run();
