/**
 * Notices what a call did to the process that the next call would meet: changed or added intrinsics and globals,
 * another working directory. State of the plugin's own modules is its own business.
 */

import { Socket } from "node:net";
import { runInThisContext } from "node:vm";

// Kept before plugin code runs, which may replace them.
const { ownKeys, isExtensible, defineProperty: define } = Reflect;
const enumerableKeys = Object.keys;
const describeProperty = Object.getOwnPropertyDescriptor;
const prototypeOf = Object.getPrototypeOf;
const { cwd } = process;

interface Baseline {
  readonly name: string;
  readonly object: object;
  keyCount: number;
  /** Of those that `Object.keys` gives; null where asking costs too much for every call. */
  enumerableCount: number | null;
  readonly keys: ReadonlySet<PropertyKey>;
  /** Its properties that are values. */
  readonly values: readonly { readonly key: PropertyKey; readonly property: PropertyDescriptor }[];
  readonly isExtensible: boolean;
}

/** A baseline with what compares its object with it. */
interface Watched extends Baseline {
  /** The first key whose value is another one, or null. */
  readonly findOther: () => PropertyKey | null;
}

/** A clean state: what {@link watchRealm} compares with. */
export type CleanRealm = readonly Baseline[];

/** Names of globals whose own properties, and those of their prototypes, are compared one by one. */
const intrinsics = [
  ...["Object", "Function", "Array", "String", "Number", "Boolean", "Symbol", "BigInt", "Math", "JSON"],
  ...["Reflect", "Promise", "Map", "Set", "WeakMap", "WeakSet", "WeakRef", "Date", "RegExp", "Proxy"],
  ...["Error", "TypeError", "RangeError", "SyntaxError", "AggregateError", "ArrayBuffer"],
  ...["SharedArrayBuffer", "DataView", "Uint8Array", "Atomics", "Buffer", "AbortController", "AbortSignal"],
  ...["EventTarget", "Event", "URL", "URLSearchParams", "TextEncoder", "TextDecoder", "console", "process"],
];

/**
 * Further globals that must stay the same. Not all: many are loaded by Node at the first look at them, which would cost
 * each runner some milliseconds at its start.
 */
const functions = ["fetch", "queueMicrotask", "structuredClone", "setTimeout", "setInterval", "setImmediate"];

const wrapped: ReadonlySet<PropertyKey> = new Set(["chdir", "cwd"]);

export interface Realm {
  /**
   * The first difference from the start that an assignment or a deletion makes, such as `Object.prototype.x`; null
   * when there is none. Takes a few microseconds.
   */
  findChange(): string | null;
  /**
   * The first difference of any kind: keys that are not enumerable or are symbols, frozen objects, another working
   * directory. Takes ten times as long.
   */
  findAnyChange(): string | null;
  /**
   * Puts back what was replaced, so that a call's own result is still read and written as it should be; the first one
   * is told, or null. What was added stays.
   */
  mend(): string | null;
}

/** Takes the present state as clean; to be called when the plugin has been activated. */
export function rememberRealm(): CleanRealm {
  return roots().map(([name, object]) => takeBaseline(name, object));
}

/** Takes longer than to remember: it writes the comparisons that make each later look short. */
export function watchRealm(clean: CleanRealm): Realm {
  const baselines = clean.map((baseline): Watched => ({ ...baseline, findOther: comparison(baseline) }));
  const folder = cwd();
  const first = (compare: (baseline: Watched) => string | null): string | null => {
    // By index, as in `restore`.
    for (let index = 0; index < baselines.length; index += 1) {
      const baseline = baselines[index];
      const difference = baseline === undefined ? null : compare(baseline);
      if (difference !== null) return difference;
    }
    return null;
  };
  return {
    findChange: () => first(compareQuickly),
    findAnyChange: () => first(compare) ?? (cwd() === folder ? null : "the working directory"),
    mend() {
      let first: string | null = null;
      // By index, as in `restore`.
      for (let index = 0; index < baselines.length; index += 1) {
        const baseline = baselines[index];
        const other = baseline?.findOther() ?? null;
        if (baseline === undefined || other === null) continue;
        first ??= `${baseline.name}.${String(other)}`;
        restore(baseline);
      }
      return first;
    },
  };
}

function roots(): readonly (readonly [name: string, object: object])[] {
  const found: [string, object][] = [["globalThis", globalThis]];
  for (const name of intrinsics) {
    const object: unknown = Reflect.get(globalThis, name);
    if (!isObject(object)) continue;
    found.push([name, object]);
    const prototype: unknown = Reflect.get(object, "prototype");
    if (isObject(prototype)) found.push([`${name}.prototype`, prototype]);
  }
  const arrayIterator = prototypeOf([][Symbol.iterator]());
  const hidden: readonly [string, object][] = [
    ["TypedArray", prototypeOf(Uint8Array)],
    ["TypedArray.prototype", prototypeOf(Uint8Array.prototype)],
    ["ArrayIterator.prototype", arrayIterator],
    ["Iterator.prototype", prototypeOf(arrayIterator)],
    ["MapIterator.prototype", prototypeOf(new Map().entries())],
    ["Generator.prototype", prototypeOf(prototypeOf((function* () {})()))],
    // What carries prints and answers.
    ["Socket.prototype", Socket.prototype],
    ["AsyncFunction.prototype", prototypeOf(async () => {})],
  ];
  return [...found, ...hidden];
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function takeBaseline(name: string, object: object): Baseline {
  const keys = ownKeys(object);
  const values: { readonly key: PropertyKey; readonly property: PropertyDescriptor }[] = [];
  for (const key of object === globalThis ? [...intrinsics, ...functions] : keys) {
    const property = describeProperty(object, key);
    if (property === undefined || property.get !== undefined) continue;
    // Numbers and objects of `process` change by themselves, Node wraps two functions late; NaN equals nothing.
    const isSteady = object !== process || (typeof property.value === "function" && !wrapped.has(key));
    if (isSteady && !Number.isNaN(property.value)) values.push({ key, property });
  }
  return {
    name,
    object,
    keyCount: keys.length,
    // The keys of `process` are many, and it is no object that anything inherits from.
    enumerableCount: object === process ? null : enumerableKeys(object).length,
    keys: new Set(keys),
    values,
    isExtensible: isExtensible(object),
  };
}

/** Without iterators and destructuring: what they need may be what was replaced. */
function restore({ object, values }: Baseline): void {
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (value !== undefined && Reflect.get(object, value.key) !== value.property.value) {
      define(object, value.key, value.property);
    }
  }
}

/**
 * A function that compares properties with the values they had. It is generated with one comparison for each, because
 * that is ten times faster than a loop, and it runs after every call. Names and values are passed in, never spelled.
 */
function comparison({ object, values }: Baseline): () => PropertyKey | null {
  const names = values.map((_, index) => `k${index}, v${index}`);
  const tests = values.map(({ key }, index) => {
    const access = typeof key === "string" ? `[${JSON.stringify(key)}]` : `[k${index}]`;
    return `if (o${access} !== v${index}) return k${index};`;
  });
  // In brackets, so that it is compiled at once and not by the first call.
  const code = `(o, ${names.join(", ")}) => (() => { ${tests.join("\n")} return null; })`;
  const make = runInThisContext(code) as (...given: readonly unknown[]) => () => PropertyKey | null; // as written above
  return make(object, ...values.flatMap(({ key, property }) => [key, property.value]));
}

function compareQuickly(baseline: Watched): string | null {
  const { name, object, enumerableCount } = baseline;
  const other = baseline.findOther();
  if (other !== null) return `${name}.${String(other)}`;
  // V8 keeps them with an object's shape, unlike all of its keys.
  if (enumerableCount === null || enumerableKeys(object).length === enumerableCount) return null;
  return compareKeys(baseline);
}

function compare(baseline: Watched): string | null {
  const { name, object } = baseline;
  if (ownKeys(object).length !== baseline.keyCount) {
    const difference = compareKeys(baseline);
    if (difference !== null) return difference;
  }
  // Frozen objects refuse what the next call may rightly do.
  if (isExtensible(object) !== baseline.isExtensible) return `${name}, which is frozen`;
  return compareQuickly(baseline);
}

/** What Node itself adds to the global object when its parts are first used. */
const ownAdditions = /^Symbol\(undici\./;

function compareKeys(baseline: Baseline): string | null {
  const keys = ownKeys(baseline.object);
  for (const key of keys) {
    const isOwn = baseline.object === globalThis && ownAdditions.test(String(key));
    if (!baseline.keys.has(key) && !isOwn) return `${baseline.name}.${String(key)}`;
  }
  for (const key of baseline.keys) {
    if (describeProperty(baseline.object, key) === undefined) return `${baseline.name}.${String(key)}`;
  }
  baseline.keyCount = keys.length;
  if (baseline.enumerableCount !== null) baseline.enumerableCount = enumerableKeys(baseline.object).length;
  return null;
}
