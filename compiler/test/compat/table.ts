/** One change of a manifest per row; `expected.txt` holds what is said of each. */
import type { JsonSchema, Manifest, ManifestNode } from "../../../runtime/manifest/types.ts";

export type Sketch = Partial<Omit<Manifest, "nodes">> & { readonly nodes?: readonly Partial<ManifestNode>[] };

/** A closed object in which every property is required unless it ends in `?`. */
export function object(properties: Readonly<Record<string, unknown>>, more: JsonSchema = {}): JsonSchema {
  const entries = Object.entries(properties);
  return {
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace("?", ""), schema])),
    required: entries.map(([name]) => name).filter((name) => !name.endsWith("?")),
    ...more,
  };
}

export function takes(properties: Readonly<Record<string, unknown>>, more: JsonSchema = {}): Sketch {
  return { nodes: [{ inputs: object(properties, more) }] };
}

export function returns(properties: Readonly<Record<string, unknown>>, more: JsonSchema = {}): Sketch {
  return { nodes: [{ outputs: object(properties, more) }] };
}

const text = { type: "string" };
const number = { type: "number" };
const whole = { type: "integer" };
const list = (items: unknown, more: JsonSchema = {}): JsonSchema => ({ type: "array", items, ...more });
const tuple = (...items: readonly unknown[]): JsonSchema => ({
  type: "array",
  items,
  minItems: items.length,
  maxItems: items.length,
});
const record = (schema: unknown): JsonSchema => ({ type: "object", additionalProperties: schema });
const circle = (limits: JsonSchema = {}): JsonSchema =>
  object({ kind: { type: "string", const: "circle" }, radius: { ...number, ...limits } });
const square = object({ kind: { type: "string", const: "square" }, side: number });
const tree = (value: unknown): JsonSchema => ({
  definitions: { Tree: object({ value, children: list({ $ref: "#/definitions/Tree" }) }) },
});
const toTree = { tree: { $ref: "#/definitions/Tree" } };
const json = (types: readonly string[]): JsonSchema => ({
  definitions: {
    Json: {
      anyOf: [{ type: types }, list({ $ref: "#/definitions/Json" }), record({ $ref: "#/definitions/Json" })],
    },
  },
});
const toJson = { data: { $ref: "#/definitions/Json" } };
const field = { required: true, type: "string" } as const;

export const table: readonly (readonly [change: string, old: Sketch, now: Sketch])[] = [
  // Nodes, names, limits, permissions, configuration.
  ["nothing", takes({ a: text }), takes({ a: text })],
  ["description", { description: "Old." }, { description: "New." }],
  [
    "implementation",
    { bundle: { path: "bundle.mjs", sha256: "0".repeat(64) } },
    { bundle: { path: "bundle.mjs", sha256: "1".repeat(64) } },
  ],
  [
    "node removed",
    { nodes: [{}, { name: "gone", class: "GoneNode", inputs: object({ a: text }) }] },
    { nodes: [{}] },
  ],
  [
    "node renamed",
    { nodes: [{ name: "old", inputs: object({ a: text }) }] },
    { nodes: [{ name: "new", inputs: object({ a: text }) }] },
  ],
  ["class of a node renamed", { nodes: [{ class: "OldNode" }] }, { nodes: [{ class: "NewNode" }] }],
  ["node added", { nodes: [{}] }, { nodes: [{}, { name: "more", class: "MoreNode" }] }],
  ["plugin renamed", { name: "demo" }, { name: "other" }],
  ["plugin of another type", { type: "service" }, { type: "tool" }],
  ["timeout lowered", { nodes: [{ timeout_ms: 2000 }] }, { nodes: [{ timeout_ms: 1000 }] }],
  ["timeout raised", { nodes: [{ timeout_ms: 1000 }] }, { nodes: [{ timeout_ms: 2000 }] }],
  [
    "permission gained by a node",
    { nodes: [{ permissions: [] }] },
    { nodes: [{ permissions: ["network:a.example"] }] },
  ],
  [
    "permission narrowed",
    { nodes: [{ permissions: ["network"] }] },
    { nodes: [{ permissions: ["network:a.example"] }] },
  ],
  [
    "scope gained",
    { oauth: [{ provider: "slack", scopes: ["a"] }] },
    { oauth: [{ provider: "slack", scopes: ["a", "b"] }] },
  ],
  ["configuration required", { configuration: {} }, { configuration: { key: field } }],
  [
    "configuration with a default",
    { configuration: {} },
    { configuration: { key: { ...field, default: "x" } } },
  ],
  [
    "configuration narrowed",
    { configuration: { key: { ...field, enum: ["a", "b"] } } },
    { configuration: { key: { ...field, enum: ["a"] } } },
  ],
  ["variable required", {}, { dependencies: { env_vars: { required: ["TOKEN"] } } }],
  // Inputs: which there are.
  ["required input added", takes({ a: text }), takes({ a: text, b: text })],
  ["optional input added", takes({ a: text }), takes({ a: text, "b?": text })],
  ["optional input removed", takes({ a: text, "b?": text }), takes({ a: text })],
  ["required input removed", takes({ a: text, b: text }), takes({ a: text })],
  ["input became required", takes({ "a?": text }), takes({ a: text })],
  ["input became optional", takes({ a: text }), takes({ "a?": text })],
  ["required input with a default", takes({}), takes({ a: { ...text, default: "x" } })],
  ["default changed", takes({ "a?": { ...text, default: "x" } }), takes({ "a?": { ...text, default: "y" } })],
  // Inputs: values.
  ["input of another type", takes({ a: text }), takes({ a: number })],
  ["null refused", takes({ a: { type: ["string", "null"] } }), takes({ a: text })],
  ["null accepted", takes({ a: text }), takes({ a: { type: ["string", "null"] } })],
  ["whole numbers only", takes({ a: number }), takes({ a: whole })],
  ["every number", takes({ a: whole }), takes({ a: number })],
  ["enum value removed", takes({ a: { enum: ["x", "y"] } }), takes({ a: { enum: ["x"] } })],
  ["enum value added", takes({ a: { enum: ["x"] } }), takes({ a: { enum: ["x", "y"] } })],
  [
    "enum written as alternatives",
    takes({ a: { enum: ["x", "y"] } }),
    takes({ a: { anyOf: [{ const: "y" }, { const: "x" }] } }),
  ],
  ["text became enum", takes({ a: text }), takes({ a: { ...text, enum: ["x"] } })],
  ["minimum length raised", takes({ a: { ...text, minLength: 1 } }), takes({ a: { ...text, minLength: 3 } })],
  [
    "maximum length lowered",
    takes({ a: { ...text, maxLength: 9 } }),
    takes({ a: { ...text, maxLength: 4 } }),
  ],
  [
    "pattern narrowed",
    takes({ a: { ...text, pattern: "^[a-z0-9]+$" } }),
    takes({ a: { ...text, pattern: "^[a-z]+$" } }),
  ],
  [
    "pattern widened",
    takes({ a: { ...text, pattern: "^[a-z]{1,5}$" } }),
    takes({ a: { ...text, pattern: "^[a-z]+$" } }),
  ],
  [
    "pattern written differently",
    takes({ a: { ...text, pattern: "^[0-9]{2}$" } }),
    takes({ a: { ...text, pattern: "^\\d\\d$" } }),
  ],
  [
    "pattern that is not regular",
    takes({ a: { ...text, pattern: "^(?=.*a)(?=.*b)" } }),
    takes({ a: { ...text, pattern: "^(?=.*c)(?=.*b)(?=.*a)" } }),
  ],
  [
    "pattern for a length",
    takes({ a: { ...text, pattern: "^.{2,4}$" } }),
    takes({ a: { ...text, minLength: 2, maxLength: 4 } }),
  ],
  ["format added", takes({ a: text }), takes({ a: { ...text, format: "email" } })],
  ["format changed", takes({ a: { ...text, format: "uri" } }), takes({ a: { ...text, format: "email" } })],
  ["format dropped", takes({ a: { ...text, format: "uri" } }), takes({ a: text })],
  ["minimum raised", takes({ a: { ...number, minimum: 0 } }), takes({ a: { ...number, minimum: 1 } })],
  [
    "limit itself refused",
    takes({ a: { ...number, maximum: 1 } }),
    takes({ a: { ...number, exclusiveMaximum: 1 } }),
  ],
  [
    "the same limit of whole numbers",
    takes({ a: { ...whole, minimum: 1 } }),
    takes({ a: { ...whole, exclusiveMinimum: 0 } }),
  ],
  [
    "step of decimals",
    takes({ a: { ...number, multipleOf: 0.3 } }),
    takes({ a: { ...number, multipleOf: 0.1 } }),
  ],
  ["another step", takes({ a: { ...number, multipleOf: 2 } }), takes({ a: { ...number, multipleOf: 3 } })],
  [
    "range written as values",
    takes({ a: { ...whole, minimum: 1, maximum: 3 } }),
    takes({ a: { enum: [1, 2, 3] } }),
  ],
  // Inputs: arrays, objects, alternatives, types that refer to themselves.
  ["items narrowed", takes({ a: list(text) }), takes({ a: list({ ...text, minLength: 1 }) })],
  ["fewer items", takes({ a: list(text) }), takes({ a: list(text, { maxItems: 1 }) })],
  ["items must differ", takes({ a: list(text) }), takes({ a: list(text, { uniqueItems: true }) })],
  ["item of a tuple changed", takes({ a: tuple(text, number) }), takes({ a: tuple(text, text) })],
  ["tuple became longer", takes({ a: tuple(text) }), takes({ a: tuple(text, text) })],
  ["tuple became a list", takes({ a: tuple(text, text) }), takes({ a: list(text) })],
  [
    "values of a record narrowed",
    takes({ a: record({ type: ["string", "number"] }) }),
    takes({ a: record(text) }),
  ],
  ["record became closed", takes({ a: record(text) }), takes({ a: object({ "x?": text }) })],
  [
    "keys by pattern narrowed",
    takes({ a: object({}, { patternProperties: { "^x-": text } }) }),
    takes({ a: object({}, { patternProperties: { "^x-a": text } }) }),
  ],
  [
    "property of a nested object required",
    takes({ a: object({ b: text }) }),
    takes({ a: object({ b: text, c: text }) }),
  ],
  [
    "alternative narrowed",
    takes({ a: { oneOf: [circle(), square] } }),
    takes({ a: { oneOf: [circle({ minimum: 0 }), square] } }),
  ],
  ["alternative removed", takes({ a: { oneOf: [circle(), square] } }), takes({ a: { oneOf: [circle()] } })],
  ["alternative added", takes({ a: { oneOf: [circle()] } }), takes({ a: { oneOf: [square, circle()] } })],
  [
    "one object told apart by its kind",
    takes({ a: object({ kind: { enum: ["x", "y"] }, n: number }) }),
    takes({
      a: {
        oneOf: [object({ kind: { const: "x" }, n: number }), object({ kind: { const: "y" }, n: number })],
      },
    }),
  ],
  [
    "exactly one of overlapping alternatives",
    takes({ a: number }),
    takes({
      a: {
        oneOf: [
          { ...number, minimum: 0 },
          { ...number, maximum: 0 },
        ],
      },
    }),
  ],
  ["recursive type narrowed", takes(toTree, tree(number)), takes(toTree, tree(whole))],
  ["recursive type widened", takes(toTree, tree(whole)), takes(toTree, tree(number))],
  [
    "recursive alternatives narrowed",
    takes(toJson, json(["string", "null"])),
    takes(toJson, json(["string"])),
  ],
  ["a value refused", takes({ a: text }), takes({ a: { ...text, not: { const: "x" } } })],
  [
    "reference without an end",
    takes({ a: text }),
    takes({ a: { $ref: "#/definitions/A" } }, { definitions: { A: { $ref: "#/definitions/A" } } }),
  ],
  // Outputs: the other way round.
  ["result property dropped", returns({ a: text, b: text }), returns({ a: text })],
  ["result property added", returns({ a: text }), returns({ a: text, b: text })],
  ["result property may be missing", returns({ a: text }), returns({ "a?": text })],
  ["result property is always there", returns({ "a?": text }), returns({ a: text })],
  ["result may be null", returns({ a: number }), returns({ a: { type: ["number", "null"] } })],
  ["result is never null", returns({ a: { type: ["number", "null"] } }), returns({ a: number })],
  ["result has one value more", returns({ a: { enum: ["x"] } }), returns({ a: { enum: ["x", "y"] } })],
  ["result has one value less", returns({ a: { enum: ["x", "y"] } }), returns({ a: { enum: ["x"] } })],
  ["result has no limit any more", returns({ a: { ...number, minimum: 0 } }), returns({ a: number })],
  ["result is whole", returns({ a: number }), returns({ a: whole })],
  [
    "result property of a nested object may be missing",
    returns({ a: list(object({ b: text })) }),
    returns({ a: list(object({ "b?": text })) }),
  ],
];
