/** Reading schemas and values by JSON pointers (RFC 6901). */
import type { JsonSchema } from "../manifest/types.ts";

/** The value a JSON pointer leads to, or undefined. Pointers in ajv's `schemaPath` are URI-encoded as well. */
export function valueAt(root: unknown, pointer: string): unknown {
  let value = root;
  for (const part of pointer.split("/").slice(1)) {
    if (typeof value !== "object" || value === null) return undefined;
    const plain = part.replaceAll("~1", "/").replaceAll("~0", "~");
    const key = Object.hasOwn(value, plain) ? plain : safeDecode(plain);
    if (!Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key]; // own key of an object or array, just checked
  }
  return value;
}

/** The part of a schema that a pointer leads to: a schema, or a list of them; undefined where it leads nowhere. */
export const schemaAt: (root: JsonSchema, pointer: string) => unknown = valueAt;

/** What a schema refers to, through any number of references; an empty one for what is no schema. */
export function resolve(schema: unknown, root: JsonSchema): JsonSchema {
  let found = objectOf(schema);
  for (let hops = 0; typeof found.$ref === "string" && hops < 10; hops += 1)
    found = objectOf(valueAt(root, found.$ref.slice(1)));
  return found;
}

export function typesOf(schema: JsonSchema): readonly string[] {
  return schema.type === undefined ? [] : [schema.type].flat().map(String);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function objectOf(value: unknown): JsonSchema {
  return isObject(value) ? value : {};
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
