/**
 * A JSON Schema (draft-07) as a list of shapes, one JSON type each, whose union is what the schema accepts. References
 * are followed as far as one level of the value goes, so that schemas that contain themselves end.
 */
import { canonicalJson } from "../../runtime/manifest/canonical.ts";
import type { JsonSchema } from "../../runtime/manifest/types.ts";

export type Schema = boolean | JsonSchema;

export interface StringShape {
  readonly type: "string";
  /** In code points. */
  readonly minLength: number;
  readonly maxLength: number;
  readonly patterns: readonly string[];
  readonly formats: readonly string[];
}

export interface NumberShape {
  readonly type: "number";
  readonly minimum: number;
  readonly maximum: number;
  /** Whether the limit itself is out. */
  readonly isMinimumOpen: boolean;
  readonly isMaximumOpen: boolean;
  /** A value is a multiple of each; whole numbers have 1. */
  readonly steps: readonly number[];
}

export interface ArrayShape {
  readonly type: "array";
  /** Schemas of the first items; `rest` is that of all after them. */
  readonly first: readonly Schema[];
  readonly rest: Schema;
  readonly minItems: number;
  readonly maxItems: number;
  readonly isUnique: boolean;
}

export interface ObjectShape {
  readonly type: "object";
  readonly properties: ReadonlyMap<string, Schema>;
  readonly patterns: readonly (readonly [string, Schema])[];
  /** Of every key that neither `properties` nor `patterns` names. */
  readonly rest: Schema;
  readonly required: ReadonlySet<string>;
  readonly minProperties: number;
  readonly maxProperties: number;
}

export interface PlainShape {
  readonly type: "null" | "boolean";
}

export type Shape = (StringShape | NumberShape | ArrayShape | ObjectShape | PlainShape) & {
  /** The only values, where they are known one by one. They need not all fit the rest of the shape. */
  readonly values: readonly unknown[] | null;
  /** Keywords that shapes cannot express, as written with all they refer to: equal texts mean the same. */
  readonly opaque: ReadonlySet<string>;
};

export type ShapeType = Shape["type"];

const shapeTypes: readonly ShapeType[] = ["null", "boolean", "string", "number", "array", "object"];

/** Says that a schema is beyond what is compared; caught where a comparison can be reported as not proven. */
export class TooComplex extends Error {}

/** More shapes than this are not told apart. */
const shapeLimit = 256;
/** References followed without taking a value apart. */
const referenceLimit = 32;

/** What is said of a value beside what it must be. */
const annotations = new Set([
  "$schema",
  "$id",
  "$comment",
  "definitions",
  "title",
  "description",
  "default",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
]);

/** Keywords that `own` and `contain.ts` understand. */
const understood = new Set([
  "$ref",
  "type",
  "enum",
  "const",
  "allOf",
  "anyOf",
  "oneOf",
  "minLength",
  "maxLength",
  "pattern",
  "format",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "items",
  "additionalItems",
  "minItems",
  "maxItems",
  "uniqueItems",
  "properties",
  "patternProperties",
  "additionalProperties",
  "required",
  "minProperties",
  "maxProperties",
]);

/** Formats of numbers, which limit them in ways of their own. */
const numberFormats = new Set(["int32", "int64", "float", "double"]);

export function isSchemaObject(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is no schema at all would not have become a validator, so that it is read as one without any rule. */
export function asSchema(value: unknown): Schema {
  return typeof value === "boolean" || isSchemaObject(value) ? value : true;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function schemasOf(value: unknown): readonly Schema[] {
  return listOf(value).map(asSchema);
}

/** The schema behind a reference, in the definitions of `root`. */
export function resolve(reference: string, root: JsonSchema): Schema {
  const name = /^#\/definitions\/([^/]+)$/.exec(reference)?.[1];
  const key = name === undefined ? "" : decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~");
  const definitions = root.definitions;
  if (!isSchemaObject(definitions) || !Object.hasOwn(definitions, key))
    throw new TooComplex(`\`${reference}\` leads to no definition`);
  return asSchema(definitions[key]);
}

/**
 * The shapes of a schema. Their union accepts at least what the schema accepts: of `oneOf` the overlaps stay in, and
 * so does what only a keyword in `opaque` keeps out.
 */
export function shapesOf(schema: Schema, root: JsonSchema, depth = 0): readonly Shape[] {
  if (depth > referenceLimit) throw new TooComplex("it refers to itself without end");
  if (schema === false || isNever(schema)) return [];
  if (schema === true) return shapeTypes.map((type) => ownShape({}, type, new Set()));
  let shapes = own(schema, root);
  const restrict = (others: readonly Shape[]): void => {
    shapes = shapes.flatMap((shape) =>
      others.flatMap((other) => {
        const found = intersect(shape, other);
        return found === null ? [] : [found];
      }),
    );
    if (shapes.length > shapeLimit) throw new TooComplex("it has too many alternatives");
  };
  if (typeof schema.$ref === "string") restrict(shapesOf(resolve(schema.$ref, root), root, depth + 1));
  for (const part of schemasOf(schema.allOf)) restrict(shapesOf(part, root, depth + 1));
  for (const keyword of ["anyOf", "oneOf"] as const)
    if (Array.isArray(schema[keyword]))
      restrict(schemasOf(schema[keyword]).flatMap((part) => shapesOf(part, root, depth + 1)));
  return shapes.filter((shape) => !isEmpty(shape));
}

/** A schema that says outright that nothing fits. */
function isNever(schema: Schema): boolean {
  if (typeof schema === "boolean") return !schema;
  const { not } = schema;
  return not === true || (isSchemaObject(not) && Object.keys(not).length === 0);
}

/** Whether limits that contradict each other, or a required value that cannot be, leave nothing. */
function isEmpty(shape: Shape): boolean {
  switch (shape.type) {
    case "string":
      return shape.minLength > shape.maxLength;
    case "number":
      return (
        shape.minimum > shape.maximum ||
        (shape.minimum === shape.maximum && (shape.isMinimumOpen || shape.isMaximumOpen))
      );
    case "array":
      return shape.minItems > shape.maxItems;
    case "object":
      return [...shape.required].some((name) => isNever(propertyOf(shape, name)));
    default:
      return false;
  }
}

function own(schema: JsonSchema, root: JsonSchema): readonly Shape[] {
  const opaque = new Set(opaqueKeywords(schema, root).map(({ text }) => text));
  // Read as `anyOf` above; said here for a comparison with the very same one.
  if (Array.isArray(schema.oneOf)) opaque.add(textOf({ oneOf: schema.oneOf }, root));
  const values = valuesOf(schema);
  const types = typesOf(schema);
  return types
    .map((type) => ownShape(schema, type, opaque))
    .flatMap((shape): readonly Shape[] => {
      if (values === null) return [shape];
      const fitting = values.filter((value) => typeOf(value) === shape.type);
      return fitting.length === 0 ? [] : [{ ...shape, values: fitting }];
    });
}

/** Without `type` every type is allowed; `integer` is a number with the step 1. */
export function typesOf(schema: JsonSchema): readonly ShapeType[] {
  if (schema.type === undefined) return shapeTypes;
  const given = Array.isArray(schema.type) ? schema.type : [schema.type];
  return shapeTypes.filter(
    (type) => given.includes(type) || (type === "number" && given.includes("integer")),
  );
}

/** Null where values are not listed one by one. */
export function valuesOf(schema: JsonSchema): readonly unknown[] | null {
  if (Object.hasOwn(schema, "const")) return [schema.const];
  return Array.isArray(schema.enum) ? schema.enum : null;
}

export function typeOf(value: unknown): ShapeType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const type = typeof value;
  if (type === "string" || type === "number" || type === "boolean") return type;
  return "object";
}

export function ownShape(schema: JsonSchema, type: ShapeType, opaque: ReadonlySet<string>): Shape {
  const number = (keyword: string, otherwise: number): number => {
    const value = schema[keyword];
    return typeof value === "number" ? value : otherwise;
  };
  const texts = (keyword: string): readonly string[] => {
    const value = schema[keyword];
    return typeof value === "string" ? [value] : [];
  };
  const any = { values: null, opaque };
  switch (type) {
    case "null":
      return { type, values: [null], opaque };
    case "boolean":
      return { type, values: [false, true], opaque };
    case "string":
      return {
        ...any,
        type,
        minLength: number("minLength", 0),
        maxLength: number("maxLength", Number.POSITIVE_INFINITY),
        patterns: texts("pattern"),
        formats: texts("format").filter((name) => !numberFormats.has(name)),
      };
    case "number":
      return { ...any, ...numberShape(schema) };
    case "array": {
      const isTuple = Array.isArray(schema.items);
      return {
        ...any,
        type,
        first: isTuple ? schemasOf(schema.items) : [],
        rest: asSchema(isTuple ? schema.additionalItems : schema.items),
        minItems: number("minItems", 0),
        maxItems: number("maxItems", Number.POSITIVE_INFINITY),
        isUnique: schema.uniqueItems === true,
      };
    }
    case "object": {
      const entries = (keyword: string): readonly (readonly [string, Schema])[] => {
        const value = schema[keyword];
        return isSchemaObject(value)
          ? Object.entries(value).map(([key, part]) => [key, asSchema(part)] as const)
          : [];
      };
      return {
        ...any,
        type,
        properties: new Map(entries("properties")),
        patterns: entries("patternProperties"),
        rest: asSchema(schema.additionalProperties),
        required: new Set(listOf(schema.required).map(String)),
        minProperties: number("minProperties", 0),
        maxProperties: number("maxProperties", Number.POSITIVE_INFINITY),
      };
    }
  }
}

function numberShape(schema: JsonSchema): NumberShape {
  const given = (keyword: string): number | null => {
    const value = schema[keyword];
    return typeof value === "number" ? value : null;
  };
  const [low, openLow] = [given("minimum"), given("exclusiveMinimum")];
  const [high, openHigh] = [given("maximum"), given("exclusiveMaximum")];
  const isMinimumOpen = openLow !== null && (low === null || openLow >= low);
  const isMaximumOpen = openHigh !== null && (high === null || openHigh <= high);
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  const isWhole = types.includes("integer") && !types.includes("number");
  const step = given("multipleOf");
  return whole({
    type: "number",
    minimum: (isMinimumOpen ? openLow : low) ?? Number.NEGATIVE_INFINITY,
    maximum: (isMaximumOpen ? openHigh : high) ?? Number.POSITIVE_INFINITY,
    isMinimumOpen,
    isMaximumOpen,
    steps: [...(isWhole ? [1] : []), ...(step === null ? [] : [step])],
  });
}

/** Limits of whole numbers are whole and closed, so that `> 0` and `>= 1` are the same. */
function whole(shape: NumberShape): NumberShape {
  if (!shape.steps.some((step) => Number.isInteger(step))) return shape;
  const { minimum, maximum, isMinimumOpen, isMaximumOpen } = shape;
  return {
    ...shape,
    minimum: isMinimumOpen ? Math.floor(minimum) + 1 : Math.ceil(minimum),
    maximum: isMaximumOpen ? Math.ceil(maximum) - 1 : Math.floor(maximum),
    isMinimumOpen: false,
    isMaximumOpen: false,
  };
}

/** What both accept, or more where object patterns and other keys of the two overlap; null where the types differ. */
function intersect(a: Shape, b: Shape): Shape | null {
  const values = commonValues(a.values, b.values);
  if (values !== null && values.length === 0) return null;
  const common = { values, opaque: new Set([...a.opaque, ...b.opaque]) };
  if (a.type === "string" && b.type === "string")
    return {
      ...common,
      type: "string",
      minLength: Math.max(a.minLength, b.minLength),
      maxLength: Math.min(a.maxLength, b.maxLength),
      patterns: [...new Set([...a.patterns, ...b.patterns])],
      formats: [...new Set([...a.formats, ...b.formats])],
    };
  if (a.type === "number" && b.type === "number") {
    const low = a.minimum > b.minimum || (a.minimum === b.minimum && a.isMinimumOpen) ? a : b;
    const high = a.maximum < b.maximum || (a.maximum === b.maximum && a.isMaximumOpen) ? a : b;
    const { minimum, isMinimumOpen } = low;
    const { maximum, isMaximumOpen } = high;
    const steps = [...new Set([...a.steps, ...b.steps])];
    return { ...common, ...whole({ type: "number", minimum, maximum, isMinimumOpen, isMaximumOpen, steps }) };
  }
  if (a.type === "array" && b.type === "array")
    return {
      ...common,
      type: "array",
      first: Array.from({ length: Math.max(a.first.length, b.first.length) }, (_, index) =>
        allOf(itemOf(a, index), itemOf(b, index)),
      ),
      rest: allOf(a.rest, b.rest),
      minItems: Math.max(a.minItems, b.minItems),
      maxItems: Math.min(a.maxItems, b.maxItems),
      isUnique: a.isUnique || b.isUnique,
    };
  if (a.type === "object" && b.type === "object") {
    const names = new Set([...a.properties.keys(), ...b.properties.keys()]);
    return {
      ...common,
      type: "object",
      properties: new Map(
        [...names].map((name) => [name, allOf(propertyOf(a, name), propertyOf(b, name))] as const),
      ),
      patterns: [...a.patterns, ...b.patterns],
      rest: allOf(a.rest, b.rest),
      required: new Set([...a.required, ...b.required]),
      minProperties: Math.max(a.minProperties, b.minProperties),
      maxProperties: Math.min(a.maxProperties, b.maxProperties),
    };
  }
  if (a.type === b.type && (a.type === "null" || a.type === "boolean")) return { ...common, type: a.type };
  return null;
}

function commonValues(a: readonly unknown[] | null, b: readonly unknown[] | null): readonly unknown[] | null {
  if (a === null || b === null) return a ?? b;
  const known = new Set(b.map(canonicalJson));
  return a.filter((value) => known.has(canonicalJson(value)));
}

export function allOf(...schemas: readonly Schema[]): Schema {
  if (schemas.includes(false)) return false;
  const parts = new Map(
    schemas.filter((schema) => schema !== true).map((schema) => [canonicalJson(schema), schema]),
  );
  const [only] = parts.values();
  if (only === undefined) return true;
  return parts.size === 1 ? only : { allOf: [...parts.values()] };
}

export function itemOf(shape: ArrayShape, index: number): Schema {
  return shape.first[index] ?? shape.rest;
}

/** What the value of a key must be; of a key that is in `properties`, or that stands for none of them. */
export function propertyOf(shape: ObjectShape, name: string): Schema {
  const named = shape.properties.get(name);
  const matching = shape.patterns.filter(([pattern]) => new RegExp(pattern, "u").test(name));
  const parts = [...(named === undefined ? [] : [named]), ...matching.map(([, schema]) => schema)];
  return parts.length === 0 ? shape.rest : allOf(...parts);
}

/** Keywords that are compared as texts only, each with what it refers to. */
export function opaqueKeywords(
  schema: JsonSchema,
  root: JsonSchema,
): readonly { readonly keyword: string; readonly text: string }[] {
  return Object.keys(schema)
    .filter((keyword) => !understood.has(keyword) || isNumberFormat(keyword, schema[keyword]))
    .filter((keyword) => !annotations.has(keyword) && !keyword.startsWith("x-"))
    .filter((keyword) => keyword !== "then" && keyword !== "else")
    .map((keyword) => {
      const parts = keyword === "if" ? ["if", "then", "else"] : [keyword];
      const value = Object.fromEntries(parts.map((part) => [part, schema[part]]));
      return { keyword, text: textOf(value, root) };
    });
}

function isNumberFormat(keyword: string, value: unknown): boolean {
  return keyword === "format" && typeof value === "string" && numberFormats.has(value);
}

/** A part of a schema with the definitions that it needs, as one text. */
export function textOf(value: unknown, root: JsonSchema): string {
  const needed: Record<string, unknown> = {};
  const collect = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(collect);
    if (!isSchemaObject(part)) return;
    for (const [key, child] of Object.entries(part)) {
      if (key === "$ref" && typeof child === "string" && !Object.hasOwn(needed, child)) {
        needed[child] = resolve(child, root);
        collect(needed[child]);
      } else collect(child);
    }
  };
  collect(value);
  return canonicalJson({ value, needed });
}
