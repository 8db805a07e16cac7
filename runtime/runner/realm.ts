/**
 * Notices what a call did to the process that the next call would meet: changed or added intrinsics and globals,
 * another working directory. State of the plugin's own modules is its own business.
 */

// Kept before plugin code runs, which may replace them.
const { ownKeys } = Reflect;
const describeProperty = Object.getOwnPropertyDescriptor;
const prototypeOf = Object.getPrototypeOf;
const { cwd } = process;

interface Baseline {
  readonly name: string;
  readonly object: Readonly<Record<PropertyKey, unknown>>;
  keyCount: number;
  readonly dataKeys: PropertyKey[];
  readonly dataValues: unknown[];
  /** Globals that Node loads at their first use: getters until then, values afterwards. */
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
  const baseline: Baseline = {
    name,
    object: object as Readonly<Record<PropertyKey, unknown>>, // any object has properties
    keyCount: keys.length,
    dataKeys: [],
    dataValues: [],
    getters: new Map(),
  };
  for (const key of keys) {
    const property = describeProperty(object, key);
    if (property === undefined) continue;
    if (property.get !== undefined) baseline.getters.set(key, property.get);
    else if (!Number.isNaN(property.value)) addValue(baseline, key, property.value); // NaN equals nothing
  }
  return baseline;
}

function addValue(baseline: Baseline, key: PropertyKey, value: unknown): void {
  baseline.dataKeys.push(key);
  baseline.dataValues.push(value);
}

function compare(baseline: Baseline): string | null {
  const { name, object, dataKeys, dataValues } = baseline;
  const keys = ownKeys(object);
  if (keys.length !== baseline.keyCount) {
    const difference = compareKeys(baseline, keys);
    if (difference !== null) return difference;
  }
  for (let index = 0; index < dataKeys.length; index += 1) {
    const key = dataKeys[index];
    if (key !== undefined && object[key] !== dataValues[index]) return `${name}.${String(key)}`;
  }
  return compareGetters(baseline);
}

/** What Node itself adds to the global object when its parts are first used. */
const ownAdditions = /^Symbol\(undici\./;

function compareKeys(baseline: Baseline, keys: readonly PropertyKey[]): string | null {
  const known = new Set<PropertyKey>([...baseline.dataKeys, ...baseline.getters.keys()]);
  for (const key of keys) {
    if (known.has(key) || key === "NaN") continue;
    if (baseline.object !== globalThis || !ownAdditions.test(String(key)))
      return `${baseline.name}.${String(key)}`;
  }
  for (const key of known) {
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
    getters.delete(key);
    addValue(baseline, key, value);
  }
  return null;
}
