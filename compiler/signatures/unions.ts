import type { JsonSchema } from "../../runtime/manifest/types.ts";
import type { Extras } from "./objects.ts";
import type { ObjectShape, Property, Shape, TypeReader, TypeUse } from "./shapes.ts";

/** A member of a union that is an object, with what tells it from the others. */
export interface Member {
  readonly use: TypeUse;
  readonly shape: ObjectShape;
}

/** Knows no key. */
export const noMember: Member = {
  use: { type: {}, written: null },
  shape: { kind: "object", properties: [], indexes: [], declaration: null, isLiteral: false },
};

type Scalar = string | number | boolean | null;

/** Scalars of a union as few schemas: plain types in one, constants in another. */
export function scalarSchemas(shapes: readonly Shape[]): readonly JsonSchema[] {
  const types: string[] = [];
  const values: Scalar[] = [];
  const has = (value: boolean): boolean =>
    shapes.some((shape) => shape.kind === "literal" && shape.value === value);
  for (const shape of shapes) {
    if (shape.kind === "primitive") types.push(shape.name);
    else if (shape.kind !== "literal") continue;
    else if (typeof shape.value === "boolean" && has(true) && has(false)) types.push("boolean");
    else values.push(shape.value);
  }
  const known = new Set(types);
  // An enum's member and a literal may be the same on the wire.
  const constants = [...new Set(values)].filter((value) => !known.has(typeof value));
  const plain = [...known];
  if (constants.length === 0) return plain.length === 0 ? [] : [plainSchema(plain)];
  // `null` beside constants is one more of them.
  if (plain.length === 0 || (plain.length === 1 && plain[0] === "null"))
    return [constantSchema(plain.length === 0 ? constants : [...constants, null])];
  return [constantSchema(constants), plainSchema(plain)];
}

function plainSchema(types: readonly string[]): JsonSchema {
  const [only] = types;
  return { type: types.length === 1 ? only : types };
}

export function constantSchema(values: readonly Scalar[]): JsonSchema {
  const types = [...new Set(values.map((value) => (value === null ? "null" : typeof value)))];
  const [only] = types;
  const type = types.length === 1 ? only : types;
  return values.length === 1 ? { type, const: values[0] } : { type, enum: values };
}

/**
 * The property by whose constant exactly one member is meant, such as `kind`: required in all of them, constant, and
 * no constant in two of them.
 */
export function discriminantOf(members: readonly Member[], reader: TypeReader): string | null {
  const [first] = members;
  if (first === undefined || members.length < 2) return null;
  for (const candidate of first.shape.properties) {
    const sets = members.map((member) => constantsOf(member, candidate.name, reader));
    if (sets.every((set) => set !== null) && areDisjoint(sets)) return candidate.name;
  }
  return null;
}

function areDisjoint(sets: readonly ReadonlySet<Scalar>[]): boolean {
  const all = sets.flatMap((set) => [...set]);
  return new Set(all).size === all.length;
}

/** The values that a required property may have, when they are constants. */
function constantsOf(member: Member, name: string, reader: TypeReader): ReadonlySet<Scalar> | null {
  const property = member.shape.properties.find((candidate) => candidate.name === name);
  if (property === undefined || property.isOptional) return null;
  return constants(property.use, reader);
}

function constants(use: TypeUse, reader: TypeReader): ReadonlySet<Scalar> | null {
  const shape = reader.shapeOf(use);
  if (shape.kind === "literal") return new Set([shape.value]);
  if (shape.kind === "primitive" && shape.name === "null") return new Set([null]);
  if (shape.kind === "primitive" && shape.name === "boolean") return new Set([true, false]);
  // JSON has no value for it.
  if (shape.kind === "undefined") return new Set();
  if (shape.kind !== "union") return null;
  const parts = shape.parts.map((part) => constants(part, reader));
  return parts.every((part) => part !== null) ? new Set(parts.flatMap((part) => [...part])) : null;
}

/** What a property is in two members at once. */
interface Common {
  /** Null for others than constants. */
  readonly values: readonly Scalar[] | null;
  /** What a value that is no constant satisfies besides its own type. */
  readonly uses: readonly TypeUse[];
  readonly mayBeMissing: boolean;
}

/** A member that a value of another member could still be, as far as the properties that tell members apart say. */
export interface Companion {
  readonly member: Member;
  /** By the properties that tell the two apart. */
  readonly when: ReadonlyMap<string, Common>;
}

/**
 * The other members whose keys a value of `member` may have too. TypeScript refuses a surplus key only when no member
 * has it that the value could still be, going by the properties in it that tell members apart.
 */
export function companions(
  member: Member,
  members: readonly Member[],
  reader: TypeReader,
): readonly Companion[] {
  const telling = member.shape.properties.filter(({ name }) => isTelling(name, members, reader));
  return members.flatMap((other): readonly Companion[] => {
    if (other === member) return [];
    const when = new Map<string, Common>();
    for (const property of telling) {
      const common = commonOf(property, other, reader);
      if (common === null) continue;
      if (isNothing(common)) return [];
      when.set(property.name, common);
    }
    return [{ member: other, when }];
  });
}

/** TypeScript goes by properties whose types differ where one of them is a constant or a pattern. */
function isTelling(name: string, members: readonly Member[], reader: TypeReader): boolean {
  const named = members.flatMap(({ shape }) => shape.properties.filter((property) => property.name === name));
  const isOne = new Set(named.map(({ use }) => use.type)).size === 1;
  const areAlike = isOne && new Set(named.map(({ isOptional }) => isOptional)).size === 1;
  return (
    !areAlike &&
    named.some(
      ({ use, isOptional }) =>
        constants(use, reader) !== null || (reader.shapeOf(use).kind === "text" && !isOptional),
    )
  );
}

/** Null where the property does not tell the two apart. TypeScript takes a missing one for `undefined`. */
function commonOf(mine: Property, other: Member, reader: TypeReader): Common | null {
  const theirs = typeOfKey(other, mine.name);
  if (theirs === null) return null;
  const named = other.shape.properties.find((property) => property.name === mine.name);
  const own = constants(mine.use, reader);
  const allowed = constants(theirs, reader);
  const mayBeMissing = mine.isOptional && (named?.isOptional ?? true);
  if (own === null && allowed === null) {
    if (isWithin(mine.use, theirs, reader)) return null;
    if (areApart(mine.use, theirs, reader)) return { values: [], uses: [], mayBeMissing };
    // Of an object TypeScript asks for more than its type when it compares, and keeps both where it is of neither.
    const isFlat = [...kindsOf(mine.use, reader), ...kindsOf(theirs, reader)].every(
      (kind) => kind !== "object" && kind !== "array",
    );
    return isFlat ? { values: null, uses: [theirs], mayBeMissing } : null;
  }
  if (own === null) {
    const values = [...(allowed ?? [])].filter((value) => mayBe(mine.use, value, reader));
    return { values, uses: [], mayBeMissing };
  }
  const values = [...own].filter((value) =>
    allowed === null ? mayBe(theirs, value, reader) : allowed.has(value),
  );
  if (values.length === own.size && mine.isOptional === mayBeMissing) return null;
  return { values, uses: [], mayBeMissing };
}

function isNothing({ values, mayBeMissing }: Common): boolean {
  return values?.length === 0 && !mayBeMissing;
}

/** Whether surely every value of `mine` is one of `theirs`. */
function isWithin(mine: TypeUse, theirs: TypeUse, reader: TypeReader): boolean {
  if (mine.type === theirs.type) return true;
  const shape = reader.shapeOf(mine);
  if (shape.kind === "union") return shape.parts.every((part) => isWithin(part, theirs, reader));
  const target = reader.shapeOf(theirs);
  if (target.kind === "union") return target.parts.some((part) => isWithin(mine, part, reader));
  if (shape.kind === "undefined") return true;
  if (shape.kind === "literal") return mayBe(theirs, shape.value, reader);
  if (target.kind !== "primitive") return target.kind === "unchecked";
  return kindsOf(mine, reader).every((kind) => kind === target.name);
}

/** Whether no JSON value is of both. */
function areApart(mine: TypeUse, theirs: TypeUse, reader: TypeReader): boolean {
  const kinds = kindsOf(theirs, reader);
  return !kindsOf(mine, reader).some((kind) => kinds.includes(kind));
}

const everyKind = ["string", "number", "boolean", "null", "object", "array"];

/** The kinds of JSON that values of a type may be. */
function kindsOf(use: TypeUse, reader: TypeReader): readonly string[] {
  const shape = reader.shapeOf(use);
  switch (shape.kind) {
    case "primitive":
      return [shape.name];
    case "literal":
      return [typeof shape.value];
    case "text":
    case "wire":
      return ["string"];
    case "object":
      return ["object"];
    case "array":
    case "lists":
    case "tuple":
      return ["array"];
    case "undefined":
      return [];
    case "union":
      return shape.parts.flatMap((part) => kindsOf(part, reader));
    default:
      return everyKind;
  }
}

/** A member as it is where some properties have certain values, with the members whose keys it may have there. */
export interface Variant {
  readonly when: ReadonlyMap<string, Common>;
  readonly others: readonly Member[];
}

/**
 * The member as it stands, then what it may be besides, for every set of companions that a value could be at once. Each
 * of the `mostConditional` companions that depend on its constants may double them.
 */
export function variantsOf(
  member: Member,
  beside: readonly Companion[],
  mostConditional: number,
): readonly Variant[] {
  const always = beside.filter(({ when }) => when.size === 0).map((companion) => companion.member);
  const conditional = beside.filter(
    ({ when, member: other }) => when.size > 0 && bringsKeys(other, [member, ...always]),
  );
  let variants: readonly Variant[] = [{ when: new Map(), others: always }];
  for (const companion of conditional.slice(0, mostConditional))
    variants = [
      ...variants,
      ...variants.flatMap((variant): readonly Variant[] => {
        const when = joined(variant.when, companion.when);
        const isEmpty = [...when.values()].some(isNothing);
        return isEmpty ? [] : [{ when, others: [...variant.others, companion.member] }];
      }),
    ];
  return variants;
}

function bringsKeys(other: Member, known: readonly Member[]): boolean {
  const isNew = (name: string): boolean => !known.some((member) => knows(member, name));
  return other.shape.indexes.length > 0 || other.shape.properties.some(({ name }) => isNew(name));
}

function joined(first: Variant["when"], second: Variant["when"]): Variant["when"] {
  const all = new Map(first);
  for (const [name, common] of second) {
    const known = all.get(name);
    if (known === undefined) all.set(name, common);
    else
      all.set(name, {
        values: bothOf(known.values, common.values),
        uses: [...known.uses, ...common.uses],
        mayBeMissing: known.mayBeMissing && common.mayBeMissing,
      });
  }
  return all;
}

function bothOf(first: Common["values"], second: Common["values"]): Common["values"] {
  if (first === null || second === null) return first ?? second;
  return first.filter((value) => second.includes(value));
}

/** Whether a type that is no constant has a place for a constant. */
function mayBe(use: TypeUse, value: Scalar, reader: TypeReader): boolean {
  const shape = reader.shapeOf(use);
  if (shape.kind === "union") return shape.parts.some((part) => mayBe(part, value, reader));
  if (shape.kind === "primitive") return shape.name === (value === null ? "null" : typeof value);
  if (shape.kind === "literal") return shape.value === value;
  if (shape.kind === "text") return typeof value === "string" && new RegExp(shape.pattern, "u").test(value);
  return shape.kind === "unchecked";
}

/** The keys of `others` that `member` does not know, each with every type that it has there; null for one without values. */
export function extrasOf(
  member: Member,
  { when, others }: Variant,
  schemaOf: (use: TypeUse) => JsonSchema | null,
): Extras {
  const surplus = new Set(
    others
      .flatMap((other) => other.shape.properties)
      .filter((property) => property.fault === null && !knows(member, property.name))
      .map((property) => property.name),
  );
  const properties = new Map<string, JsonSchema>();
  for (const name of surplus) {
    const uses = others.flatMap((other) => typeOfKey(other, name) ?? []);
    const schemas = uses.map(schemaOf).filter((schema) => schema !== null);
    if (schemas.length > 0) properties.set(name, anyOf(schemas));
  }
  const isOpen = member.shape.indexes.some((index) => index.pattern === null);
  const rest = (isOpen ? [] : others)
    .flatMap((other) => other.shape.indexes.filter((index) => index.pattern === null))
    .map((index) => schemaOf(index.use))
    .filter((schema) => schema !== null);
  return {
    properties: Object.fromEntries(properties),
    others: rest.length === 0 ? null : anyOf(rest),
    narrowed: new Map(
      [...when].map(([name, common]) => [
        name,
        { schema: narrowedSchema(member, name, common, schemaOf), isOptional: common.mayBeMissing },
      ]),
    ),
  };
}

/** What the property is where the value may be of other members too. */
function narrowedSchema(
  member: Member,
  name: string,
  { values, uses }: Common,
  schemaOf: (use: TypeUse) => JsonSchema | null,
): JsonSchema | "never" {
  const own = values === null ? [typeOfKey(member, name), ...uses] : uses;
  const schemas = own.flatMap((use) => (use === null ? [] : [schemaOf(use)])).filter((part) => part !== null);
  if (values?.length === 0) return "never";
  return allOf(values === null ? schemas : [constantSchema(values), ...schemas]);
}

function allOf(schemas: readonly JsonSchema[]): JsonSchema {
  const [only] = schemas;
  return schemas.length === 1 && only !== undefined ? only : { allOf: schemas };
}

function knows(member: Member, name: string): boolean {
  return typeOfKey(member, name) !== null;
}

/** The type that a member gives to a key, by name or by an index signature. */
function typeOfKey({ shape }: Member, name: string): TypeUse | null {
  const property = shape.properties.find((candidate) => candidate.name === name);
  if (property !== undefined) return property.use;
  const index =
    shape.indexes.find(({ pattern }) => pattern !== null && new RegExp(pattern, "u").test(name)) ??
    shape.indexes.find(({ pattern }) => pattern === null);
  return index?.use ?? null;
}

/** One of several; equal ones once. */
export function anyOf(schemas: readonly JsonSchema[]): JsonSchema {
  const seen = new Set<string>();
  const distinct = schemas.filter((schema) => {
    const text = JSON.stringify(schema, withoutReferences);
    return !seen.has(text) && seen.add(text);
  });
  const [only] = distinct;
  return distinct.length === 1 && only !== undefined ? only : { anyOf: distinct };
}

let references = 0;
const ids = new WeakMap<object, number>();

/** Unsettled references are objects, at times circular; each gets a number here. */
function withoutReferences(key: string, value: unknown): unknown {
  if (key !== "$ref" || typeof value !== "object" || value === null) return value;
  const known = ids.get(value);
  if (known !== undefined) return known;
  references += 1;
  ids.set(value, references);
  return references;
}
