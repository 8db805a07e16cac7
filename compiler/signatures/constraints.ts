import type { JsonSchema } from "../../runtime/manifest/types.ts";
import { definitionOf } from "./definitions.ts";
import { literalIn } from "./literals.ts";
import type { Comment, Tag } from "./shapes.ts";
import { insteadOf, keywordOf, readTag, tagDefinition, tagOfItems, wanted } from "./tags.ts";

/** A default or an example, to be checked once the schema is whole. */
export interface Sample {
  readonly schema: JsonSchema;
  readonly value: unknown;
  readonly tag: Tag;
}

export interface CommentSink {
  /** Whether it stands in the plugin's own sources. */
  isOwn(tag: Tag): boolean;
  /** A tag that cannot be what it says. */
  fault(tag: Tag, reason: string): void;
  /** A tag that looks as if it said something of the schema, and does not. */
  unread(tag: Tag, help: string): void;
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
    for (const tag of comment.tags) result = withTag(result, tag, { schema, name, sink, examples });
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

interface Annotated {
  /** Before its comments: samples are of the type alone. */
  readonly schema: JsonSchema;
  readonly name: string;
  readonly sink: CommentSink;
  /** Filled with the examples of one comment. */
  readonly examples: unknown[];
}

function withTag(result: JsonSchema, tag: Tag, annotated: Annotated): JsonSchema {
  const { schema, name, sink, examples } = annotated;
  const ofItems = tagOfItems(tag.name);
  if (ofItems !== null) return withItems(result, tag, { ...tag, name: ofItems }, annotated);
  const definition = tagDefinition(tag.name);
  if (definition === null) {
    const help = insteadOf(tag.name, tag.text);
    if (help !== null) sink.unread(tag, help);
    return result;
  }
  const value = readTag(tag.name, definition.kind, tag.text);
  const keyword = keywordOf(tag.name, definition);
  if (value === null && definition.kind !== "default" && definition.kind !== "example") return result;
  if (value === undefined) {
    sink.fault(tag, `needs ${wanted[definition.kind]}`);
    return result;
  }
  switch (definition.kind) {
    case "default":
    case "example":
    case "examples": {
      const values = definition.kind === "examples" ? (value as readonly unknown[]) : [value];
      const typed = values.map((one) => asTyped(one, tag.text, result));
      // Packages describe their defaults in prose, and ajv fills in what stands here.
      if (
        !sink.isOwn(tag) &&
        !(literalIn(tag.text) !== undefined && typed.every((one) => isPlainly(one, schema)))
      )
        return result;
      for (const one of typed) sink.sample({ schema, value: one, tag });
      if (definition.kind === "default") return withKeyword(result, keyword, typed[0]);
      examples.push(...typed);
      return result;
    }
    case "tags": {
      const parts = Object.entries(value as object).map(([key, part]) => ({
        ...tag,
        name: key,
        text: typeof part === "string" ? part : JSON.stringify(part),
      }));
      return parts.reduce((sum, part) => withItems(sum, tag, part, annotated), result);
    }
  }
  if (keyword === "deprecated" && tag.text !== "" && tag.text !== "true") {
    const known = typeof result.description === "string" ? result.description.split("\n") : [];
    const lines = new Set([...known, `Deprecated: ${tag.text}`]);
    const described = withKeyword(result, "description", [...lines].join("\n"));
    return withKeyword(described, keyword, value);
  }
  if (definition.applies.length === 0) return withKeyword(result, keyword, value);
  const change = definition.kind === "whole" ? asWhole : withConstraint(keyword, value);
  const constrained = constrain(result, definition.applies, change);
  if (constrained === null && !tag.isInherited)
    sink.fault(tag, `does not apply to \`${name}\`, which is ${kindOf(schema)}`);
  return constrained ?? result;
}

/** What `part` says, said of the items of an array. */
function withItems(result: JsonSchema, tag: Tag, part: Tag, { schema, name, sink }: Annotated): JsonSchema {
  const change: Change = (array) => {
    const { items } = array;
    if (typeof items !== "object" || items === null || Array.isArray(items)) return null;
    const inner = { schema: items as JsonSchema, name: `${name}[]`, sink, examples: [] };
    return { ...array, items: withTag(items as JsonSchema, part, inner) };
  };
  const constrained = constrain(result, ["array"], change);
  if (constrained === null) sink.fault(tag, `does not apply to \`${name}\`, which is ${kindOf(schema)}`);
  return constrained ?? result;
}

/** Beside a `$ref` draft-07 reads nothing, so the reference moves into `allOf`. */
export function withKeyword(schema: JsonSchema, keyword: string, value: unknown): JsonSchema {
  if (schema.$ref === undefined) return { ...schema, [keyword]: value };
  return { allOf: [schema], [keyword]: value };
}

/** A schema of one type with more to say; null where it cannot be said. */
type Change = (schema: JsonSchema) => JsonSchema | null;

function withConstraint(keyword: string, value: unknown): Change {
  return (schema) => {
    // The type's own pattern or length stays; a format replaces the one that a Date brings.
    if (schema[keyword] === undefined || keyword === "format") return { ...schema, [keyword]: value };
    // An alias may be met twice on the way to one type.
    const more = listOf(schema.allOf);
    if ([schema, ...more].some((part) => part[keyword] === value)) return schema;
    return { ...schema, allOf: [...more, { [keyword]: value }] };
  };
}

const asWhole: Change = (schema) => ({
  ...schema,
  type: Array.isArray(schema.type)
    ? schema.type.map((type) => (type === "number" ? "integer" : type))
    : "integer",
});

/** Changes a schema wherever it is of one of these types; null where it is nowhere. */
function constrain(schema: JsonSchema, applies: readonly string[], change: Change): JsonSchema | null {
  const target = definitionOf(schema);
  if (target !== null) {
    if (target.kind === null || !applies.includes(target.kind)) return null;
    const changed = change({ type: target.kind });
    return changed === null ? null : { ...changed, allOf: [schema] };
  }
  if ([schema.type].flat().some((type) => applies.includes(String(type)))) return change(schema);
  for (const key of ["anyOf", "oneOf", "allOf"]) {
    const parts = listOf(schema[key]);
    const constrained = parts.map((part) => constrain(part, applies, change));
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

/** Whether a scalar is surely of a type, without a look at patterns and references. */
function isPlainly(value: unknown, { type, const: only, enum: some }: JsonSchema): boolean {
  if (only !== undefined) return value === only;
  if (Array.isArray(some)) return some.includes(value);
  return [type].flat().includes(value === null ? "null" : typeof value);
}

/** `@example 2024` on a text is the text. */
function asTyped(value: unknown, text: string, schema: JsonSchema): unknown {
  const types = [schema.type].flat().map(String);
  if (types[0] === "undefined" || !types.includes("string")) return value;
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return types.includes(kind) || (kind === "number" && types.includes("integer")) ? value : text;
}
