import { closed, type Reach, type Sink, sameModule, sinks } from "./sinks.ts";

/**
 * An API by its path from something that every program can name. `global` with an empty path is the global object,
 * `module:NAME` a built-in module, `require` a function that loads modules by name, `constructor` the `constructor`
 * of a value of which nothing is known, `holder` a namespace object that esbuild made, one of whose members is an API.
 */
export interface Api {
  readonly base: string;
  readonly path: readonly string[];
  readonly holds?: { readonly key: string; readonly api: Api };
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
export const requireApi: Api = { base: "require", path: [] };
/** esbuild's stand-in for `require` in an ES module, where there is none: it throws whatever it is given. */
export const missingRequireApi: Api = { base: "missing-require", path: [] };

const rowsByKey = new Map<string, Sink[]>();
const rowsByOwner = new Map<string, Sink[]>();
for (const sink of sinks) {
  const owner = sink.module === undefined ? `global ${sink.global}` : `module:${sink.module}`;
  append(rowsByKey, sink.name === undefined ? owner : `${owner} ${sink.name}`, sink);
  append(rowsByOwner, owner, sink);
}

export function holderOf(key: string, api: Api): Api {
  return { base: `holder ${key} ${keyOf(api)}`, path: [], holds: { key, api } };
}

/** The same text for the same API. */
export function keyOf(api: Api): string {
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
    if (rowsByKey.has(`module:${name}`)) return { base: `module:${name}`, path: [] };
  }
  // A built-in of a version that the table does not know; everything else with that prefix is none.
  return specifier.startsWith("node:") ? { base: `module:${specifier}`, path: [] } : null;
}

/** The member of an API. */
export function memberOf(api: Api, key: string): Api {
  if (key === "constructor" && api.base !== "constructor" && !isStream(api)) {
    return isFunction(api) ? functionApi : constructorApi;
  }
  if (api.base === "constructor")
    return key === "constructor" ? functionApi : { base: "constructor", path: [key] };
  if (api.base === "global" && api.path.length === 0) return globalApi(key);
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
  const isGlobal = api.base === "global";
  const owner = isGlobal ? `global ${api.path[0] ?? "globalThis"}` : api.base;
  const rest = isGlobal ? api.path.slice(1) : api.path;
  const ownDepth = api.path.length - rest.length;
  for (let length = rest.length; length > 0; length--) {
    const rows = rowsByKey.get(`${owner} ${rest.slice(0, length).join(".")}`);
    if (rows !== undefined) return { rows, depth: ownDepth + length };
  }
  if (closed.has(owner) && rest.length > 0) return { rows: [], depth: ownDepth + 1 };
  return { rows: rowsByKey.get(owner) ?? [], depth: ownDepth };
}

/** All that a module or global reaches through any of its members. */
export function reachOf(api: Api): ReadonlySet<Reach> {
  const owner = api.base === "global" ? `global ${api.path[0] ?? "globalThis"}` : api.base;
  return new Set(
    (rowsByOwner.get(owner) ?? []).map((row) => row.capability).filter((reach) => reach !== "pure"),
  );
}

/** True where a value holds APIs as members: a module, `process`, the global object. */
export function isContainer(api: Api): boolean {
  if (api.holds !== undefined) return true;
  if (api.base === "global")
    return api.path.length === 0 || (api.path.length === 1 && api.path[0] === "process");
  return api.base.startsWith("module:") && api.path.length === 0;
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
  return name === "Function" || (rest.length === 0 && name !== "" && !notFunctions.has(name));
}

const notFunctions: ReadonlySet<string> = new Set(
  (
    "Infinity NaN undefined JSON Math Intl Atomics Reflect WebAssembly Temporal arguments console performance crypto " +
    "navigator localStorage sessionStorage process module window self document exports"
  ).split(" "),
);

function isStream(api: Api): boolean {
  return api.base === "global" && api.path[0] === "process" && /^std(in|out|err)$/.test(api.path[1] ?? "");
}

function append<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
