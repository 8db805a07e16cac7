import { test } from "uvu";
import * as assert from "uvu/assert";
import type { JsonSchema } from "../../runtime/manifest/types.ts";
import { inputsOf, signatureText, typeText } from "../type-text.ts";

const types: readonly (readonly [string, JsonSchema])[] = [
  ["string", { type: "string" }],
  ["string (date-time)", { type: "string", format: "date-time" }],
  ['"a" | 1 | null', { enum: ["a", 1, null] }],
  ['"x"', { const: "x" }],
  ["string | null", { type: ["string", "null"] }],
  ["(string | number)[]", { type: "array", items: { type: ["string", "number"] } }],
  ["[number, string]", { type: "array", items: [{ type: "number" }, { type: "string" }] }],
  [
    "{a: string; b?: number}",
    { type: "object", properties: { a: { type: "string" }, b: { type: "number" } }, required: ["a"] },
  ],
  ["{[key: string]: number}", { type: "object", additionalProperties: { type: "number" } }],
  ["{[key: string]: unknown}", { type: "object" }],
  ["{}", { type: "object", additionalProperties: false }],
  [
    "{a?: string} & {b?: string}",
    {
      allOf: [
        { type: "object", properties: { a: { type: "string" } } },
        { type: "object", properties: { b: { type: "string" } } },
      ],
    },
  ],
  ["unknown", {}],
];

for (const [text, schema] of types) {
  test(`writes ${text}`, () => assert.is(typeText(schema), text));
}

test("writes references out and names what contains itself", () => {
  const definitions = {
    Tree: { type: "object", properties: { left: { $ref: "#/definitions/Tree" } } },
    Score: { type: "number" },
  };
  assert.is(
    typeText({
      definitions,
      type: "object",
      properties: { tree: { $ref: "#/definitions/Tree" }, score: { $ref: "#/definitions/Score" } },
    }),
    "{tree?: {left?: Tree}; score?: number}",
  );
});

test("inputs come in the order of the parameters, with their rules in words", () => {
  const inputs: JsonSchema = {
    type: "object",
    required: ["text"],
    properties: {
      limit: { type: "integer", minimum: 1, maximum: 9, default: 3 },
      text: { type: "string", minLength: 1, description: "What to read" },
    },
  };
  assert.equal(inputsOf(inputs, ["text", "limit"]), [
    {
      name: "text",
      type: "string",
      isRequired: true,
      rules: ["1 or more characters"],
      description: "What to read",
    },
    { name: "limit", type: "integer", isRequired: false, rules: ["1 to 9", "default 3"], description: "" },
  ]);
  assert.is(
    signatureText(inputs, ["text", "limit"], { type: "object", additionalProperties: false }),
    "(text: string, limit?: integer) -> {}",
  );
});

test.run();
