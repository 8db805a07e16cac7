import { Ajv } from "ajv";
import { test } from "uvu";
import * as assert from "uvu/assert";
import pluginSchema from "../load/plugin.schema.json" with { type: "json" };

test("plugin.yaml's schema is a valid schema", () => {
  const ajv = new Ajv();
  assert.ok(ajv.validateSchema(pluginSchema), ajv.errorsText());
  assert.not(ajv.validateSchema({ ...pluginSchema, type: "mapping" }));
});

test.run();
