/**
 * Notices what a call did to the process that the next call would meet: changed or added intrinsics and globals,
 * another working directory. State of the plugin's own modules is its own business.
 */

import { runInThisContext } from "node:vm";

// Kept before plugin code runs, which may replace them.
const { ownKeys } = Reflect;
const describeProperty = Object.getOwnPropertyDescriptor;
const prototypeOf = Object.getPrototypeOf;
const { cwd } = process;

interface Baseline {
  readonly name: string;
  readonly object: object;
  keyCount: number;
  readonly keys: ReadonlySet<PropertyKey>;
  /** The first key whose value is another one, or null. */
  readonly findOther: () => PropertyKey | null;
  /** Globals that Node loads at their first use, and what reaches a prototype: getters, compared as such. */
  readonly getters: Map<PropertyKey, () => unknown>;
}

/** Names of globals whose own properties, and those of their prototypes, are compared one by one. */
const intrinsics = [
  ...["Object", "Function", "Array", "String", "Number", "Boolean", "Symbol", "BigInt", "Math", "JSON"],
  ...["Reflect", "Promise", "Map", "Set", "WeakMap", "WeakSet", "WeakRef", "Date", "RegExp", "Proxy"],
  ...["Error", "TypeError", "RangeError", "SyntaxError", "AggregateError", "ArrayBuffer"],
  ...["SharedArrayBuffer", "DataView", "Uint8Array", "Atomics", "Buffer", "AbortSignal", "EventTarget"],
];

/**
 * Takes the present state as clean; to be called when the plugin has been activated. The function returned tells the
 * first difference from it, such as `Object.prototype.x`, or null; it costs some microseconds.
 */
export function watchRealm(): () => string | null {
  const baselines = roots().map(([name, object]) => takeBaseline(name, object));
  const folder = cwd();
  return () => {
    for (const baseline of baselines) {
      const difference = compare(baseline);
      if (difference !== null) return difference;
    }
    return cwd() === folder ? null : "the working directory";
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
    ["AsyncFunction.prototype", prototypeOf(async () => {})],
  ];
  return [...found, ...hidden];
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function takeBaseline(name: string, object: object): Baseline {
  const keys = ownKeys(object);
  const values = new Map<PropertyKey, unknown>();
  const getters = new Map<PropertyKey, () => unknown>();
  for (const key of keys) {
    const property = describeProperty(object, key);
    if (property === undefined) continue;
    if (property.get === undefined) values.set(key, property.value);
    else if (object === globalThis || key === "__proto__") getters.set(key, property.get);
  }
  return {
    name,
    object,
    keyCount: keys.length,
    keys: new Set(keys),
    findOther: comparison(object, values),
    getters,
  };
}

/**
 * A function that compares properties with the values they had. It is generated with one comparison for each, because
 * that is ten times faster than a loop, and it runs after every call. Names and values are passed in, never spelled.
 */
function comparison(object: object, values: ReadonlyMap<PropertyKey, unknown>): () => PropertyKey | null {
  const kept = [...values].filter(([, value]) => !Number.isNaN(value)); // NaN equals nothing
  const names = kept.map((_, index) => `k${index}, v${index}`);
  const tests = kept.map(([key], index) => {
    const access = typeof key === "string" ? `[${JSON.stringify(key)}]` : `[k${index}]`;
    return `if (o${access} !== v${index}) return k${index};`;
  });
  const code = `(o, ${names.join(", ")}) => () => { ${tests.join("\n")} return null; }`;
  const make = runInThisContext(code) as (...given: readonly unknown[]) => () => PropertyKey | null; // as written above
  return make(object, ...kept.flat());
}

function compare(baseline: Baseline): string | null {
  const { name, object } = baseline;
  const keys = ownKeys(object);
  if (keys.length !== baseline.keyCount) {
    const difference = compareKeys(baseline, keys);
    if (difference !== null) return difference;
  }
  const other = baseline.findOther();
  return other === null ? compareGetters(baseline) : `${name}.${String(other)}`;
}

/** What Node itself adds to the global object when its parts are first used. */
const ownAdditions = /^Symbol\(undici\./;

function compareKeys(baseline: Baseline, keys: readonly PropertyKey[]): string | null {
  for (const key of keys) {
    const isOwn = baseline.object === globalThis && ownAdditions.test(String(key));
    if (!baseline.keys.has(key) && !isOwn) return `${baseline.name}.${String(key)}`;
  }
  for (const key of baseline.keys) {
    if (describeProperty(baseline.object, key) === undefined) return `${baseline.name}.${String(key)}`;
  }
  baseline.keyCount = keys.length;
  return null;
}

function compareGetters(baseline: Baseline): string | null {
  const { name, object, getters } = baseline;
  for (const [key, get] of getters) {
    const property = describeProperty(object, key);
    if (property?.get === get) continue;
    // Loaded meanwhile: Node's own getter still gives the original.
    const value: unknown = property?.value;
    if (value === undefined || object !== globalThis || value !== get.call(globalThis)) {
      return `${name}.${String(key)}`;
    }
    // What the plugin puts there later in its place is not noticed; a getter for each look would cost more.
    getters.delete(key);
  }
  return null;
}
