import { existsSync, lstatSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { LoadedPlugin } from "../manifest/read.ts";
import { realPath } from "./real-path.ts";

/** Flags that make Node itself deny a runner what the manifest does not declare, and what it cannot deny. */
export interface Containment {
  readonly flags: readonly string[];
  /** For the operator: what this Node leaves open although the manifest does not declare it. */
  readonly gaps: readonly Gap[];
}

export interface Gap {
  /** `info` for what a supported Node never closes, `warn` for what another Node or another plugin would have closed. */
  readonly level: "info" | "warn";
  readonly what: string;
}

const everything = "files, programs, threads, addons and the network";

/**
 * What a runner of this plugin is denied, from the *declared* permissions alone. `supported` are the flags of the Node
 * that runs it. The permission model has no hosts and no commands: `network:HOST` opens the network where it can be
 * closed at all, `exec:COMMAND` opens all programs. Paths in the manifest count from `folder`.
 *
 * Source: "Permissions" in the API documentation of Node 22, 24 and 26, and trying it: a path that is a folder when
 * the process starts stands for all below it, `PATH/*` does so for one that is made later, and both are exact about
 * names (`/data` is not `/database`).
 */
export function containment(
  plugin: LoadedPlugin,
  entry: string,
  supported: { has(flag: string): boolean } = process.allowedNodeEnvironmentFlags,
  folder: string = process.cwd(),
): Containment {
  const { manifest } = plugin;
  const flags: string[] = [];
  const gaps: Gap[] = [];
  const add = (flag: string): void => {
    if (supported.has(flag.replace(/=.*/s, ""))) flags.push(flag);
  };

  // What the analysis proved holds only while no code comes from strings. A waived use may need exactly that.
  if (manifest.permissions.unresolved.length === 0) add("--disallow-code-generation-from-strings");
  // Where it is not known that nothing reads the accessor, it stays: published packages still do.
  if (manifest.needs_proto === false) add("--disable-proto=delete");
  // Nobody opens a debugger in a runner by a signal.
  add("--disable-sigusr1");

  if (manifest.needs_unrestricted_fs === true) {
    const why = "the plugin uses file functions that Node's permission model never allows";
    gaps.push({ level: "warn", what: `${everything}: ${why}` });
    return { flags, gaps };
  }
  if (!supported.has("--permission")) {
    gaps.push({ level: "warn", what: `${everything}: this Node has no permission model` });
    return { flags, gaps };
  }
  flags.push("--permission");
  const { declared } = manifest.permissions;
  const written = pathsOf(declared, "fs:write", folder);
  // Node asks for reading too where a file is removed, truncated or copied over, which the analysis calls writing.
  const read = [...pathsOf(declared, "fs:read", folder), ...written];
  flags.push(...grants("--allow-fs-read", [...runnerFiles(plugin, entry), ...read]));
  flags.push(...grants("--allow-fs-write", written));
  if (has(declared, "exec")) flags.push("--allow-child-process");
  if (!supported.has("--allow-net")) {
    if (!has(declared, "network"))
      gaps.push({ level: "info", what: "the network: this Node cannot close it" });
  } else if (has(declared, "network")) {
    flags.push("--allow-net");
    // Node calls the flag experimental on stderr, which is the plugin's.
    flags.push("--disable-warning=ExperimentalWarning");
  }
  // Likewise for what it calls dangerous, --allow-child-process.
  flags.push("--disable-warning=SecurityWarning");
  return { flags, gaps };
}

function has(declared: readonly string[], kind: string): boolean {
  return declared.some((permission) => permission === kind || permission.startsWith(`${kind}:`));
}

/** The absolute paths of one kind; `/` for the kind without a path. */
function pathsOf(declared: readonly string[], kind: "fs:read" | "fs:write", folder: string): string[] {
  return declared.flatMap((permission) => {
    if (permission === kind) return ["/"];
    return permission.startsWith(`${kind}:`) ? [resolve(folder, permission.slice(kind.length + 1))] : [];
  });
}

/** One flag per path; nothing that lies below another, since a folder behind one of its own files would be lost. */
function grants(flag: string, paths: readonly string[]): string[] {
  if (paths.includes("/")) return [`${flag}=*`];
  const each = [...new Set(paths)].sort();
  const kept = each.filter((path) => !each.some((other) => path.startsWith(`${other}/`)));
  return kept.flatMap((path) => patterns(path, kept)).map((pattern) => `${flag}=${pattern}`);
}

function patterns(path: string, others: readonly string[]): string[] {
  const kind = kindOf(path);
  if (kind === "file") return [path];
  // Node (22 to 26) forgets the folder itself, though not what is in it, when another path goes on right behind its
  // name: /data beside /data-out. Then all that begins like it is given, because the plugin must not fail.
  const isForgotten = kind === "folder" && others.some((other) => other !== path && other.startsWith(path));
  return isForgotten ? [`${path}*`] : [path, `${path}/*`];
}

function kindOf(path: string): "file" | "folder" | null {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch {
    return null;
  }
}

/** Packages that the runner's own program imports; in an image they are part of its one file. */
export const runnerPackages: readonly string[] = ["fastest-levenshtein"];

/** What a runner reads on its own account: its program, the bundle and the validators, and their source maps. */
function runnerFiles(plugin: LoadedPlugin, entry: string): string[] {
  const files = [plugin.bundlePath, plugin.validatorsPath].map(realPath);
  return [...files.flatMap((path) => [path, `${path}.map`]), ...programFiles(realPath(entry))];
}

/** One file in an image; from sources and in `dist`, the whole of `runtime/` and what Node asks for around it. */
function programFiles(entry: string): string[] {
  if (!/\/runner\/entry\.[jt]s$/.test(entry)) return [entry];
  const runtime = dirname(dirname(entry));
  // The nearest package.json tells whether a file is an ES module, and packages are looked for on the way up.
  return [
    runtime,
    ...searched(runtime, "package.json"),
    ...runnerPackages
      .flatMap((name) => searched(runtime, join("node_modules", name)))
      // Some package managers make it a link, or all of node_modules: Node asks for the link first.
      .flatMap((path) => [path, realPath(path), ...(isLink(dirname(path)) ? [dirname(path)] : [])]),
  ];
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** Where Node looks for `name` from a folder on: in every folder above it, until it is there. */
function searched(from: string, name: string): string[] {
  const places: string[] = [];
  for (let folder = from; ; folder = dirname(folder)) {
    const place = join(folder, name);
    places.push(place);
    if (existsSync(place) || dirname(folder) === folder) return places;
  }
}
