import type { JsonSchema } from "../../runtime/manifest/types.ts";
import { definitionOf } from "./definitions.ts";
import type { Comment, Tag } from "./shapes.ts";
import { readTag, type TagDefinition, tagDefinition, wanted } from "./tags.ts";

/** A default or an example, to be checked once the schema is whole. */
export interface Sample {
  readonly schema: JsonSchema;
  readonly value: unknown;
  readonly tag: Tag;
}

export interface CommentSink {
  fault(tag: Tag, reason: string): void;
  sample(sample: Sample): void;
}

/**
 * The schema with what comments say: description, keywords of tags. `comments` come nearest first, and the nearest
 * description and title win; constraints all hold.
 */
export function annotate(
  schema: JsonSchema,
  comments: readonly Comment[],
  name: string,
  sink: CommentSink,
): JsonSchema {
  let result = schema;
  for (const comment of comments.toReversed()) {
    if (comment.text !== "") result = withKeyword(result, "description", comment.text);
    const examples: unknown[] = [];
    for (const tag of comment.tags) {
      const definition = tagDefinition(tag.name);
      if (definition === null) continue;
      const value = readTag(tag.name, definition.kind, tag.text);
      if (value === undefined) {
        sink.fault(tag, `needs ${wanted[definition.kind]}`);
      } else if (definition.kind === "json") {
        const sample = asTyped(value, tag.text, result);
        sink.sample({ schema, value: sample, tag });
        if (tag.name === "default") result = withKeyword(result, "default", sample);
        else examples.push(sample);
      } else if (definition.applies.length === 0) {
        result = withKeyword(result, tag.name, value);
      } else {
        const constrained = constrain(result, tag.name, value, definition);
        if (constrained === null)
          sink.fault(tag, `does not apply to \`${name}\`, which is ${kindOf(schema)}`);
        else result = constrained;
      }
    }
    if (examples.length > 0) result = withKeyword(result, "examples", examples);
  }
  const last = comments[0]?.tags.at(-1);
  const conflict = last === undefined ? null : conflictOf(result);
  if (conflict !== null && last !== undefined)
    sink.fault(
      comments[0]?.tags.find((tag) => tag.name === conflict[1]) ?? last,
      `contradicts \`@${conflict[0]}\``,
    );
  return result;
}

/** Beside a `$ref` draft-07 reads nothing, so the reference moves into `allOf`. */
export function withKeyword(schema: JsonSchema, keyword: string, value: unknown): JsonSchema {
  if (schema.$ref === undefined) return { ...schema, [keyword]: value };
  return { allOf: [schema], [keyword]: value };
}

/** Adds a constraint where it applies; null where it applies nowhere. */
function constrain(
  schema: JsonSchema,
  keyword: string,
  value: unknown,
  definition: TagDefinition,
): JsonSchema | null {
  const target = definitionOf(schema);
  if (target !== null) {
    if (target.kind === null || !definition.applies.includes(target.kind)) return null;
    return { allOf: [schema], type: target.kind, [keyword]: value };
  }
  if ([schema.type].flat().some((type) => definition.applies.includes(String(type)))) {
    // The type's own pattern or length stays; a format replaces the one that a Date brings.
    if (schema[keyword] === undefined || keyword === "format") return { ...schema, [keyword]: value };
    return { ...schema, allOf: [...listOf(schema.allOf), { [keyword]: value }] };
  }
  for (const key of ["anyOf", "oneOf", "allOf"]) {
    const parts = listOf(schema[key]);
    const constrained = parts.map((part) => constrain(part, keyword, value, definition));
    if (constrained.some((part) => part !== null))
      return { ...schema, [key]: constrained.map((part, index) => part ?? parts[index]) };
  }
  return null;
}

function listOf(value: unknown): readonly JsonSchema[] {
  return Array.isArray(value) ? (value as readonly JsonSchema[]) : [];
}

function kindOf(schema: JsonSchema): string {
  const kind = definitionOf(schema)?.kind ?? schema.type;
  const types = [kind ?? "of several types"].flat().map(String);
  return types
    .join(" or ")
    .replace(/^(array|object|integer)$/, "an $1")
    .replace(/^(string|number|boolean)$/, "a $1");
}

const bounds: readonly (readonly [string, string])[] = [
  ["minimum", "maximum"],
  ["exclusiveMinimum", "exclusiveMaximum"],
  ["minLength", "maxLength"],
  ["minItems", "maxItems"],
  ["minProperties", "maxProperties"],
];

/** Two limits that no value keeps: the schema would refuse everything. */
function conflictOf(schema: JsonSchema): readonly [string, string] | null {
  for (const pair of bounds) {
    const [low, high] = [schema[pair[0]], schema[pair[1]]];
    if (typeof low === "number" && typeof high === "number" && low > high) return pair;
  }
  return null;
}

/** `@example 2024` on a text is the text. */
function asTyped(value: unknown, text: string, schema: JsonSchema): unknown {
  const types = [schema.type].flat().map(String);
  if (types[0] === "undefined" || !types.includes("string")) return value;
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return types.includes(kind) || (kind === "number" && types.includes("integer")) ? value : text;
}
