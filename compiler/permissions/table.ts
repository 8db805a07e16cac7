import type { Node } from "estree";
import { openModules, type Reach, type Sink, sameModule, sinks } from "./sinks.ts";

/**
 * An API by its path from something that every program can name. `global` with an empty path is the global object,
 * `module:NAME` a built-in module, `require` a function that loads modules by name, `constructor` the `constructor`
 * of a value of which nothing is known, `holder` an object one of whose members is an API, `instance` what a call of
 * an API with a known resource gave.
 */
export interface Api {
  readonly base: string;
  readonly path: readonly string[];
  /** `object` is the object of the program, null for a namespace that esbuild made; `at` is where the API went in. */
  readonly holds?: {
    readonly key: string;
    readonly api: Api;
    readonly object: Node | null;
    readonly at: number;
  };
  /** For an instance, the API that was called. */
  readonly madeBy?: Api;
}

export interface Classified {
  /** Empty when the table does not know the API. */
  readonly rows: readonly Sink[];
  /** How many members of the path the rows speak about; the others are members of the sink's own value. */
  readonly depth: number;
}

export const globalObject: Api = { base: "global", path: [] };
export const functionApi: Api = { base: "global", path: ["Function"] };
export const constructorApi: Api = { base: "constructor", path: [] };
/** A member that may be the `constructor` of a function, or of anything else. */
export const possibleConstructor: Api = { base: "constructor", path: ["?"] };
export const requireApi: Api = { base: "require", path: [] };
/** esbuild's stand-in for `require` in an ES module, where there is none: it throws whatever it is given. */
export const missingRequireApi: Api = { base: "missing-require", path: [] };

/** What every object has, and what bundlers ask modules for. */
const inherited: ReadonlySet<string> = new Set(
  "hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString __esModule".split(" "),
);
/** Members that give the object itself away, or its getters. */
export const revealingNames: ReadonlySet<string> = new Set(
  "valueOf __proto__ __lookupGetter__ __lookupSetter__ __defineGetter__ __defineSetter__".split(" "),
);
const pureRows: readonly Sink[] = [{ capability: "pure" }];
const rowsByKey = new Map<string, Sink[]>();
const rowsByOwner = new Map<string, Sink[]>();
for (const sink of sinks) {
  const owner = sink.module === undefined ? `global ${sink.global}` : `module:${sink.module}`;
  append(rowsByKey, sink.name === undefined ? owner : `${owner} ${sink.name}`, sink);
  append(rowsByOwner, owner, sink);
}

/** `object` is the literal, or null for a namespace; `at` tells two literals apart. */
export function holderOf(key: string, api: Api, object: Node | null, at: number): Api {
  return { base: `holder ${at} ${key} ${keyOf(api)}`, path: [], holds: { key, api, object, at } };
}

export function instanceOf(api: Api): Api {
  return { base: "instance", path: [], madeBy: api };
}

/** The same text for the same API. */
export function keyOf(api: Api): string {
  if (api.madeBy !== undefined) return `${api.base} ${api.path.join(".")} ${keyOf(api.madeBy)}`;
  return `${api.base} ${api.path.join(".")}`;
}

export function globalApi(name: string): Api {
  if (name === "globalThis" || name === "global") return globalObject;
  return name === "require" ? requireApi : { base: "global", path: [name] };
}

/** A built-in module, with or without `node:`; null when there is none of that name. */
export function moduleApi(specifier: string): Api | null {
  const bareName = specifier.startsWith("node:") ? specifier.slice(5) : specifier;
  if (bareName === "process" || bareName === "console") return globalApi(bareName);
  for (const name of bareName === specifier ? [specifier] : [bareName, specifier]) {
    if (rowsByOwner.has(`module:${name}`)) return { base: `module:${name}`, path: [] };
  }
  // A built-in of a version that the table does not know; everything else with that prefix is none.
  return specifier.startsWith("node:") ? { base: `module:${specifier}`, path: [] } : null;
}

/** The member of an API. */
export function memberOf(api: Api, key: string): Api {
  if (key === "constructor" && api.base !== "constructor" && api.madeBy === undefined && !isStream(api)) {
    return isFunction(api) ? functionApi : constructorApi;
  }
  if (api.madeBy !== undefined) return { ...api, path: [key] };
  if (api.base === "constructor")
    return key !== "constructor"
      ? { base: "constructor", path: [key] }
      : api.path[0] === "?"
        ? constructorApi
        : functionApi;
  if (api.base === "global" && api.path.length === 0) return globalApi(key);
  // The main module is of the CommonJS kind or not there.
  if (keyOf(api) === "global process.mainModule" && key === "require") return requireApi;
  if (key === "default" && (keyOf(api) === "global process" || keyOf(api) === "global console")) return api;
  if (api.path.length === 0 && api.base.startsWith("module:")) {
    if (key === "default" || key === "module.exports") return api;
    const same = sameModule.get(`${api.base.slice("module:".length)}.${key}`);
    if (same !== undefined) return { base: `module:${same}`, path: [] };
  }
  return { base: api.base, path: [...api.path, key] };
}

/** The rows that speak about an API: those of the longest known part of its path. */
export function classify(api: Api): Classified {
  const owner = ownerOf(api);
  const rest = api.base === "global" ? api.path.slice(1) : api.path;
  const ownDepth = api.path.length - rest.length;
  for (let length = rest.length; length > 0; length--) {
    const rows = rowsByKey.get(`${owner} ${rest.slice(0, length).join(".")}`);
    if (rows !== undefined) return { rows, depth: ownDepth + length };
  }
  const [member] = rest;
  if (member !== undefined && isClosed(owner)) {
    return { rows: inherited.has(member) ? pureRows : [], depth: ownDepth + 1 };
  }
  return { rows: rowsByKey.get(owner) ?? [], depth: ownDepth };
}

/** Whether the table knows a module, or a global, at all. */
export function isKnown(api: Api): boolean {
  return rowsByOwner.has(ownerOf(api));
}

/** All that a module or global reaches through any of its members; `isNamed` tells which rare ones count. */
export function reachOf(api: Api, isNamed: (name: string) => boolean = () => true): ReadonlySet<Reach> {
  return new Set(
    (rowsByOwner.get(ownerOf(api)) ?? [])
      .filter((row) => row.isRare !== true || isNamed(row.name ?? ""))
      .map((row) => row.capability)
      .filter((reach) => reach !== "pure"),
  );
}

/** What more than one member of a module reaches; one that reaches everything is enough. */
export function mainReachOf(api: Api): ReadonlySet<Reach> {
  const seen = new Set<Reach>();
  const again = new Set<Reach>();
  for (const { capability } of rowsByOwner.get(ownerOf(api)) ?? []) {
    if (capability === "pure") continue;
    const isBroad = capability === "root" || capability === "dynamic-code" || capability === "native-code";
    if (isBroad || seen.has(capability)) again.add(capability);
    seen.add(capability);
  }
  return again;
}

/** Whether neither the API nor a member of it reaches outside. */
export function isPure(api: Api): boolean {
  const { rows, depth } = classify(api);
  if (isContainer(api) || isStream(api) || rows.length === 0) return false;
  return rows.every((row) => row.capability === "pure") && (depth > 1 || reachOf(api).size === 0);
}

/** True where a value holds APIs as members: a module, `process`, the global object. */
export function isContainer(api: Api): boolean {
  if (api.holds !== undefined) return true;
  if (api.base === "global")
    return api.path.length === 0 || (api.path.length === 1 && api.path[0] === "process");
  return api.base.startsWith("module:") && api.path.length === 0;
}

/** Whether a member of that name gives the object itself away, or its getters. */
export function isRevealing(key: string): boolean {
  return revealingNames.has(key);
}

/** Whether taking this member of a container is a use of the whole container. */
export function reveals(api: Api, key: string): boolean {
  return isContainer(api) && revealingNames.has(key);
}

/** As people write it: `fetch`, `process.env`, `fs.readFile`. */
export function nameOf(api: Api): string {
  if (api.base === "global") return api.path.length === 0 ? "globalThis" : api.path.join(".");
  if (api.base.startsWith("module:")) return [api.base.slice("module:".length), ...api.path].join(".");
  return [api.base, ...api.path].join(".");
}

/** Whether the API is a function for certain, so that its constructor is `Function`. */
function isFunction(api: Api): boolean {
  const [name = "", ...rest] = api.path;
  if (api.base.startsWith("module:")) return api.path.length > 0;
  if (api.base !== "global") return false;
  if (name === "Function") return true;
  if (rest.length === 1 && namespaces.has(name)) return true;
  return rest.length === 0 && name !== "" && !notFunctions.has(name);
}

/** Namespaces of functions, so that their members are functions. */
const namespaces: ReadonlySet<string> = new Set("JSON Math Intl Atomics Reflect console process".split(" "));

const notFunctions: ReadonlySet<string> = new Set(
  (
    "Infinity NaN undefined JSON Math Intl Atomics Reflect WebAssembly Temporal arguments console performance crypto " +
    "navigator localStorage sessionStorage process module window self document exports"
  ).split(" "),
);

/** The streams of the process, which are sockets where they are pipes. */
export function isStream(api: Api): boolean {
  return /^global (?:process\.std(?:in|out|err)|console\._std(?:out|err))(?:\.|$)/.test(keyOf(api));
}

function ownerOf(api: Api): string {
  return api.base === "global" ? `global ${api.path[0] ?? "globalThis"}` : api.base;
}

/** Whether a member of the owner without a row is not known. */
function isClosed(owner: string): boolean {
  if (owner === "global process") return true;
  return owner.startsWith("module:") && !openModules.has(owner.slice("module:".length));
}

function append<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
