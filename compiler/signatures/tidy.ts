import type { JsonSchema } from "../../runtime/manifest/types.ts";
import type { GeneratedSchema } from "./schema.ts";

/**
 * A generated schema as the manifest holds it: alternatives that match nothing are gone (the generator writes
 * `undefined` as `{not: {}}`), and definitions have names that depend on nothing but their order. The generator's own
 * names hold offsets and a hash of the working directory.
 */
export function tidy(generated: GeneratedSchema, prefix: string): GeneratedSchema {
  const names = new Map<string, string>();
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(([key, child]): [string, unknown] => {
      if (key === "$ref" && typeof child === "string") return [key, `#/definitions/${rename(child)}`];
      if (key === "anyOf" && Array.isArray(child))
        return [key, child.filter((part) => !isNothing(part)).map(clean)];
      return [key, clean(child)];
    });
    const { anyOf, ...rest } = Object.fromEntries(entries) as { anyOf?: unknown[] };
    if (anyOf === undefined) return rest;
    const [only] = anyOf;
    return anyOf.length === 1 && typeof only === "object" ? { ...rest, ...only } : { ...rest, anyOf };
  };
  const pending: string[] = [];
  const rename = (reference: string): string => {
    const given = decodeURIComponent(reference.replace("#/definitions/", ""));
    const known = names.get(given);
    if (known !== undefined) return known;
    const made = `${prefix}${names.size + 1}`;
    names.set(given, made);
    pending.push(given);
    return made;
  };

  const schema = clean(generated.schema) as JsonSchema;
  const definitions: Record<string, JsonSchema> = {};
  for (let given = pending.shift(); given !== undefined; given = pending.shift()) {
    const definition = generated.definitions[given];
    if (definition !== undefined) definitions[rename(given)] = clean(definition) as JsonSchema;
  }
  return { schema, definitions };
}

function isNothing(schema: unknown): boolean {
  if (typeof schema !== "object" || schema === null || !("not" in schema)) return false;
  return Object.keys(schema).length === 1 && JSON.stringify(schema.not) === "{}";
}
