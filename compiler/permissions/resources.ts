import type { CallExpression, Expression, NewExpression } from "estree";
import { authority, type Folder, type Text } from "./fold.ts";
import { broad, canonicalCommand, canonicalHost, canonicalPath, type Permission } from "./permission.ts";
import type { Sink } from "./sinks.ts";

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
}

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "ws:": 80, "https:": 443, "wss:": 443 };
/** Schemes that name no host: `fetch` answers them itself, or refuses. */
const localSchemes: ReadonlySet<string> = new Set(["data:", "blob:", "about:", "file:"]);
/** Options with which `http.request` and `net.connect` go elsewhere than to the host they name. */
const detours = ["socketPath", "agent", "createConnection", "lookup", "_defaultAgent"];
const socketDetours = ["path", "lookup", "socket", "fd", "handle"];

/** What one call of a sink needs. `call` is null where the sink is used as a value. */
export function resourceOf(
  row: Sink,
  kind: Permission["kind"],
  call: SinkCall | null,
  fold: Folder,
): Resource {
  const unknown = (what: string): Resource => ({ kind: "unknown", what, permissions: [broad(kind)] });
  if (row.resource === undefined) return known(broad(kind));
  if (call === null) return unknown("what it is called with");
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
      return network(urlNeeds(urlArgument(argument, fold)), unknown);
    case "request":
      return network(requestNeeds(argument, options, row.module === "http" ? 80 : 443, fold), unknown);
    case "socket":
      return network(socketNeeds(argument, options, fold), unknown);
    case "host": {
      const host = hostOf(fold.string(argument));
      return network(host === null ? null : [need({ kind: "network", host, port: null })], unknown);
    }
    case "path":
      return pathNeeds(kind, argument, options, fold);
    case "open":
      return openNeeds(argument, options, fold);
    case "command":
      return commandNeeds(argument, args.slice(index + 1), fold, unknown);
    default:
      throw new Error(`the sink ${row.module ?? row.global}.${row.name} names a resource without a form`);
  }
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

/** `fetch` takes a string, a `URL` or a `Request`. */
function urlArgument(argument: Expression, fold: Folder): Text {
  if (
    argument.type === "NewExpression" &&
    argument.callee.type === "Identifier" &&
    argument.callee.name === "Request"
  ) {
    const [first] = argument.arguments;
    if (first !== undefined && first.type !== "SpreadElement") return fold.text(first);
  }
  return fold.text(argument);
}

function urlNeeds(text: Text): readonly Need[] | null {
  if (text.isWhole) {
    const url = URL.parse(text.known);
    // Without a scheme there is nothing to resolve it against: the API throws.
    if (url === null || localSchemes.has(url.protocol)) return [];
    return urlNeed(url);
  }
  if (/^(?:data|blob|about):/i.test(text.known)) return [];
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
  if (own !== null) return own.has("defaultPort") ? null : optionNeeds(own, detours, standardPort, fold);
  if (options !== null && !isFunction(options)) {
    const given = options === "unknown" ? null : fold.object(options);
    // Options win over the URL.
    if (given === null || ["host", "hostname", "port", "protocol", ...detours].some((key) => given.has(key)))
      return null;
  }
  return urlNeeds(fold.text(argument));
}

function socketNeeds(
  argument: Expression,
  second: Expression | "unknown" | null,
  fold: Folder,
): readonly Need[] | null {
  const options = fold.object(argument);
  if (options !== null) return options.has("port") ? optionNeeds(options, socketDetours, null, fold) : null;
  const port = portOf(fold.string(argument));
  if (port === null || second === "unknown") return null;
  const host = second === null || isFunction(second) ? "localhost" : hostOf(fold.string(second));
  return host === null ? null : [need({ kind: "network", host, port })];
}

function optionNeeds(
  options: ReadonlyMap<string, Expression>,
  refused: readonly string[],
  standardPort: number | null,
  fold: Folder,
): readonly Need[] | null {
  if (refused.some((key) => options.has(key))) return null;
  // Of two, an empty `hostname` would let the other one win.
  if (options.has("hostname") && options.has("host")) return null;
  const named = options.get("hostname") ?? options.get("host");
  const host = named === undefined ? "localhost" : hostOf(fold.string(named));
  const given = options.get("port");
  const port = given === undefined ? standardPort : portOf(fold.string(given));
  if (host === null || port === null) return null;
  return [
    {
      permission: { kind: "network", host, port: port === standardPort ? null : port },
      exact: { kind: "network", host, port },
    },
  ];
}

function pathNeeds(
  kind: Permission["kind"],
  argument: Expression,
  options: Expression | "unknown" | null,
  fold: Folder,
): Resource {
  const kinds = new Set<Permission["kind"]>([kind]);
  const given = options === null || options === "unknown" ? null : fold.object(options);
  const flag = given?.get("flag") ?? given?.get("flags");
  if (flag !== undefined) for (const access of accessOf(fold.string(flag))) kinds.add(access);
  return filesResource([...kinds], argument, fold);
}

function openNeeds(argument: Expression, options: Expression | "unknown" | null, fold: Folder): Resource {
  const isDefault = options === null || isFunction(options);
  const kinds = isDefault
    ? ["fs:read" as const]
    : accessOf(options === "unknown" ? null : fold.string(options));
  return filesResource(kinds, argument, fold);
}

/** Access that open flags give; unknown flags give both. */
function accessOf(flags: string | null): readonly ("fs:read" | "fs:write")[] {
  if (flags !== null && /^(?:r|rs|sr)$/.test(flags)) return ["fs:read"];
  if (flags !== null && /^(?:w|wx|xw|a|ax|xa|as|sa)$/.test(flags)) return ["fs:write"];
  return ["fs:read", "fs:write"];
}

function filesResource(kinds: readonly Permission["kind"][], argument: Expression, fold: Folder): Resource {
  const text = fold.string(argument);
  // A string that looks like a URL is a relative path, and a URL object is not; digits may be a descriptor. Both fold
  // alike.
  const path = text === null || /^(?:file:.*|\d+)$/is.test(text) ? null : canonicalPath(text);
  const permissions = kinds.map((kind): Permission => {
    if (kind !== "fs:read" && kind !== "fs:write") return broad(kind);
    return { kind, path };
  });
  if (path === null) return { kind: "unknown", what: "the path", permissions: kinds.map(broad) };
  // The kernel shows every process's variables there.
  if (/^\/proc\/.*environ$/.test(path)) permissions.push(broad("env"));
  return known(...permissions);
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
  }
  const text = fold.string(argument);
  const command = text === null ? null : canonicalCommand(text);
  return command === null ? unknown("the command") : known({ kind: "exec", command });
}

function hostOf(text: string | null): string | null {
  if (text === null) return null;
  return canonicalHost(text.includes(":") && !text.startsWith("[") ? `[${text}]` : text);
}

function portOf(text: string | null): number | null {
  const port = text !== null && /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
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
