import { Ajv } from "ajv";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { stringify } from "yaml";
import { loadConfig } from "../load/config.ts";
import pluginSchema from "../load/plugin.schema.json" with { type: "json" };
import { toText } from "../text.ts";

interface Schema {
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly $ref?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** Every key with its schema, once for each place where it is written; references are followed by their own place. */
function keys(schema: Schema, path: string): readonly (readonly [string, Schema])[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, value]) => [
    [`${path}${key}`, value] as const,
    ...keys(value, `${path}${key}.`),
  ]);
  const below = Object.entries(schema.definitions ?? {}).flatMap(([name, value]) =>
    keys(value, `(${name}).`),
  );
  return [...own, ...below];
}

test("plugin.yaml's schema is a valid schema", () => {
  const ajv = new Ajv();
  assert.ok(ajv.validateSchema(pluginSchema), ajv.errorsText());
  assert.not(ajv.validateSchema({ ...pluginSchema, type: "mapping" }));
});

test("every key of plugin.yaml says what it is, and shows a value", () => {
  const all = keys(pluginSchema as unknown as Schema, "");
  assert.ok(all.length > 50);
  for (const [path, schema] of all) {
    // The parts of an OAuth entry are described once, where both forms refer to.
    if (schema.$ref?.includes("/properties/")) continue;
    assert.ok((schema.description ?? "").length > 5, `${path} has no description`);
    assert.ok(schema.default !== undefined || (schema.examples ?? []).length > 0, `${path} has no example`);
  }
});

test("every example and default at the top of plugin.yaml is accepted where it stands", () => {
  const least = { name: "a", version: "1.0.0", entrypoint: "src/index.A" };
  for (const [key, value] of Object.entries(pluginSchema.properties as Readonly<Record<string, Schema>>)) {
    for (const example of [
      ...(value.examples ?? []),
      ...(value.default === undefined ? [] : [value.default]),
    ]) {
      const { diagnostics } = loadConfig("plugin.yaml", toText(stringify({ ...least, [key]: example })));
      assert.equal(
        diagnostics.map(({ message }) => message),
        [],
        `${key}: ${JSON.stringify(example)}`,
      );
    }
  }
});

test.run();
