import { posix } from "node:path";
import { closest, distance } from "fastest-levenshtein";

/**
 * What a plugin may reach outside itself. `null` stands for every host, port, variable, path or command.
 *
 * - `host` is in the canonical form of the WHATWG URL parser (lower case, punycode, IPv6 in brackets), without a
 *   final dot; `*.` in front stands for every name below it, not for the name itself.
 * - `name` may end in `*` and then stands for every variable that starts so.
 * - `path` is POSIX and normalised, without a final slash. A path that starts with `/` is absolute; every other one
 *   is relative to the working directory of the running plugin and starts with `./` (or is `.`, that folder itself).
 *   An absolute path never covers a relative one, because the working directory is known only when it runs. A path
 *   covers itself and everything below it. Symbolic links are not followed.
 * - `command` is a bare name, looked up in PATH, or an absolute path.
 */
export type Permission =
  | { readonly kind: "network"; readonly host: string | null; readonly port: number | null }
  | { readonly kind: "env"; readonly name: string | null }
  | { readonly kind: "fs:read" | "fs:write"; readonly path: string | null }
  | { readonly kind: "exec"; readonly command: string | null };

export type PermissionKind = Permission["kind"];

/** `nearest` is a permission that parses and was probably meant. */
export type ParsedPermission =
  | { readonly permission: Permission }
  | { readonly reason: string; readonly nearest: string | null };

const kinds = ["network", "env", "fs:read", "fs:write", "exec"] as const satisfies readonly PermissionKind[];

/** Words that people write for a kind, too far from it in letters to be found by distance. */
const otherWords: ReadonlyMap<string, PermissionKind> = new Map([
  ["http", "network"],
  ["https", "network"],
  ["net", "network"],
  ["host", "network"],
  ["fetch", "network"],
  ["environment", "env"],
  ["variable", "env"],
  ["fs", "fs:read"],
  ["file", "fs:read"],
  ["files", "fs:read"],
  ["filesystem", "fs:read"],
  ["read", "fs:read"],
  ["write", "fs:write"],
  ["command", "exec"],
  ["execute", "exec"],
  ["shell", "exec"],
  ["run", "exec"],
  ["process", "exec"],
]);

/** Reads one entry of plugin.yaml's `permissions`. Strict: what is not canonical enough to be sure is refused. */
export function parsePermission(text: string): ParsedPermission {
  if (text.trim() !== text) {
    const trimmed = parsePermission(text.trim());
    return { reason: "it has spaces around it", nearest: nearestOf(trimmed) };
  }
  const kind = kinds.find((kind) => text === kind || text.startsWith(`${kind}:`));
  if (kind === undefined) return unknownKind(text);
  if (text === kind) return { permission: broad(kind) };
  const resource = text.slice(kind.length + 1);
  if (resource === "") return { reason: "nothing follows the last colon", nearest: kind };
  if (resource === "*") return { reason: `\`${kind}\` alone stands for everything`, nearest: kind };
  switch (kind) {
    case "network":
      return parseNetwork(resource);
    case "env":
      if (/^[A-Za-z_][A-Za-z0-9_]*\*?$/.test(resource)) return { permission: { kind, name: resource } };
      return {
        reason: "a variable's name is letters, digits and underscores, with at most one `*` at its end",
        nearest: /^\$[A-Za-z_][A-Za-z0-9_]*$/.test(resource) ? `env:${resource.slice(1)}` : null,
      };
    case "fs:read":
    case "fs:write": {
      const path = canonicalPath(resource);
      if (path !== null && !resource.split("/").includes("..")) return { permission: { kind, path } };
      return {
        reason: resource.includes("\\")
          ? "paths are written with `/`"
          : "a path has no `..` and no control characters",
        nearest: path === null ? null : `${kind}:${path}`,
      };
    }
    case "exec": {
      const command = canonicalCommand(resource);
      if (command !== null) return { permission: { kind, command } };
      const first = resource.split(" ")[0] ?? "";
      return {
        reason: "a command is one bare name or an absolute path, without arguments",
        nearest: first !== resource && canonicalCommand(first) !== null ? `exec:${first}` : null,
      };
    }
  }
}

/** The one spelling of a permission; {@link parsePermission} reads it back. */
export function formatPermission(p: Permission): string {
  switch (p.kind) {
    case "network":
      return p.host === null ? "network" : `network:${p.host}${p.port === null ? "" : `:${p.port}`}`;
    case "env":
      return p.name === null ? "env" : `env:${p.name}`;
    case "fs:read":
    case "fs:write":
      return p.path === null ? p.kind : `${p.kind}:${p.path}`;
    case "exec":
      return p.command === null ? "exec" : `exec:${p.command}`;
  }
}

/** Whether declaring `declared` allows everything that `needed` asks for. `fs:write` does not imply `fs:read`. */
export function covers(declared: Permission, needed: Permission): boolean {
  if (declared.kind === "network" && needed.kind === "network") {
    if (declared.host === null) return true;
    if (needed.host === null) return false;
    return (
      coversHost(declared.host, needed.host) && (declared.port === null || declared.port === needed.port)
    );
  }
  if (declared.kind === "env" && needed.kind === "env") {
    if (declared.name === null) return true;
    if (needed.name === null) return false;
    if (!declared.name.endsWith("*")) return declared.name === needed.name;
    return needed.name.startsWith(declared.name.slice(0, -1));
  }
  if (declared.kind === "exec" && needed.kind === "exec") {
    return declared.command === null || declared.command === needed.command;
  }
  if (
    (declared.kind === "fs:read" && needed.kind === "fs:read") ||
    (declared.kind === "fs:write" && needed.kind === "fs:write")
  ) {
    if (declared.path === null) return true;
    if (needed.path === null) return false;
    return coversPath(declared.path, needed.path);
  }
  return false;
}

/** The permission of a kind that covers every other one of that kind. */
export function broad(kind: PermissionKind): Permission {
  switch (kind) {
    case "network":
      return { kind, host: null, port: null };
    case "env":
      return { kind, name: null };
    case "fs:read":
    case "fs:write":
      return { kind, path: null };
    case "exec":
      return { kind, command: null };
  }
}

/**
 * A host as the WHATWG URL parser spells it, without a final dot; null when it is none. Short forms of IPv4
 * addresses come out as four numbers.
 */
export function canonicalHost(text: string): string | null {
  // A URL may carry each of these characters beside its host, and the parser drops tabs and line feeds.
  if (!/^[^\s/\\?#@%]+$/u.test(text)) return null;
  if (text.includes(":") && !/^\[[0-9A-Fa-f:.]+\]$/.test(text)) return null;
  const url = URL.parse(`http://${text}/`);
  if (url === null) return null;
  const host = url.hostname.replace(/\.$/, "");
  return host === "" || host.includes("*") ? null : host;
}

/** Normalised, with `./` before a relative one. Null when it leaves the working directory or cannot be compared. */
export function canonicalPath(text: string): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a path with one of them is never meant
  if (text === "" || /[\u0000-\u001f\u007f\\]/.test(text)) return null;
  const path = posix.normalize(text).replace(/(.)\/$/, "$1");
  // Two leading slashes are one to Linux, and `normalize` agrees.
  if (path.startsWith("/") || path === ".") return path;
  return path === ".." || path.startsWith("../") ? null : `./${path}`;
}

/** A bare name or a normalised absolute path; null for everything else, such as a path relative to some folder. */
export function canonicalCommand(text: string): string | null {
  if (/^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(text)) return text;
  if (!text.startsWith("/") || text.split("/").includes("..")) return null;
  const path = canonicalPath(text);
  return path === "/" ? null : path;
}

function parseNetwork(resource: string): ParsedPermission {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(resource);
  if (scheme !== null || /[/?#@]/.test(resource)) {
    const url = URL.parse(scheme === null ? `http://${resource}` : resource);
    const host = url === null ? null : canonicalHost(url.hostname);
    return {
      reason: "a network permission is a host and perhaps a port, not a URL",
      nearest: host === null ? null : `network:${host}${url?.port ? `:${url.port}` : ""}`,
    };
  }
  const match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(resource);
  if (match === null) return { reason: "an IPv6 address stands in brackets", nearest: null };
  const [, name = "", digits] = match;
  const isWild = name.startsWith("*.");
  const host = canonicalHost(isWild ? name.slice(2) : name);
  if (host === null || (isWild && /^\[|^[\d.]+$/.test(host))) {
    return {
      reason: name.includes("*")
        ? "`*` stands only for the first labels, as in `*.example.com`"
        : "the host is invalid",
      nearest: null,
    };
  }
  const full = isWild ? `*.${host}` : host;
  if (name.endsWith(".")) return { reason: "a host has no final dot", nearest: `network:${full}` };
  if (digits === undefined) return { permission: { kind: "network", host: full, port: null } };
  const port = /^[1-9][0-9]{0,4}$/.test(digits) ? Number(digits) : 0;
  if (port < 1 || port > 65535) {
    return {
      reason: "a port is a number from 1 to 65535",
      nearest: digits === "" || digits === "*" ? `network:${full}` : null,
    };
  }
  return { permission: { kind: "network", host: full, port } };
}

function coversHost(declared: string, needed: string): boolean {
  if (!declared.startsWith("*.")) return declared === needed;
  const below = declared.slice(1);
  return needed === declared || (needed.length > below.length && needed.endsWith(below));
}

function coversPath(declared: string, needed: string): boolean {
  if (declared === needed) return true;
  if (declared === ".") return needed.startsWith("./");
  return needed.startsWith(declared === "/" ? "/" : `${declared}/`);
}

function unknownKind(text: string): ParsedPermission {
  if (/^(?:https?|wss?):\/\//i.test(text)) {
    return { reason: "it names no kind of permission", nearest: nearestOf(parseNetwork(text)) };
  }
  const [word = "", second = "", ...rest] = text.split(/[:.]/);
  const reason = `\`${word}\` is no kind of permission`;
  // `filesystem:write:/data`, `fs.read`, `fs:raed:/x`: the second word decides.
  const access = otherWords.get(word.toLowerCase()) === "fs:read" ? near(`fs:${second}`) : null;
  if (access !== null) return { reason, nearest: spelled(access, rest.join(":")) };
  const kind = otherWords.get(word.toLowerCase()) ?? near(word);
  if (kind === null) return { reason, nearest: null };
  return { reason, nearest: spelled(kind, text.slice(word.length + 1)) };
}

function near(word: string): PermissionKind | null {
  const lower = word.toLowerCase();
  const found = kinds.find((kind) => kind === closest(lower, kinds));
  return found !== undefined && distance(lower, found) <= Math.min(2, word.length / 2) ? found : null;
}

function spelled(kind: string, resource: string): string {
  const text = resource === "" ? kind : `${kind}:${resource}`;
  return nearestOf(parsePermission(text)) ?? kind;
}

function nearestOf(parsed: ParsedPermission): string | null {
  return "permission" in parsed ? formatPermission(parsed.permission) : parsed.nearest;
}
