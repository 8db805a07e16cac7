import ts from "typescript";
import type { Random } from "../adversary/random.ts";

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Of a value that cannot be written: nothing of that type is JSON. */
export const nothing: unique symbol = Symbol("nothing");

const texts = [
  "",
  "a",
  "b",
  "x y",
  "é",
  "0",
  "12",
  "v1",
  "A",
  "true",
  "__proto__",
  "a-1",
  "2026-01-01T00:00:00Z",
];
const numbers = [0, 1, 2, -1, 1.5, 1e21, 255];
const names = ["a", "b", "x", "two words", "ключ", "__proto__", "0", "12", "id", "data-x"];
const deepest = 7;

/**
 * A value of a type, read from the type that the checker resolved; only a guess, for TypeScript decides about it. Gives
 * `nothing` for what JSON cannot write: `never`, functions, symbols, bigints.
 */
export function sample(
  type: ts.Type,
  checker: ts.TypeChecker,
  random: Random,
  depth = 0,
): Json | typeof nothing {
  const { flags } = type;
  const again = (part: ts.Type): Json | typeof nothing => sample(part, checker, random, depth + 1);
  if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return anything(random, 1);
  if (flags & ts.TypeFlags.Null) return null;
  if (type.isStringLiteral() || type.isNumberLiteral()) return type.value;
  if (flags & ts.TypeFlags.BooleanLiteral) return checker.typeToString(type) === "true";
  if (flags & ts.TypeFlags.String) return random.pick(texts);
  if (flags & (ts.TypeFlags.Number | ts.TypeFlags.Enum)) return random.pick(numbers);
  if (flags & ts.TypeFlags.TemplateLiteral)
    return templateText(type as ts.TemplateLiteralType, again, random);
  if (flags & ts.TypeFlags.StringMapping) return mappedText(type as ts.StringMappingType, again);
  if (flags & ts.TypeFlags.NonPrimitive) return {};
  if (type.isUnion()) return oneOf(type.types, depth, random, again);
  if (type.isIntersection()) {
    const primitive = type.types.find(
      (part) => !(part.flags & (ts.TypeFlags.Object | ts.TypeFlags.NonPrimitive)),
    );
    if (primitive !== undefined) return again(primitive);
  } else if (!(flags & ts.TypeFlags.Object)) return nothing;
  if (type.getCallSignatures().length + type.getConstructSignatures().length > 0) return nothing;
  if (checker.isTupleType(type)) return tuple(type as ts.TupleTypeReference, checker, depth, random, again);
  if (checker.isArrayType(type)) {
    const [element] = checker.getTypeArguments(type as ts.TypeReference);
    if (element === undefined || depth > deepest) return [];
    const items = Array.from({ length: random.below(3) }, () => again(element));
    return items.filter((item) => item !== nothing);
  }
  return object(type, checker, depth, random, again);
}

type Again = (part: ts.Type) => Json | typeof nothing;

function oneOf(
  members: readonly ts.Type[],
  depth: number,
  random: Random,
  again: Again,
): Json | typeof nothing {
  const present = members.filter((part) => !(part.flags & ts.TypeFlags.Undefined));
  const flat = present.filter((part) => !(part.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)));
  const pool = depth > deepest - 3 && flat.length > 0 ? flat : present;
  for (let left = [...pool]; left.length > 0; ) {
    const [chosen] = left.splice(random.below(left.length), 1);
    const value = chosen === undefined ? nothing : again(chosen);
    if (value !== nothing) return value;
  }
  return nothing;
}

function tuple(
  type: ts.TupleTypeReference,
  checker: ts.TypeChecker,
  depth: number,
  random: Random,
  again: Again,
): Json | typeof nothing {
  const parts = checker.getTypeArguments(type);
  const items: Json[] = [];
  for (const [i, part] of parts.entries()) {
    const flag = type.target.elementFlags[i] ?? ts.ElementFlags.Required;
    if (flag & ts.ElementFlags.Optional && (depth > deepest || random.chance(0.4))) break;
    const count = flag & ts.ElementFlags.Rest ? random.below(3) : 1;
    for (let k = 0; k < count; k++) {
      const item = again(part);
      if (item !== nothing) items.push(item);
      else if (flag & ts.ElementFlags.Required) return nothing;
    }
  }
  return items;
}

function object(
  type: ts.Type,
  checker: ts.TypeChecker,
  depth: number,
  random: Random,
  again: Again,
): Json | typeof nothing {
  if (depth > 3 * deepest) return nothing;
  const entries: [string, Json][] = [];
  for (const property of checker.getPropertiesOfType(type)) {
    if (property.name.startsWith("__@")) return nothing;
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    if (isOptional && (depth > deepest || random.chance(0.4))) continue;
    const value = again(checker.getTypeOfSymbol(property));
    if (value !== nothing) entries.push([ts.unescapeLeadingUnderscores(property.escapedName), value]);
    else if (!isOptional) return nothing;
  }
  for (const index of checker.getIndexInfosOfType(type)) {
    for (let k = depth > deepest ? 0 : random.below(3); k > 0; k--) {
      const value = again(index.type);
      const key = index.keyType.flags & ts.TypeFlags.String ? random.pick(names) : again(index.keyType);
      if (value !== nothing && key !== nothing && !entries.some(([name]) => name === String(key)))
        entries.push([String(key), value]);
    }
  }
  return Object.fromEntries(entries);
}

function templateText(type: ts.TemplateLiteralType, again: Again, random: Random): string {
  return type.texts.reduce((text, next, i) => {
    const part = type.types[i - 1];
    const value = part === undefined ? "" : part.flags & ts.TypeFlags.BigInt ? random.below(90) : again(part);
    return `${text}${String(value === nothing ? "" : value)}${next}`;
  });
}

function mappedText(type: ts.StringMappingType, again: Again): string {
  const text = String(again(type.type));
  const rest = text.slice(1);
  const first = text.slice(0, 1);
  switch (type.symbol.name) {
    case "Uppercase":
      return text.toUpperCase();
    case "Lowercase":
      return text.toLowerCase();
    case "Capitalize":
      return first.toUpperCase() + rest;
    default:
      return first.toLowerCase() + rest;
  }
}

/** Any JSON value, small. */
export function anything(random: Random, depth: number): Json {
  const kind = random.below(depth > 0 ? 7 : 5);
  if (kind === 0) return null;
  if (kind === 1) return random.chance(0.5);
  if (kind === 2) return random.pick(numbers);
  if (kind < 5) return random.pick(texts);
  const parts = Array.from({ length: random.below(3) }, () => anything(random, depth - 1));
  return kind === 5 ? parts : Object.fromEntries(parts.map((part) => [random.pick(names), part]));
}

/** The same value with one change somewhere: another kind, a key or an item more or less, a near value, a swap. */
export function mutate(value: Json, random: Random): Json {
  if (typeof value === "object" && value !== null && random.chance(0.75)) {
    const next = isList(value) ? mutateList(value, random) : mutateObject(value, random);
    if (next !== null) return next;
  }
  if (typeof value === "string" && random.chance(0.5)) return nearText(value, random);
  if (typeof value === "number" && random.chance(0.5))
    return random.pick([value + 1, -value - 1, value + 0.5, 0]);
  if (typeof value === "boolean" && random.chance(0.5)) return !value;
  return random.chance(0.15) ? [value] : random.chance(0.1) ? { a: value } : anything(random, 1);
}

/** One value with the keys of two: what a closed union has to refuse, or an open one to take. */
export function merge(one: Json, other: Json, random: Random): Json {
  if (!isObject(one) || !isObject(other)) return random.chance(0.5) ? one : other;
  const entries = [...Object.entries(one), ...Object.entries(other)].map(([key, value]): [string, Json] => {
    const [mine, theirs] = [one[key], other[key]];
    const isShared = Object.hasOwn(one, key) && Object.hasOwn(other, key);
    return [
      key,
      isShared && mine !== undefined && theirs !== undefined ? merge(mine, theirs, random) : value,
    ];
  });
  return Object.fromEntries(entries);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !isList(value);
}

/** Array.isArray does not narrow a readonly array. */
export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function mutateList(list: readonly Json[], random: Random): Json | null {
  const at = random.below(list.length);
  const found = list[at];
  const way = random.below(4);
  if (way === 0 || found === undefined) return [...list, anything(random, 1)];
  if (way === 1) return list.toSpliced(at, 1);
  if (way === 2) return [...list, found];
  return list.with(at, mutate(found, random));
}

function mutateObject(value: { readonly [key: string]: Json }, random: Random): Json | null {
  const entries = Object.entries(value);
  const at = random.below(entries.length);
  const entry = entries[at];
  const way = random.below(6);
  if (way === 0 || entry === undefined) {
    const key = random.pick(names);
    return Object.fromEntries([...entries.filter(([name]) => name !== key), [key, anything(random, 1)]]);
  }
  if (way === 1) return Object.fromEntries(entries.toSpliced(at, 1));
  if (way === 2) {
    const other = random.pick(entries);
    return Object.fromEntries(entries.with(at, [entry[0], other[1]]));
  }
  return Object.fromEntries(entries.with(at, [entry[0], mutate(entry[1], random)]));
}

function nearText(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  return random.pick([
    text.slice(0, at) + text.slice(at + 1),
    `${text.slice(0, at)}${random.pick(["1", "x", "-", " "])}${text.slice(at)}`,
    text.toUpperCase(),
    text.toLowerCase(),
    `${text}${text}`,
  ]);
}
