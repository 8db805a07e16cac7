import { canonicalJson } from "../../runtime/manifest/canonical.ts";
import type { Judge } from "./judge.ts";
import { both, either, everything, type Language, literal, shortestWord } from "./language.ts";
import { languageOfLength, languageOfPattern } from "./pattern.ts";
import {
  type ArrayShape,
  itemOf,
  type NumberShape,
  type ObjectShape,
  propertyOf,
  type Schema,
  type Shape,
  type StringShape,
  shapesOf,
} from "./shapes.ts";

/** Values kept of one schema. */
const sampleLimit = 8;
/** Levels of a value below which none is made up: only schemas without small values go so deep. */
const depthLimit = 10;

/** Made once for each depth, or types that refer to themselves would ask for the same again and again. */
const made = new WeakMap<Judge, Map<string, readonly unknown[]>>();

/** A few values that ajv accepts, small ones first; none where none was found. */
export function samplesOf(schema: Schema, judge: Judge, depth = 0): readonly unknown[] {
  if (depth > depthLimit) return [];
  const known = made.get(judge) ?? new Map<string, readonly unknown[]>();
  made.set(judge, known);
  const key = `${depth} ${canonicalJson(schema)}`;
  const samples = known.get(key) ?? makeSamples(schema, judge, depth);
  known.set(key, samples);
  return samples;
}

function makeSamples(schema: Schema, judge: Judge, depth: number): readonly unknown[] {
  const shapes = shapesOf(schema, judge.root);
  // One of each shape before more of any.
  const found = shapes.map((shape) => valuesOf(shape, judge, depth));
  const longest = Math.max(0, ...found.map((values) => values.length));
  const mixed = Array.from({ length: longest }, (_, index) =>
    found.flatMap((values) => values.slice(index, index + 1)),
  );
  return distinct(mixed.flat())
    .filter((value) => judge.accepts(schema, value))
    .slice(0, sampleLimit);
}

/** A few values of a shape; not every one need fit it. */
export function valuesOf(shape: Shape, judge: Judge, depth = 0): readonly unknown[] {
  if (shape.values !== null) return shape.values;
  switch (shape.type) {
    case "string":
      return textsOf(shape);
    case "number":
      return numbersOf(shape);
    case "array":
      return [shape.minItems, Math.max(1, shape.minItems), shape.minItems + 1]
        .filter((length) => length <= shape.maxItems && length <= lengthLimit)
        .flatMap((length) => arraysOf(shape, length, judge, depth).slice(0, 2));
    case "object":
      return objectsOf(shape, judge, depth);
    default:
      return [];
  }
}

/** Items that a made-up array may have. */
const lengthLimit = 1000;

/** Values that texts of a format may have. */
const formats: Readonly<Record<string, readonly string[]>> = {
  date: ["2024-02-29", "1999-12-31"],
  time: ["12:30:00Z", "23:59:59+02:00"],
  "date-time": ["2024-02-29T12:30:00Z", "1999-12-31T23:59:59+02:00"],
  duration: ["P1D", "PT5M"],
  uri: ["https://a.example/", "urn:a:b"],
  "uri-reference": ["a", "/a"],
  "uri-template": ["https://a.example/{b}"],
  url: ["https://a.example/"],
  email: ["a@b.example"],
  hostname: ["a.example", "localhost"],
  ipv4: ["127.0.0.1"],
  ipv6: ["::1"],
  uuid: ["123e4567-e89b-12d3-a456-426614174000"],
  regex: ["a", "^b$"],
  "json-pointer": ["", "/a"],
  "relative-json-pointer": ["0", "1/a"],
  byte: ["", "YQ=="],
};

/** Readable ones first; then what limits and patterns ask for. */
function textsOf(shape: StringShape): readonly string[] {
  const known = shape.formats.flatMap((format) => formats[format] ?? []);
  const word = shortestWord(wideLanguage(shape));
  const usual = ["a", "", "Hello there", "0", "-1", "A", "a@b.example", "https://a.example/"];
  return [...known, ...usual, ...(typeof word === "string" ? [word] : [])];
}

/** At least the texts of a shape: formats are left out, and so is a pattern that is not regular. */
export function wideLanguage(shape: StringShape & { readonly values?: readonly unknown[] | null }): Language {
  const { values } = shape;
  return both(
    languageOfLength(shape.minLength, shape.maxLength),
    ...shape.patterns.map((pattern) => languageOfPattern(pattern) ?? everything),
    ...(values === null || values === undefined
      ? []
      : [either(...values.map((value) => literal(String(value))))]),
  );
}

/** Around the limits, on the steps and between them. */
export function numbersOf({ minimum, maximum, steps }: NumberShape): readonly number[] {
  const limits = [minimum, maximum].filter(Number.isFinite);
  const moves = [0, 1, -1, 0.5, -0.5, ...steps.flatMap((step) => [step, -step, 2 * step])];
  const near = limits.flatMap((limit) => moves.map((move) => limit + move));
  const multiples = steps.flatMap((step) => [
    step,
    2 * step,
    3 * step,
    -step,
    Math.ceil((Number.isFinite(minimum) ? minimum : 0) / step) * step,
    Math.floor((Number.isFinite(maximum) ? maximum : 0) / step) * step,
  ]);
  return distinct([0, 1, -1, 0.5, ...near, ...multiples, 1e6, -1e6, 1.5]);
}

/** Arrays of one length; empty where an item cannot be made up. */
export function arraysOf(shape: ArrayShape, length: number, judge: Judge, depth = 0): readonly unknown[][] {
  const made: unknown[] = [];
  for (let index = 0; index < length; index++) {
    const known = new Set(made.map(canonicalJson));
    const item = samplesOf(itemOf(shape, index), judge, depth + 1).find(
      (value) => !shape.isUnique || !known.has(canonicalJson(value)),
    );
    if (item === undefined) return [];
    made.push(item);
  }
  const other = length === 0 ? undefined : samplesOf(itemOf(shape, 0), judge, depth + 1).at(-1);
  return other === undefined ? [made] : [made, [other, ...made.slice(1)]];
}

/** With the least keys first, then with one more each, then with all; empty where a required value cannot be made up. */
export function objectsOf(
  shape: ObjectShape,
  judge: Judge,
  depth = 0,
): readonly Readonly<Record<string, unknown>>[] {
  const least: [string, unknown][] = [];
  for (const name of shape.required) {
    const [value] = samplesOf(propertyOf(shape, name), judge, depth + 1);
    if (value === undefined) return [];
    least.push([name, value]);
  }
  const optional = [...shape.properties.keys()]
    .filter((name) => !shape.required.has(name))
    .flatMap((name) =>
      samplesOf(propertyOf(shape, name), judge, depth + 1)
        .slice(0, 1)
        .map((value): [string, unknown] => [name, value]),
    );
  const free: [string, unknown][] = shape.properties.has("key")
    ? []
    : samplesOf(propertyOf(shape, "key"), judge, depth + 1)
        .slice(0, 1)
        .map((value) => ["key", value]);
  const more = [...optional, ...free];
  return [
    least,
    ...more.slice(0, sampleLimit - 2).map((entry) => [...least, entry]),
    [...least, ...more],
  ].map((entries) => Object.fromEntries(entries));
}

export function distinct<T>(values: readonly T[]): readonly T[] {
  const known = new Map<string, T>();
  for (const value of values) {
    const key = canonicalJson(value);
    if (!known.has(key)) known.set(key, value);
  }
  return [...known.values()];
}
