import type { CallExpression, Expression, NewExpression } from "estree";
import { authority, type Folder } from "./fold.ts";
import { broad, canonicalCommand, canonicalHost, canonicalPath, type Permission } from "./permission.ts";
import type { Sink } from "./sinks.ts";
import { moduleApi } from "./table.ts";
import { folderOf, type Text } from "./text.ts";

/** One thing that a use needs. `exact` has the port that `permission` leaves out where it is the scheme's own. */
export interface Need {
  readonly permission: Permission;
  readonly exact: Permission;
}

/**
 * `known`: these and nothing else, perhaps nothing at all. `unknown`: the whole kind, because `what` is not constant.
 */
export type Resource =
  | { readonly kind: "known"; readonly needs: readonly Need[] }
  | { readonly kind: "unknown"; readonly what: string; readonly permissions: readonly Permission[] };

/** A call of a sink: its arguments start at `first`, which is 1 for `sink.call(self, ...)`. */
export interface SinkCall {
  readonly node: CallExpression | NewExpression;
  readonly first: number;
  /** Of what `promisify` made of the function, which is given no callback. */
  readonly isPromised?: boolean;
}

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "ws:": 80, "https:": 443, "wss:": 443 };
/** Schemes that name no host: `fetch` answers them itself, or refuses. */
const localSchemes: ReadonlySet<string> = new Set(["data:", "blob:", "about:", "file:"]);
/** Options with which `http.request` and `net.connect` go elsewhere than to the host they name. */
const detours = ["socketPath", "agent", "createConnection", "lookup", "_defaultAgent", "defaultPort"];
const socketDetours = ["path", "lookup", "socket", "fd", "handle"];
/** Variables that decide which program a name stands for, or which code it loads first. */
const searchVariables = /^(?:PATH|LD_.*|DYLD_.*)$/i;

/** What one call of a sink needs. `call` is null where the sink is used as a value. */
export function resourceOf(
  row: Sink,
  kind: Permission["kind"],
  call: SinkCall | null,
  fold: Folder,
): Resource {
  const unknown = (what: string): Resource => ({ kind: "unknown", what, permissions: [broad(kind)] });
  if (row.resource === undefined) return known(broad(kind));
  if (call === null) {
    const kinds = row.form === "open" ? (["fs:read", "fs:write"] as const) : [kind];
    return { kind: "unknown", what: "what it is called with", permissions: kinds.map(broad) };
  }
  const args = call.node.arguments.slice(call.first);
  const index = row.resource;
  if (args.slice(0, index + 1).some((argument) => argument.type === "SpreadElement")) {
    return unknown("what it is called with");
  }
  const argument = args[index] as Expression | undefined;
  if (argument === undefined) return unknown("what it is called with");
  const after = args[index + 1];
  const options = after === undefined ? null : after.type === "SpreadElement" ? "unknown" : after;
  switch (row.form) {
    case "url":
      return network(urlsNeeds(urlArgument(argument, fold), fold), unknown);
    case "request":
      return network(requestNeeds(argument, options, row.module === "http" ? 80 : 443, fold), unknown);
    case "socket":
      return network(socketNeeds(argument, options, fold), unknown);
    case "host":
      return network(
        each(fold.strings(argument), (text) => {
          const host = hostOf(text);
          return host === null ? null : [need({ kind: "network", host, port: null })];
        }),
        unknown,
      );
    case "path":
      return filesResource([kind], argument, fold);
    case "file":
      return fileNeeds(
        kind,
        argument,
        call.isPromised === true ? args.slice(index + 1) : optionsOf(row, args.slice(index + 1)),
        fold,
      );
    case "open":
      return openNeeds(argument, options, fold);
    case "command":
      return commandNeeds(argument, args.slice(index + 1), fold, unknown);
    default:
      throw new Error(`the sink ${row.module ?? row.global}.${row.name} names a resource without a form`);
  }
}

/** Whether a diagnostics channel is none of Node's: those are named after its modules, or after undici. */
export function isOwnChannel(call: SinkCall, fold: Folder): boolean {
  const argument = call.node.arguments[call.first];
  const name = argument === undefined || argument.type === "SpreadElement" ? null : fold.string(argument);
  if (name === null) return false;
  const [first = ""] = name.replace(/^(?:tracing:)+/, "").split(/[.:]/);
  return !/^(?:node|undici|console|quic|dtls|locks|execve)$/.test(first) && moduleApi(first) === null;
}

/** Need of `process.env.NAME`; null for a name that plugin.yaml cannot spell. */
export function envNeed(name: string): Need | null {
  // What every object has is no variable, and some of it hands out all of them.
  if (name in {} || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return null;
  return need({ kind: "env", name });
}

function network(needs: readonly Need[] | null, unknown: (what: string) => Resource): Resource {
  return needs === null ? unknown("the host") : { kind: "known", needs };
}

/** The needs of all that it may be; null where one of them is not known. */
function each<V>(
  values: readonly V[] | null,
  of: (value: V) => readonly Need[] | null,
): readonly Need[] | null {
  const needs: Need[] = [];
  for (const value of values ?? []) {
    const found = of(value);
    if (found === null) return null;
    needs.push(...found);
  }
  return values === null ? null : needs;
}

/** `fetch` takes a string, a `URL` or a `Request`. */
function urlArgument(argument: Expression, fold: Folder): Expression {
  const [made, ...others] = fold.values(argument) ?? [];
  const target = made ?? argument;
  if (
    others.length === 0 &&
    target.type === "NewExpression" &&
    target.callee.type === "Identifier" &&
    target.callee.name === "Request"
  ) {
    const [first] = target.arguments;
    if (first !== undefined && first.type !== "SpreadElement") return first;
  }
  return argument;
}

function urlsNeeds(argument: Expression, fold: Folder): readonly Need[] | null {
  return each(fold.texts(argument), urlNeeds);
}

function urlNeeds(text: Text): readonly Need[] | null {
  if (text.isWhole) {
    const url = URL.parse(text.known);
    // Without a scheme there is nothing to resolve it against: the API throws.
    if (url === null || localSchemes.has(url.protocol)) return [];
    return urlNeed(url);
  }
  // Without a letter at its start it has no scheme.
  if (/^(?:data|blob|about):|^[!-@[-`{-~]/i.test(text.known)) return [];
  const known = authority(text);
  const url = known === null ? null : URL.parse(known);
  return url === null ? null : urlNeed(url);
}

function urlNeed(url: URL): readonly Need[] | null {
  const standard = defaultPorts[url.protocol];
  const host = canonicalHost(url.hostname);
  if (standard === undefined || host === null) return null;
  const port = url.port === "" ? null : Number(url.port);
  return [
    {
      permission: { kind: "network", host, port },
      exact: { kind: "network", host, port: port ?? standard },
    },
  ];
}

function requestNeeds(
  argument: Expression,
  options: Expression | "unknown" | null,
  standardPort: number,
  fold: Folder,
): readonly Need[] | null {
  const own = fold.object(argument);
  if (own !== null) return optionNeeds(own, detours, standardPort, fold);
  if (options !== null && !isFunction(options)) {
    const given = options === "unknown" ? null : fold.object(options);
    // Options win over the URL.
    if (given === null || ["host", "hostname", "port", "protocol", ...detours].some((key) => given.has(key)))
      return null;
  }
  return urlsNeeds(argument, fold);
}

function socketNeeds(
  argument: Expression,
  second: Expression | "unknown" | null,
  fold: Folder,
): readonly Need[] | null {
  const options = fold.object(argument);
  if (options !== null) return options.has("port") ? optionNeeds(options, socketDetours, null, fold) : null;
  if (second === "unknown") return null;
  const hosts = second === null || isFunction(second) ? ["localhost"] : fold.strings(second);
  return hostNeeds(hosts, fold.strings(argument), null);
}

function optionNeeds(
  options: ReadonlyMap<string, Expression>,
  refused: readonly string[],
  standardPort: number | null,
  fold: Folder,
): readonly Need[] | null {
  if (refused.some((key) => options.has(key))) return null;
  // Of two, an empty `hostname` would let the other one win.
  const hostname = options.get("hostname");
  const isEmpty = hostname !== undefined && fold.strings(hostname)?.every((text) => text !== "") !== true;
  if (isEmpty && options.has("host")) return null;
  const named = hostname ?? options.get("host");
  const given = options.get("port");
  return hostNeeds(
    named === undefined ? ["localhost"] : fold.strings(named),
    given === undefined ? (standardPort === null ? null : [String(standardPort)]) : fold.strings(given),
    standardPort,
  );
}

function hostNeeds(
  hosts: readonly string[] | null,
  ports: readonly string[] | null,
  standardPort: number | null,
): readonly Need[] | null {
  return each(hosts, (name) =>
    each(ports, (digits) => {
      const host = hostOf(name);
      const port = portOf(digits);
      if (host === null || port === null) return null;
      return [
        {
          permission: { kind: "network", host, port: port === standardPort ? null : port },
          exact: { kind: "network", host, port },
        },
      ];
    }),
  );
}

/** What stands between the path and the callback, which is last and must be there where the function takes one. */
function optionsOf(row: Sink, rest: CallExpression["arguments"]): CallExpression["arguments"] {
  const takesCallback = row.module === "fs" && !/(?:Sync|Stream)$/.test(row.name ?? "");
  return takesCallback ? rest.slice(0, -1) : rest;
}

function fileNeeds(
  kind: Permission["kind"],
  argument: Expression,
  rest: CallExpression["arguments"],
  fold: Folder,
): Resource {
  const kinds = new Set<Permission["kind"]>([kind]);
  let isUnknown = false;
  for (const each of rest) {
    const given = each.type === "SpreadElement" ? null : fold.object(each);
    if (given?.has("fd")) return { kind: "unknown", what: "the descriptor", permissions: [broad(kind)] };
    const flag = given?.get("flag") ?? given?.get("flags");
    if (flag !== undefined) for (const access of accessOf(fold.strings(flag))) kinds.add(access);
    // An encoding is text.
    if (given === null && fold.strings(each) === null) isUnknown = true;
  }
  const resource = filesResource([...kinds], argument, fold);
  // Unknown options may open for writing what is only read. Where the path is not known either, this is a library's own
  // wrapper, and they are taken to be the usual ones.
  if (kind !== "fs:read" || !isUnknown || resource.kind === "unknown") return resource;
  return filesResource(["fs:read", "fs:write"], argument, fold);
}

function openNeeds(argument: Expression, options: Expression | "unknown" | null, fold: Folder): Resource {
  const isDefault = options === null || isFunction(options);
  const kinds = isDefault
    ? ["fs:read" as const]
    : accessOf(options === "unknown" ? null : fold.strings(options));
  return filesResource(kinds, argument, fold);
}

/** Access that open flags give; unknown flags give both. */
function accessOf(flags: readonly string[] | null): readonly ("fs:read" | "fs:write")[] {
  const found = new Set<"fs:read" | "fs:write">();
  for (const flag of flags ?? ["unknown"]) {
    if (!/^(?:w|wx|xw|a|ax|xa|as|sa)$/.test(flag)) found.add("fs:read");
    if (!/^(?:r|rs|sr)$/.test(flag)) found.add("fs:write");
  }
  return [...found];
}

function filesResource(kinds: readonly Permission["kind"][], argument: Expression, fold: Folder): Resource {
  const isUrl = fold.isUrl(argument);
  const paths = fold.texts(argument).map((text) => {
    if (!text.isWhole) {
      const folder = isUrl ? null : folderOf(text);
      return folder === null ? null : pathOfText(folder);
    }
    return isUrl ? pathOfUrl(text.known) : pathOfText(text.known);
  });
  const permissions: Permission[] = [];
  for (const path of paths) {
    if (path === null) return { kind: "unknown", what: "the path", permissions: kinds.map(broad) };
    for (const kind of kinds)
      permissions.push(kind === "fs:read" || kind === "fs:write" ? { kind, path } : broad(kind));
    // The kernel shows every process's variables there.
    if (/^\/proc\/.*environ$/.test(path)) permissions.push(broad("env"));
  }
  return known(...permissions);
}

/** Digits may be a descriptor: numbers and their text fold alike. So may be a URL that is text, which is a path. */
function pathOfText(text: string): string | null {
  return /^(?:file:.*|\d+)$/is.test(text) ? null : canonicalPath(text);
}

function pathOfUrl(text: string): string | null {
  const url = URL.parse(text);
  if (url?.protocol !== "file:" || url.host !== "" || /%2f|%5c/i.test(url.pathname)) return null;
  try {
    return canonicalPath(decodeURIComponent(url.pathname));
  } catch (error) {
    // `%` without two digits: Node refuses it too.
    if (error instanceof URIError) return null;
    throw error;
  }
}

function commandNeeds(
  argument: Expression,
  rest: CallExpression["arguments"],
  fold: Folder,
  unknown: (what: string) => Resource,
): Resource {
  for (const [i, option] of rest.entries()) {
    const given = option.type === "SpreadElement" ? null : fold.object(option);
    const shell = given?.get("shell");
    const isUnknown = given === null && (option.type === "SpreadElement" || (i > 0 && !isFunction(option)));
    // What stands second is a list of arguments unless it is plain to see that it is not.
    if (isUnknown || (shell !== undefined && !(shell.type === "Literal" && shell.value === false))) {
      return unknown("whether a shell runs it");
    }
    const env = given?.get("env");
    if (env !== undefined && !keepsSearchPath(env, fold)) return unknown("where it is searched for");
  }
  const commands = fold.strings(argument)?.map(canonicalCommand) ?? [null];
  const permissions = commands.flatMap((command): Permission[] =>
    command === null ? [] : [{ kind: "exec", command }],
  );
  return permissions.length < commands.length ? unknown("the command") : known(...permissions);
}

/** Whether a child's variables are those of the parent as far as they decide which program runs. */
function keepsSearchPath(env: Expression, fold: Folder): boolean {
  if (env.type === "Identifier" && env.name === "undefined") return true;
  if (fold.isEnvironment(env)) return true;
  const [literal, ...others] = fold.values(env) ?? [];
  if (literal?.type !== "ObjectExpression" || others.length > 0) return false;
  return literal.properties.every((property) => {
    if (property.type === "SpreadElement")
      return fold.isEnvironment(property.argument) || keepsSearchPath(property.argument, fold);
    if (property.computed) return false;
    const name = property.key.type === "Identifier" ? property.key.name : fold.string(property.key);
    if (name === null || name === "__proto__") return false;
    return !searchVariables.test(name) || isFromEnvironment(property.value as Expression, name, fold);
  });
}

/** `PATH: process.env.PATH` */
function isFromEnvironment(value: Expression, name: string, fold: Folder): boolean {
  return value.type === "MemberExpression" && fold.key(value) === name && fold.isEnvironment(value.object);
}

function hostOf(text: string): string | null {
  return canonicalHost(text.includes(":") && !text.startsWith("[") ? `[${text}]` : text);
}

function portOf(text: string): number | null {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65535 ? port : null;
}

function isFunction(node: Expression | "unknown"): boolean {
  return (
    node !== "unknown" && (node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression")
  );
}

function known(...permissions: readonly Permission[]): Resource {
  return { kind: "known", needs: permissions.map(need) };
}

function need(permission: Permission): Need {
  return { permission, exact: permission };
}
