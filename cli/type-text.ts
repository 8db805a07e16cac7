import type { JsonSchema } from "../runtime/manifest/types.ts";
import { count } from "./text.ts";

/**
 * A JSON Schema (draft-07, as the compiler makes them) as a TypeScript-like type. References to the schema's own
 * definitions are written out; one that contains itself is named instead.
 */
export function typeText(schema: JsonSchema): string {
  const definitions = asSchema(schema.definitions) ?? {};
  return write(schema, definitions, []);
}

/** The inputs of a node in the order of its parameters: `(text: string, lang?: "en" | "de") -> {score: number}`. */
export function signatureText(inputs: JsonSchema, order: readonly string[], outputs: JsonSchema): string {
  const list = inputsOf(inputs, order).map(
    ({ name, type, isRequired }) => `${name}${isRequired ? "" : "?"}: ${type}`,
  );
  return `(${list.join(", ")}) -> ${typeText(outputs)}`;
}

export interface Input {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  /** Limits and default in words, such as `1 or more characters`. */
  readonly rules: readonly string[];
  readonly description: string;
}

export function inputsOf(inputs: JsonSchema, order: readonly string[]): readonly Input[] {
  const definitions = asSchema(inputs.definitions) ?? {};
  const properties = asSchema(inputs.properties) ?? {};
  const required = asList(inputs.required);
  return order.map((name) => {
    const schema = asSchema(properties[name]) ?? {};
    return {
      name,
      type: write(schema, definitions, []),
      isRequired: required.includes(name),
      rules: rulesOf(schema),
      description: typeof schema.description === "string" ? schema.description : "",
    };
  });
}

function write(schema: JsonSchema, definitions: JsonSchema, within: readonly string[]): string {
  const inner = (value: unknown) => {
    if (value === false) return "never";
    return write(asSchema(value) ?? {}, definitions, within);
  };
  if (typeof schema.$ref === "string") {
    const name = decodeURIComponent(schema.$ref.replace(/^#\/definitions\//, ""));
    const definition = asSchema(definitions[name]);
    return definition === null || within.includes(name)
      ? name
      : write(definition, definitions, [...within, name]);
  }
  if (Object.hasOwn(schema, "const")) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return union(schema.enum.map((value) => JSON.stringify(value)));
  const choice = asList(schema.anyOf ?? schema.oneOf);
  if (choice.length > 0) return union(choice.map(inner));
  const parts = asList(schema.allOf);
  if (parts.length > 0) return parts.map(inner).join(" & ");
  if (Array.isArray(schema.type)) {
    return union(schema.type.map((type) => write({ ...schema, type }, definitions, within)));
  }
  if (schema.type === "array") return list(schema, inner);
  if (schema.type === "object") return object(schema, inner);
  if (typeof schema.type !== "string") return "unknown";
  return typeof schema.format === "string" ? `${schema.type} (${schema.format})` : schema.type;
}

function union(members: readonly string[]): string {
  return [...new Set(members)].join(" | ");
}

function list(schema: JsonSchema, inner: (value: unknown) => string): string {
  if (Array.isArray(schema.items)) return `[${schema.items.map(inner).join(", ")}]`;
  const item = inner(schema.items);
  return / [|&] /.test(item) ? `(${item})[]` : `${item}[]`;
}

function object(schema: JsonSchema, inner: (value: unknown) => string): string {
  const required = asList(schema.required);
  const members = Object.entries(asSchema(schema.properties) ?? {}).map(
    ([name, value]) => `${name}${required.includes(name) ? "" : "?"}: ${inner(value)}`,
  );
  const rest = schema.additionalProperties;
  const hasNamed = members.length > 0;
  // Where properties are named, further ones are only worth a word when they have a type.
  if (asSchema(rest) !== null) members.push(`[key: string]: ${inner(rest)}`);
  else if (rest !== false && !hasNamed) members.push("[key: string]: unknown");
  return `{${members.join("; ")}}`;
}

function rulesOf(schema: JsonSchema): readonly string[] {
  const rules: string[] = [];
  const range = (low: unknown, high: unknown, noun: string | null) => {
    const unit = (amount: number) => (noun === null ? String(amount) : count(amount, noun));
    if (typeof low === "number" && typeof high === "number") rules.push(`${low} to ${unit(high)}`);
    else if (typeof low === "number")
      rules.push(noun === null ? `${low} or more` : `${low} or more ${noun}s`);
    else if (typeof high === "number") rules.push(`at most ${unit(high)}`);
  };
  range(schema.minLength, schema.maxLength, "character");
  range(schema.minItems, schema.maxItems, "item");
  range(schema.minimum, schema.maximum, null);
  if (typeof schema.exclusiveMinimum === "number") rules.push(`above ${schema.exclusiveMinimum}`);
  if (typeof schema.exclusiveMaximum === "number") rules.push(`below ${schema.exclusiveMaximum}`);
  if (typeof schema.multipleOf === "number") rules.push(`a multiple of ${schema.multipleOf}`);
  if (typeof schema.pattern === "string") rules.push(`matching /${schema.pattern}/`);
  if (schema.default !== undefined) rules.push(`default ${JSON.stringify(schema.default)}`);
  return rules;
}

function asSchema(value: unknown): JsonSchema | null {
  // An object that is no array is a schema, as far as showing it is concerned.
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonSchema) : null;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
