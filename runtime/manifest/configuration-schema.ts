import type { JsonSchema, Manifest } from "./types.ts";

/** What a plugin's configuration must be, as one JSON Schema. */
export function configurationSchema(configuration: Manifest["configuration"]): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const [name, field] of Object.entries(configuration)) {
    const { required: isRequired, sensitive: _sensitive, ...schema } = field;
    properties[name] = schema;
    if (isRequired) required.push(name);
  }
  return { type: "object", additionalProperties: false, required, properties };
}
