import type { JsonSchema } from "../../runtime/manifest/types.ts";

/**
 * Whether ajv takes this schema for certain, since it is made of nothing but parts that it always takes: compiling a
 * schema to find that out costs fifty times as much. False says nothing; then ajv is asked.
 */
export function isPlain(schema: JsonSchema): boolean {
  const { definitions: found = {}, ...root } = schema;
  const definitions = found as Readonly<Record<string, JsonSchema>>;
  const names = new Set(Object.keys(definitions));
  if (![...names].every((name) => /^\w+$/.test(name) && !(name in Object.prototype))) return false;
  const isPart = (part: unknown): boolean => isPlainPart(part, names);
  return (
    root.type === "object" &&
    isPlainObject(root, isPart, true) &&
    // One that only refers to another may end nowhere.
    Object.values(definitions).every((part) => !("$ref" in part) && isPart(part))
  );
}

type IsPart = (part: unknown) => boolean;

function isPlainPart(part: unknown, definitions: ReadonlySet<string>): boolean {
  if (typeof part !== "object" || part === null || Array.isArray(part)) return false;
  const schema = part as JsonSchema;
  const isPart: IsPart = (inner) => isPlainPart(inner, definitions);
  if ("$ref" in schema) {
    const name = /^#\/definitions\/(\w+)$/.exec(String(schema.$ref))?.[1];
    return name !== undefined && definitions.has(name) && hasOnly(schema, "$ref");
  }
  for (const key of ["anyOf", "oneOf"] as const)
    if (key in schema) return hasOnly(schema, key) && isList(schema[key]) && schema[key].every(isPart);
  if ("enum" in schema) return hasOnly(schema, "enum", "type") && isList(schema.enum) && isTypes(schema.type);
  if ("const" in schema) return hasOnly(schema, "const", "type") && isTypes(schema.type);
  switch (schema.type) {
    case "string":
      return hasOnly(schema, "type", "minLength", "maxLength") && haveNumbers(schema);
    case "number":
    case "integer":
      return hasOnly(schema, "type", "minimum", "maximum") && haveNumbers(schema);
    case "array":
      return (
        hasOnly(schema, "type", "items", "minItems", "maxItems") &&
        (schema.items === undefined || isPart(schema.items)) &&
        haveNumbers(schema)
      );
    case "object":
      return isPlainObject(schema, isPart, false);
    default:
      return hasOnly(schema, "type") && isTypes(schema.type);
  }
}

/** Only defaults of a root's own properties are sure to be filled in; ajv refuses some of the others. */
function isPlainObject(schema: JsonSchema, isPart: IsPart, isRoot: boolean): boolean {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  if (!hasOnly(schema, "type", "properties", "required", "additionalProperties")) return false;
  if (typeof properties !== "object" || properties === null || !Array.isArray(required)) return false;
  return (
    Object.entries(properties).every(
      ([name, part]) => !(name in Object.prototype) && isPart(isRoot ? withoutDefault(part) : part),
    ) &&
    required.every((name) => typeof name === "string" && Object.hasOwn(properties, name)) &&
    (typeof additionalProperties === "boolean" || isPart(additionalProperties))
  );
}

function withoutDefault(part: unknown): unknown {
  if (typeof part !== "object" || part === null) return part;
  const { default: _default, ...rest } = part as JsonSchema;
  return rest;
}

const annotations: ReadonlySet<string> = new Set(["title", "description", "examples"]);

function hasOnly(schema: JsonSchema, ...keywords: readonly string[]): boolean {
  return Object.keys(schema).every((key) => annotations.has(key) || keywords.includes(key));
}

function haveNumbers(schema: JsonSchema): boolean {
  return numeric.every((key) => schema[key] === undefined || Number.isSafeInteger(schema[key]));
}

const numeric = ["minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"] as const;

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}

const types: ReadonlySet<unknown> = new Set(["string", "number", "boolean", "null"]);

/** One or several of those that carry no keyword of their own here; none is all. */
function isTypes(type: unknown): boolean {
  if (type === undefined || types.has(type)) return true;
  return isList(type) && new Set(type).size === type.length && type.every((each) => types.has(each));
}
