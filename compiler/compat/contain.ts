/**
 * Decides whether one schema accepts every value that another accepts. What is reported as no difference is proven;
 * what is reported as one comes with values to try, because only a value that ajv tells apart proves a difference.
 */
import { isMultiple } from "./decimal.ts";
import { isDisjoint } from "./disjoint.ts";
import type { Judge } from "./judge.ts";
import { otherKeys } from "./keys.ts";
import { both, either, everything, type Language, literal, none, not, shortestWord } from "./language.ts";
import { languageOfLength, languageOfPattern } from "./pattern.ts";
import { arraysOf, numbersOf, objectsOf, samplesOf, valuesOf, wideLanguage } from "./samples.ts";
import {
  type ArrayShape,
  allOf,
  isSchemaObject,
  itemOf,
  valuesOf as listedValues,
  type NumberShape,
  type ObjectShape,
  opaqueKeywords,
  ownShape,
  propertyOf,
  resolve,
  type Schema,
  type Shape,
  type ShapeType,
  type StringShape,
  schemasOf,
  shapesOf,
  TooComplex,
  textOf,
  typesOf,
} from "./shapes.ts";
import { countWords, formatWords, lengthWords, patternWords, rangeWords, stepWords, words } from "./words.ts";

/** In what two schemas differ at one place. */
export type Rule =
  | "type"
  | "value"
  | "length"
  | "pattern"
  | "format"
  | "range"
  | "step"
  | "items"
  | "unique"
  | "required"
  | "unknown-key"
  | "properties"
  | "keyword";

export interface Difference {
  /** Keys down to the place; `*` stands for any item or any other key. */
  readonly path: readonly string[];
  readonly rule: Rule;
  /** What the first schema accepts here, and what the second does, in words. */
  readonly wide: string;
  readonly narrow: string;
  /** Whole values that may show it, likely ones first. Not verified. */
  readonly candidates: readonly unknown[];
}

/** Every place where `wide` accepts a value that `narrow` may refuse; empty when there is proven to be none. */
export function findDifferences(wide: Judge, narrow: Judge): readonly Difference[] {
  const context = {
    wide,
    narrow,
    assumed: new Set<string>(),
    steps: { left: stepLimit },
    isFilled: true,
    references: 0,
  };
  return contains(wide.root, narrow.root, context);
}

/** Pairs of schemas looked at before a comparison is given up. */
const stepLimit = 20_000;
const referenceLimit = 32;
/** Candidates handed up from one place. */
const candidateLimit = 24;

interface Context {
  readonly wide: Judge;
  readonly narrow: Judge;
  /** Pairs being compared above, at smaller values: what holds for them is what is being shown. */
  readonly assumed: ReadonlySet<string>;
  readonly steps: { left: number };
  /** Whether the narrow side fills in its defaults here; ajv does not within alternatives. */
  readonly isFilled: boolean;
  /** References of the narrow side followed at this place. */
  readonly references: number;
}

/** What is compared at one place: a shape of the wide side, and the schema that it came from. */
interface Subject {
  readonly shape: Shape;
  readonly schema: Schema;
}

function contains(wide: Schema, narrow: Schema, context: Context): readonly Difference[] {
  if (narrow === true) return [];
  const texts = [textOf(wide, context.wide.root), textOf(narrow, context.narrow.root)];
  if (texts[0] === texts[1]) return [];
  const key = texts.join("");
  // A value holds itself only through smaller ones, so that this is an induction over its size.
  if (context.assumed.has(key)) return [];
  spend(context);
  const inner = { ...context, assumed: new Set([...context.assumed, key]), references: 0 };
  return merge(
    shapesOf(wide, context.wide.root).flatMap((shape) =>
      check({ shape: listed(shape), schema: wide }, narrow, inner),
    ),
  );
}

/** A short range of whole numbers, as the numbers themselves. */
function listed(shape: Shape): Shape {
  if (shape.type !== "number" || shape.values !== null || !shape.steps.includes(1)) return shape;
  const length = shape.maximum - shape.minimum + 1;
  if (!(length <= 100)) return shape;
  return {
    ...shape,
    values: Array.from({ length: Math.max(0, length) }, (_, index) => shape.minimum + index),
  };
}

function spend({ steps }: Context): void {
  steps.left -= 1;
  if (steps.left < 0) throw new TooComplex("it has too many parts");
}

/** One entry for what several shapes differ in alike. */
function merge(differences: readonly Difference[]): readonly Difference[] {
  const known = new Map<string, Difference>();
  for (const difference of differences) {
    const key = JSON.stringify([difference.path, difference.rule, difference.narrow]);
    const other = known.get(key);
    if (other === undefined) known.set(key, difference);
    else
      known.set(key, {
        ...other,
        wide: [...new Set([...other.wide.split(" or "), ...difference.wide.split(" or ")])].join(" or "),
        candidates: [...other.candidates, ...difference.candidates].slice(0, candidateLimit),
      });
  }
  return [...known.values()];
}

function check(subject: Subject, narrow: Schema, context: Context): readonly Difference[] {
  const { shape, schema } = subject;
  if (narrow === true) return [];
  if (shape.values !== null) return checkValues(shape.values, subject, narrow, context);
  const here = (rule: Rule, wide: string, less: string, values: readonly unknown[] = []): Difference => ({
    path: [],
    rule,
    wide,
    narrow: less,
    candidates: accepted(
      [...values, ...samplesOf(schema, context.wide), ...valuesOf(shape, context.wide)],
      subject,
      context,
    ),
  });
  if (narrow === false) return [here("type", words(shape), "nothing")];
  if (shape.type === "string" && isTextIn(shape, narrow, context.narrow)) return [];
  spend(context);

  const differences: Difference[] = [];
  if (typeof narrow.$ref === "string") {
    if (context.references > referenceLimit) throw new TooComplex("it refers to itself without end");
    const inner = { ...context, references: context.references + 1 };
    differences.push(...check(subject, resolve(narrow.$ref, context.narrow.root), inner));
  }
  for (const part of schemasOf(narrow.allOf)) differences.push(...check(subject, part, context));
  if (Array.isArray(narrow.anyOf))
    differences.push(...checkEither(subject, schemasOf(narrow.anyOf), context));
  if (Array.isArray(narrow.oneOf)) {
    const parts = schemasOf(narrow.oneOf);
    if (isDisjoint(parts, context.narrow)) differences.push(...checkEither(subject, parts, context));
    else if (!shape.opaque.has(textOf({ oneOf: narrow.oneOf }, context.narrow.root)))
      differences.push(here("keyword", "", "oneOf"));
  }
  if (!typesOf(narrow).includes(shape.type))
    return [...differences, here("type", words(shape), typesOf(narrow).join(" or "))];
  const only = listedValues(narrow);
  if (only !== null) {
    const values = only.map((value) => JSON.stringify(value)).join(", ");
    const word = shape.type === "string" ? otherText(shape, only) : [];
    differences.push(here("value", words(shape), values, word));
  }
  for (const { keyword, text } of opaqueKeywords(narrow, context.narrow.root)) {
    const isAbout = keywordTypes[keyword] ?? shape.type;
    if (isAbout === shape.type && !shape.opaque.has(text))
      differences.push(here("keyword", "", keyword, literalsIn(narrow[keyword])));
  }
  // Null and booleans are values; none of these has more to compare.
  const own = ownShape(narrow, shape.type, new Set());
  if (shape.type === "string" && own.type === "string") differences.push(...checkText(shape, own, here));
  if (shape.type === "number" && own.type === "number") differences.push(...checkNumber(shape, own, here));
  if (shape.type === "array" && own.type === "array")
    differences.push(...checkArray(shape, own, subject, here, context));
  if (shape.type === "object" && own.type === "object")
    differences.push(...checkObject(shape, own, subject, here, context));
  return differences;
}

type Here = (rule: Rule, wide: string, narrow: string, values?: readonly unknown[]) => Difference;

/** The type that a keyword is about; others are about values of any type. */
const keywordTypes: Readonly<Record<string, ShapeType>> = {
  propertyNames: "object",
  dependencies: "object",
  contains: "array",
};

/** Values that a keyword names somewhere inside. */
function literalsIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(literalsIn);
  if (!isSchemaObject(value)) return [];
  return [...(listedValues(value) ?? []), ...Object.values(value).flatMap(literalsIn)];
}

function accepted(values: readonly unknown[], { schema }: Subject, { wide }: Context): readonly unknown[] {
  return values.filter((value) => wide.accepts(schema, value)).slice(0, candidateLimit);
}

/** Values that are known one by one are simply tried. */
function checkValues(
  values: readonly unknown[],
  { schema, shape }: Subject,
  narrow: Schema,
  { wide, narrow: judge }: Context,
): readonly Difference[] {
  const refused = values.filter((value) => wide.accepts(schema, value) && !judge.accepts(narrow, value));
  if (refused.length === 0) return [];
  const isTypeGone = !shapesOf(narrow, judge.root).some(({ type }) => type === shape.type);
  const lost = refused.map((value) => JSON.stringify(value)).join(", ");
  return [
    isTypeGone
      ? { path: [], rule: "type", wide: shape.type, narrow: namesOf(narrow, judge), candidates: refused }
      : { path: [], rule: "value", wide: lost, narrow: "", candidates: refused },
  ];
}

function namesOf(schema: Schema, judge: Judge): string {
  const types = new Set(shapesOf(schema, judge.root).map(words));
  return types.size === 0 ? "nothing" : [...types].join(" or ");
}

/** In at least one of several: the whole shape in one of them, or each part of it where one property tells them apart. */
function checkEither(subject: Subject, parts: readonly Schema[], outer: Context): readonly Difference[] {
  const context = { ...outer, isFilled: false };
  const found = parts.map((part) => check(subject, part, context));
  if (found.some((differences) => differences.length === 0)) return [];
  const split = splitByProperty(subject, parts, context);
  if (split !== null) return merge(split.flatMap((part) => checkEither(part, parts, context)));
  const types = (differences: readonly Difference[]): boolean =>
    differences.some(({ path, rule }) => path.length === 0 && rule === "type");
  const near = found.filter((differences) => !types(differences));
  if (near.length === 0) {
    const [first] = found.flat();
    const narrow = [...new Set(parts.map((part) => namesOf(part, context.narrow)))].join(" or ");
    return first === undefined
      ? []
      : [{ ...first, path: [], rule: "type", wide: words(subject.shape), narrow }];
  }
  // The alternative that was meant: the one that tells itself apart by the same value, else the one with least faults.
  const cost = (differences: readonly Difference[]): number =>
    differences.reduce((sum, { path, rule }) => sum + (path.length <= 1 && rule === "value" ? 100 : 1), 0);
  const best = near.reduce((least, other) => (cost(other) < cost(least) ? other : least));
  // Without its own value there is no such alternative any more; what else is missing follows from that.
  const own = best.filter(({ path, rule }) => path.length === 1 && rule === "value");
  return own.length > 0 ? own : best;
}

/** Null where no required property has a few values each that also occur in the alternatives. */
function splitByProperty(
  { shape, schema }: Subject,
  parts: readonly Schema[],
  { wide, narrow }: Context,
): readonly Subject[] | null {
  if (shape.type !== "object") return null;
  const isTold = (name: string): boolean =>
    parts.some((part) =>
      shapesOf(part, narrow.root).some(
        (other) => other.type === "object" && finiteValues(propertyOf(other, name), narrow) !== null,
      ),
    );
  for (const name of shape.required) {
    const values = finiteValues(propertyOf(shape, name), wide);
    if (values === null || values.length < 2 || !isTold(name)) continue;
    return values.map((value) => ({
      schema,
      shape: {
        ...shape,
        properties: new Map([...shape.properties, [name, allOf(propertyOf(shape, name), { const: value })]]),
      },
    }));
  }
  return null;
}

function finiteValues(schema: Schema, judge: Judge): readonly unknown[] | null {
  const shapes = shapesOf(schema, judge.root);
  return shapes.every(({ values }) => values !== null) ? shapes.flatMap(({ values }) => values ?? []) : null;
}

function isTextIn(shape: StringShape, narrow: Schema, judge: Judge): boolean {
  const language = narrowLanguage(narrow, shape, judge, 0);
  return shortestWord(both(wideLanguage(shape), not(language))) === null;
}

/** At most the texts that a schema accepts, where they have the formats that `wide` has. */
function narrowLanguage(schema: Schema, wide: StringShape, judge: Judge, depth: number): Language {
  if (schema === true) return everything;
  if (schema === false || depth > 32 || !typesOf(schema).includes("string")) return none;
  if (opaqueKeywords(schema, judge.root).length > 0) return none;
  const inner = (part: Schema): Language => narrowLanguage(part, wide, judge, depth + 1);
  const parts: Language[] = [];
  if (typeof schema.$ref === "string") parts.push(inner(resolve(schema.$ref, judge.root)));
  for (const part of schemasOf(schema.allOf)) parts.push(inner(part));
  if (Array.isArray(schema.anyOf)) parts.push(either(...schemasOf(schema.anyOf).map(inner)));
  if (Array.isArray(schema.oneOf)) {
    const choices = schemasOf(schema.oneOf);
    parts.push(isDisjoint(choices, judge) ? either(...choices.map(inner)) : none);
  }
  const own = ownShape(schema, "string", new Set());
  if (own.type !== "string" || own.formats.some((format) => !wide.formats.includes(format))) return none;
  const values = listedValues(schema);
  if (values !== null)
    parts.push(either(...values.filter((value) => typeof value === "string").map(literal)));
  return both(
    languageOfLength(own.minLength, own.maxLength),
    ...own.patterns.map((pattern) => languageOfPattern(pattern) ?? none),
    ...parts,
  );
}

function otherText(shape: StringShape, listed: readonly unknown[]): readonly string[] {
  const texts = listed.filter((value) => typeof value === "string").map(literal);
  const word = shortestWord(both(wideLanguage(shape), not(either(...texts))));
  return typeof word === "string" ? [word] : [];
}

function checkText(wide: StringShape, narrow: StringShape, here: Here): readonly Difference[] {
  const without = (language: Language): readonly string[] | null => {
    const word = shortestWord(both(wideLanguage(wide), not(language)));
    return word === null ? null : word === undefined ? [] : [word];
  };
  const lengths = without(languageOfLength(narrow.minLength, narrow.maxLength));
  return [
    ...(lengths === null ? [] : [here("length", lengthWords(wide), lengthWords(narrow), lengths)]),
    ...narrow.patterns.flatMap((pattern) => {
      if (wide.patterns.includes(pattern)) return [];
      const language = languageOfPattern(pattern);
      const words = language === null ? [] : without(language);
      if (words === null) return [];
      return [here("pattern", patternWords(wide.patterns), patternWords([pattern]), words)];
    }),
    ...narrow.formats
      .filter((format) => !wide.formats.includes(format))
      .map((format) => here("format", formatWords(wide.formats), formatWords([format]))),
  ];
}

function checkNumber(wide: NumberShape, narrow: NumberShape, here: Here): readonly Difference[] {
  const isLower =
    wide.minimum < narrow.minimum ||
    (wide.minimum === narrow.minimum && narrow.isMinimumOpen && !wide.isMinimumOpen);
  const isHigher =
    wide.maximum > narrow.maximum ||
    (wide.maximum === narrow.maximum && narrow.isMaximumOpen && !wide.isMaximumOpen);
  const tried = [...numbersOf(wide), ...numbersOf(narrow)];
  return [
    ...(isLower || isHigher ? [here("range", rangeWords(wide), rangeWords(narrow), tried)] : []),
    ...narrow.steps
      .filter((step) => !wide.steps.some((own) => isMultiple(own, step)))
      .map((step) => here("step", stepWords(wide.steps), stepWords([step]), tried)),
  ];
}

function checkArray(
  wide: ArrayShape,
  narrow: ArrayShape,
  subject: Subject,
  here: Here,
  context: Context,
): readonly Difference[] {
  const most = longest(wide, context.wide);
  const limit = longest(narrow, context.narrow);
  const ofLength = (length: number): readonly unknown[] =>
    Number.isFinite(length) && length >= 0 && length <= 1000 ? arraysOf(wide, length, context.wide) : [];
  const differences: Difference[] = [];
  if (wide.minItems < narrow.minItems || most > limit)
    differences.push(
      here("items", countWords(wide.minItems, most, "item"), countWords(narrow.minItems, limit, "item"), [
        ...(wide.minItems < narrow.minItems ? ofLength(wide.minItems) : []),
        ...(most > limit ? ofLength(Math.max(limit + 1, wide.minItems)) : []),
      ]),
    );
  const isSame = !wide.isUnique && narrow.isUnique && most > 1;
  if (isSame) {
    const [item] = samplesOf(itemOf(wide, 0), context.wide);
    const length = Math.max(2, wide.minItems);
    const twice = item === undefined || length > 1000 ? [] : [Array.from({ length }, () => item)];
    differences.push(here("unique", "equal items", "no equal items", twice));
  }
  const lift = (index: number, value: unknown): readonly unknown[] =>
    arraysOf(wide, Math.max(index + 1, wide.minItems), context.wide).map((items) => items.with(index, value));
  const named = Math.max(wide.first.length, narrow.first.length);
  for (let index = 0; index < Math.min(named, most, limit); index++)
    differences.push(
      ...contains(itemOf(wide, index), itemOf(narrow, index), context).map((found) =>
        raise(found, String(index), (value) => lift(index, value), subject, context),
      ),
    );
  if (named < Math.min(most, limit))
    differences.push(
      ...contains(wide.rest, narrow.rest, context).map((found) =>
        raise(found, "*", (value) => lift(named, value), subject, context),
      ),
    );
  return differences;
}

/** Most items that an array can have; what may follow counts only where something can. */
function longest(shape: ArrayShape, judge: Judge): number {
  const end = shape.first.findIndex((schema) => shapesOf(schema, judge.root).length === 0);
  if (end >= 0) return Math.min(shape.maxItems, end);
  return shapesOf(shape.rest, judge.root).length === 0
    ? Math.min(shape.maxItems, shape.first.length)
    : shape.maxItems;
}

/** The same difference, seen from the value around. */
function raise(
  found: Difference,
  key: string,
  lift: (value: unknown) => readonly unknown[],
  subject: Subject,
  context: Context,
): Difference {
  const candidates = accepted(found.candidates.flatMap(lift), subject, context);
  return { ...found, path: [key, ...found.path], candidates };
}

function checkObject(
  wide: ObjectShape,
  narrow: ObjectShape,
  subject: Subject,
  here: Here,
  context: Context,
): readonly Difference[] {
  const bases = objectsOf(wide, context.wide);
  const withKey = (name: string, value: unknown): readonly unknown[] =>
    bases.map((base) => ({ ...base, [name]: value }));
  const names = [...new Set([...wide.properties.keys(), ...narrow.properties.keys()])];
  const differences: Difference[] = [];
  const atKey = (key: string, sample: string | null, own: Schema, other: Schema): void => {
    if (shapesOf(own, context.wide.root).length === 0) return;
    const lift = (value: unknown): readonly unknown[] => (sample === null ? [] : withKey(sample, value));
    if (shapesOf(other, context.narrow.root).length === 0) {
      const values = samplesOf(own, context.wide).slice(0, 4).flatMap(lift);
      const candidates = accepted(values, subject, context);
      differences.push({ path: [key], rule: "unknown-key", wide: "known", narrow: "unknown", candidates });
    } else
      for (const found of contains(own, other, context))
        differences.push(raise(found, key, lift, subject, context));
  };
  for (const name of names) atKey(name, name, propertyOf(wide, name), propertyOf(narrow, name));
  for (const group of otherKeys(wide, narrow, names)) {
    if (group === null) differences.push(here("keyword", "", "patternProperties"));
    else atKey("*", group.sample, group.wide, group.narrow);
  }
  for (const name of narrow.required) {
    const property = narrow.properties.get(name);
    const hasDefault = typeof property === "object" && property.default !== undefined;
    if (wide.required.has(name) || (context.isFilled && hasDefault)) continue;
    const values = bases.map((base) =>
      Object.fromEntries(Object.entries(base).filter(([key]) => key !== name)),
    );
    const candidates = accepted(values, subject, context);
    differences.push({ path: [name], rule: "required", wide: "optional", narrow: "required", candidates });
  }
  const least = Math.max(wide.minProperties, wide.required.size);
  const most = mostProperties(wide);
  if (least < narrow.minProperties || most > mostProperties({ ...wide, maxProperties: narrow.maxProperties }))
    differences.push(
      here(
        "properties",
        countWords(least, most, "key"),
        countWords(narrow.minProperties, narrow.maxProperties, "key"),
        [...bases, ...crowded(wide, narrow.maxProperties, bases, context)],
      ),
    );
  return differences;
}

function mostProperties({ rest, patterns, properties, maxProperties }: ObjectShape): number {
  return rest === false && patterns.length === 0 ? Math.min(maxProperties, properties.size) : maxProperties;
}

/** Objects with one key more than allowed, where further keys are free. */
function crowded(
  wide: ObjectShape,
  limit: number,
  bases: readonly Readonly<Record<string, unknown>>[],
  context: Context,
): readonly unknown[] {
  const [base] = bases;
  const [value] = samplesOf(wide.rest, context.wide);
  if (base === undefined || value === undefined || !(limit < 1000)) return [];
  const entries = Array.from({ length: limit + 1 }, (_, index) => [`key${index}`, value] as const);
  return [{ ...Object.fromEntries(entries), ...base }];
}
