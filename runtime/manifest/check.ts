import type { Fault } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { JsonSchema } from "./types.ts";

/** The keywords that `check` knows; a schema with another one is refused rather than half applied. */
const known = new Set([
  "$schema",
  "$ref",
  "title",
  "description",
  "default",
  "definitions",
  "type",
  "const",
  "enum",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "pattern",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
]);

/**
 * Every fault of `value` against a small draft-07 schema, in document order.
 *
 * The manifest and the configuration are checked with this and not with ajv: loading ajv and compiling a schema costs
 * about 40 ms of each start. A test compares it with ajv. Throws for a keyword outside its subset.
 */
export function check(schema: JsonSchema, value: unknown, root: JsonSchema = schema, path = ""): Fault[] {
  for (const keyword of Object.keys(schema)) {
    if (!known.has(keyword)) throw new Error(`schema keyword ${keyword} is not supported`);
  }
  if (typeof schema.$ref === "string") return check(resolve(root, schema.$ref), value, root, path);
  const faults: Fault[] = [];
  const fault = (message: string, at = path) => faults.push({ path: at, message });

  const types = asList(schema.type);
  if (types.length > 0 && !types.some((type) => hasType(value, String(type)))) {
    fault(`must be ${types.join(" or ")}, got ${typeName(value)}`);
    return faults;
  }
  if ("const" in schema && value !== schema.const) {
    fault(`must be ${JSON.stringify(schema.const)}, got ${shown(value)}`);
  }
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) {
    const near = typeof value === "string" ? nearest(value, schema.enum.map(String)) : null;
    const wanted = schema.enum.map((item) => JSON.stringify(item)).join(", ");
    fault(`must be one of ${wanted}; got ${shown(value)}${near === null ? "" : `, did you mean "${near}"?`}`);
  }
  if (typeof value === "string") {
    if (typeof schema.pattern === "string" && !new RegExp(schema.pattern, "u").test(value)) {
      fault(`must match ${schema.pattern}, got ${shown(value)}`);
    }
    if (typeof schema.minLength === "number" && lengthOf(value) < schema.minLength) {
      fault(
        schema.minLength === 1 ? "must not be empty" : `must have at least ${schema.minLength} characters`,
      );
    }
    if (typeof schema.maxLength === "number" && lengthOf(value) > schema.maxLength) {
      fault(`must have at most ${schema.maxLength} characters`);
    }
  }
  if (typeof value === "number") {
    if (typeof schema.minimum === "number" && value < schema.minimum) {
      fault(`must be at least ${schema.minimum}, got ${value}`);
    }
    if (typeof schema.maximum === "number" && value > schema.maximum) {
      fault(`must be at most ${schema.maximum}, got ${value}`);
    }
  }
  if (Array.isArray(value) && isObject(schema.items)) {
    const items = schema.items;
    value.forEach((item, index) => {
      faults.push(...check(items, item, root, `${path}/${index}`));
    });
  }
  if (isObject(value)) faults.push(...checkProperties(schema, value, root, path));
  return faults;
}

/** Characters, as JSON Schema counts them. */
function lengthOf(text: string): number {
  return [...text].length;
}

function checkProperties(schema: JsonSchema, value: JsonSchema, root: JsonSchema, path: string): Fault[] {
  const faults: Fault[] = [];
  const properties = isObject(schema.properties) ? schema.properties : {};
  for (const key of asList(schema.required)) {
    if (!Object.hasOwn(value, String(key)))
      faults.push({ path: join(path, String(key)), message: "is required" });
  }
  for (const [key, item] of Object.entries(value)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : schema.additionalProperties;
    if (isObject(property)) {
      faults.push(...check(property, item, root, join(path, key)));
    } else if (property === false) {
      const near = nearest(key, Object.keys(properties));
      faults.push({
        path: join(path, key),
        message: `is not a known key${near === null ? "" : `, did you mean "${near}"?`}`,
      });
    }
  }
  return faults;
}

/** A JSON pointer one key longer (RFC 6901). */
export function join(path: string, key: string): string {
  return `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function resolve(root: JsonSchema, reference: string): JsonSchema {
  const name = /^#\/definitions\/([A-Za-z0-9]+)$/.exec(reference)?.[1];
  const definition = isObject(root.definitions) && name !== undefined ? root.definitions[name] : undefined;
  if (!isObject(definition)) throw new Error(`schema reference ${reference} leads nowhere`);
  return definition;
}

function hasType(value: unknown, type: string): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "number") return typeof value === "number" && Number.isFinite(value);
  return typeName(value) === type;
}

/** The JSON Schema name of a value's type. */
export function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** A value as JSON, cut to a length that fits a message. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function asList(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
