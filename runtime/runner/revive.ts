import type { Fault } from "../errors.ts";
import { join, shown, typeName } from "../manifest/check.ts";
import type { JsonSchema, Revival } from "../manifest/types.ts";
import { isObject, listOf, objectOf, resolve, typesOf, valueAt } from "./pointer.ts";

/** Puts instances where validated inputs hold their text, in place. Returns a fault for each text that makes none. */
export type Reviver = (inputs: Record<string, unknown>) => readonly Fault[];

/** Changes one value; adds to `faults` what cannot be made. */
type Change = (value: unknown, path: string, faults: Fault[]) => unknown;

// Kept before plugin code runs, which may replace them.
const classes = { Date, URL };

/** A reviver for the marked places of a node's inputs, worked out once; null when nothing is marked. */
export function createReviver(schema: JsonSchema, revive: readonly Revival[] = []): Reviver | null {
  if (revive.length === 0) return null;
  const marks = new Map(revive.map(({ at, as }) => [at, as]));
  const changes = new Map<string, Change | null>();

  /** The change of values of the schema at `pointer`; null where nothing below it is marked. */
  function changeAt(pointer: string): Change | null {
    const known = changes.get(pointer);
    if (known !== undefined) return known;
    // A schema that holds itself finds this in place of itself.
    changes.set(pointer, (value, path, faults) => changes.get(pointer)?.(value, path, faults) ?? value);
    const made = makeChange(pointer);
    changes.set(pointer, made);
    return made;
  }

  function makeChange(pointer: string): Change | null {
    const mark = marks.get(pointer);
    if (mark !== undefined) return (value, path, faults) => instanceOf(mark, value, path, faults);
    const part = objectOf(valueAt(schema, pointer));
    if (typeof part.$ref === "string") return changeAt(part.$ref.slice(1));
    const all = [
      ...partsOf(part, pointer, "allOf").map((at) => changeAt(at)),
      choice(part, pointer, "anyOf"),
      choice(part, pointer, "oneOf"),
      ofProperties(part, pointer),
      ofItems(part, pointer),
    ].filter((change) => change !== null);
    if (all.length === 0) return null;
    return (value, path, faults) => all.reduce((current, change) => change(current, path, faults), value);
  }

  /** Of several alternatives the first that fits. The value is valid, so one does. */
  function choice(part: JsonSchema, pointer: string, keyword: "anyOf" | "oneOf"): Change | null {
    const alternatives = partsOf(part, pointer, keyword).map((at) => ({
      change: changeAt(at),
      schema: objectOf(valueAt(schema, at)),
    }));
    if (alternatives.every(({ change }) => change === null)) return null;
    return (value, path, faults) => {
      const found = alternatives.find((alternative) => fits(alternative.schema, value, schema));
      return found?.change?.(value, path, faults) ?? value;
    };
  }

  function ofProperties(part: JsonSchema, pointer: string): Change | null {
    const named = new Map<string, Change>();
    for (const name of Object.keys(objectOf(part.properties))) {
      const change = changeAt(`${pointer}/properties${join("", name)}`);
      if (change !== null) named.set(name, change);
    }
    const patterns = Object.keys(objectOf(part.patternProperties)).map((pattern) => ({
      test: new RegExp(pattern, "u"),
      change: changeAt(`${pointer}/patternProperties${join("", pattern)}`),
    }));
    const others =
      Object.keys(objectOf(part.additionalProperties)).length === 0
        ? null
        : changeAt(`${pointer}/additionalProperties`);
    if (named.size === 0 && others === null && patterns.every(({ change }) => change === null)) return null;
    const known = new Set(Object.keys(objectOf(part.properties)));
    return (value, path, faults) => {
      if (!isObject(value)) return value;
      for (const [key, item] of Object.entries(value)) {
        const pattern = patterns.find(({ test }) => test.test(key));
        const change = known.has(key) ? named.get(key) : pattern === undefined ? others : pattern.change;
        if (change) value[key] = change(item, join(path, key), faults);
      }
      return value;
    };
  }

  function ofItems(part: JsonSchema, pointer: string): Change | null {
    const isTuple = Array.isArray(part.items);
    const fixed = isTuple ? partsOf(part, pointer, "items").map((at) => changeAt(at)) : [];
    const key = isTuple ? "additionalItems" : "items";
    const rest = isObject(part[key]) ? changeAt(`${pointer}/${key}`) : null;
    if (rest === null && fixed.every((change) => change === null)) return null;
    return (value, path, faults) => {
      if (!Array.isArray(value)) return value;
      for (const [index, item] of value.entries()) {
        const change = index < fixed.length ? fixed[index] : rest;
        if (change) value[index] = change(item, `${path}/${index}`, faults);
      }
      return value;
    };
  }

  const change = changeAt("");
  return (inputs) => {
    const faults: Fault[] = [];
    change?.(inputs, "/inputs", faults);
    return faults;
  };
}

function instanceOf(name: Revival["as"], value: unknown, path: string, faults: Fault[]): unknown {
  if (typeof value !== "string") return value;
  try {
    const made = new classes[name](value);
    if (!(made instanceof classes.Date) || !Number.isNaN(made.getTime())) return made;
  } catch {
    // Told below: the format allows some texts that the class refuses.
  }
  faults.push({
    path,
    message: `is no ${name === "Date" ? "date" : "address"} that exists, got ${shown(value)}`,
  });
  return value;
}

/** Whether a value that fits one of several schemas fits this one, as far as alternatives of a type can differ. */
function fits(schema: JsonSchema, value: unknown, root: JsonSchema): boolean {
  if (typeof schema.$ref === "string") return fits(resolve(schema, root), value, root);
  const inner = (part: unknown, item: unknown): boolean =>
    part === false ? false : isObject(part) ? fits(part, item, root) : true;
  if (schema.type !== undefined && !typesOf(schema).includes(typeName(value))) return false;
  if ("const" in schema && schema.const !== value) return false;
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return false;
  if (!listOf(schema.allOf).every((part) => inner(part, value))) return false;
  for (const key of ["anyOf", "oneOf"])
    if (Array.isArray(schema[key]) && !schema[key].some((part) => inner(part, value))) return false;
  if (typeof value === "string") return fitsText(schema, value);
  if (Array.isArray(value)) {
    const fixed = listOf(schema.items);
    const rest = Array.isArray(schema.items) ? schema.additionalItems : schema.items;
    if (typeof schema.minItems === "number" && value.length < schema.minItems) return false;
    if (typeof schema.maxItems === "number" && value.length > schema.maxItems) return false;
    return value.every((item, index) => inner(index < fixed.length ? fixed[index] : rest, item));
  }
  if (!isObject(value)) return true;
  const properties = objectOf(schema.properties);
  const patterns = Object.entries(objectOf(schema.patternProperties));
  return (
    listOf(schema.required).every((key) => Object.hasOwn(value, String(key))) &&
    Object.entries(value).every(([key, item]) => {
      if (Object.hasOwn(properties, key)) return inner(properties[key], item);
      const pattern = patterns.find(([text]) => new RegExp(text, "u").test(key));
      return inner(pattern === undefined ? schema.additionalProperties : pattern[1], item);
    })
  );
}

function fitsText(schema: JsonSchema, value: string): boolean {
  if (typeof schema.pattern === "string" && !new RegExp(schema.pattern, "u").test(value)) return false;
  if (schema.format === "date-time" || schema.format === "date") return !Number.isNaN(Date.parse(value));
  return schema.format !== "uri" || URL.canParse(value);
}

function partsOf(schema: JsonSchema, pointer: string, keyword: string): readonly string[] {
  return listOf(schema[keyword]).map((_, index) => `${pointer}/${keyword}/${index}`);
}
