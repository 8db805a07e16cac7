import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { parse } from "yaml";

/** What a lockfile of npm, pnpm or yarn says, in one form. */
export interface Lockfile {
  /** Relative to the plugin, POSIX: `package-lock.json`, or `../../pnpm-lock.yaml` of a workspace. */
  readonly file: string;
  /** Null where it cannot be read as what its name says. */
  readonly locked: Locked | null;
}

export interface Locked {
  /** Whether package.json's `range` for `name` is what the file was written for. */
  asks(name: string, range: string): "so" | "otherwise" | "not";
  /** What the file was written for, development included; null where it does not say who asks for what. */
  readonly asked: readonly string[] | null;
  /** Packages that it installs, by name and then by version, with the SHA-512 (base64) of what came from the registry. */
  readonly packages: ReadonlyMap<string, ReadonlyMap<string, string | null>>;
}

/** Reads a text for the folder `member` below the file's own; null for a member that it does not know. */
type Reader = (text: string, member: string) => Locked | null | "unreadable";

const readers: readonly { readonly file: string; readonly read: Reader }[] = [
  { file: "package-lock.json", read: readNpm },
  { file: "npm-shrinkwrap.json", read: readNpm },
  { file: "pnpm-lock.yaml", read: readPnpm },
  { file: "yarn.lock", read: readYarn },
];

/**
 * The lockfiles beside package.json in `root`; where there are none, those of the nearest folder above that know `root`
 * as a member of their workspace.
 */
export function findLockfiles(root: string): readonly Lockfile[] {
  for (let folder = root; ; folder = dirname(folder)) {
    const there = readers.filter(({ file }) => existsSync(join(folder, file)));
    const member = posix(relative(folder, root));
    const found = there.flatMap(({ file, read }): readonly Lockfile[] => {
      const text = readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n");
      const locked = read(text, member === "" ? "." : member);
      if (locked === null) return [];
      const path = posix(join(relative(root, folder), file));
      return [{ file: path, locked: locked === "unreadable" ? null : locked }];
    });
    if (there.length > 0 || folder === dirname(folder)) return found;
  }
}

const posix = (path: string): string => path.split(sep).join("/");

function readNpm(text: string, member: string): ReturnType<Reader> {
  const packages = recordIn(parsed(text, JSON.parse), "packages");
  if (packages === null) return "unreadable";
  const own = recordIn(packages, member === "." ? "" : member);
  if (own === null) return member === "." ? "unreadable" : null;
  const add = collect();
  for (const [path, entry] of Object.entries(packages)) {
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    if (!path.includes("node_modules/") || !isRecord(entry)) continue;
    add.package(textIn(entry, "name") ?? name, textIn(entry, "version"), textIn(entry, "integrity"));
  }
  return { ...exactly(own, (range) => range), packages: add.packages };
}

function readPnpm(text: string, member: string): ReturnType<Reader> {
  const file = parsed(text, (source) => parse(source, { logLevel: "silent" }));
  if (file === null) return "unreadable";
  // Up to version 5 a file for one project had no list of them.
  const importers = recordIn(file, "importers") ?? (member === "." ? { ".": file } : {});
  const own = recordIn(importers, member);
  if (own === null) return member === "." ? "unreadable" : null;
  const add = collect();
  for (const [key, entry] of Object.entries(recordIn(file, "packages") ?? {})) {
    // `ms@2.1.3`, before version 9 `/ms@2.1.3`, and what its peers are in parentheses.
    const [, name, version = ""] = /^\/?((?:@[^/]+\/)?[^@/]+)[@/]([^(_]+)/.exec(key) ?? [];
    if (name === undefined || !isRecord(entry)) continue;
    const integrity = textIn(recordIn(entry, "resolution") ?? {}, "integrity");
    // From elsewhere than a registry there is an address in its place.
    add.package(name, textIn(entry, "version") ?? (/^\d/.test(version) ? version : null), integrity);
  }
  const ranges = Object.fromEntries(
    groups.map((group) => [
      group,
      Object.fromEntries(
        Object.entries(recordIn(own, group) ?? {}).flatMap(([name, entry]) => {
          const range = isRecord(entry) ? textIn(entry, "specifier") : null;
          return range === null ? [] : [[name, range]];
        }),
      ),
    ]),
  );
  return { ...exactly(ranges, (range) => range), packages: add.packages };
}

function readYarn(text: string, member: string): ReturnType<Reader> {
  if (/^__metadata:/m.test(text)) return readYarnBerry(text, member);
  return /^# yarn lockfile v1/m.test(text) ? readYarnClassic(text) : "unreadable";
}

function readYarnBerry(text: string, member: string): ReturnType<Reader> {
  const file = parsed(text, (source) => parse(source, { logLevel: "silent" }));
  if (file === null) return "unreadable";
  const add = collect();
  let own: JsonRecord | null = null;
  for (const [key, entry] of Object.entries(file)) {
    if (!isRecord(entry)) continue;
    if (key.split(/,\s*/).some((part) => part.endsWith(`@workspace:${member}`))) own = entry;
    const [, name, from] = /^((?:@[^/]+\/)?[^@/]+)@(.+)$/.exec(textIn(entry, "resolution") ?? "") ?? [];
    // The checksum is one of yarn's own archive, not of the package.
    if (name !== undefined && from?.startsWith("workspace:") === false)
      add.package(name, textIn(entry, "version"), null);
  }
  if (own === null) return member === "." ? "unreadable" : null;
  return { ...exactly(own, (range) => range.replace(/^npm:/, "")), packages: add.packages };
}

/** Version 1 writes `name@range, name@other:` before each entry, and not which package asks for it. */
function readYarnClassic(text: string): Locked {
  const asked = new Map<string, Set<string>>();
  const add = collect();
  for (const entry of text.split(/\n(?=\S)/)) {
    const [, header = "", body = ""] = /^(\S.*):\n([\s\S]*)$/.exec(entry.replace(/^#.*\n+/gm, "")) ?? [];
    let real: string | null = null;
    for (const part of header.replaceAll('"', "").split(/,\s*/)) {
      const [, name, range = ""] = /^((?:@[^/]+\/)?[^@/]+)@(.*)$/.exec(part) ?? [];
      if (name === undefined) continue;
      asked.set(name, (asked.get(name) ?? new Set()).add(range));
      real = /^npm:((?:@[^/]+\/)?[^@/]+)(?:@|$)/.exec(range)?.[1] ?? name;
    }
    const version = /^ {2}version "?([^"\n]+)/m.exec(body)?.[1] ?? null;
    if (real !== null) add.package(real, version, /^ {2}integrity (\S+)/m.exec(body)?.[1] ?? null);
  }
  return {
    asks: (name, range) => {
      const ranges = asked.get(name);
      return ranges === undefined ? "not" : ranges.has(range) ? "so" : "otherwise";
    },
    asked: null,
    packages: add.packages,
  };
}

const groups = ["dependencies", "optionalDependencies", "devDependencies"] as const;

/** A file that repeats what package.json asks for; `plain` takes off what the tool puts before a range. */
function exactly(own: JsonRecord, plain: (range: string) => string): Pick<Locked, "asks" | "asked"> {
  const ranges = new Map(
    groups.flatMap((group) =>
      Object.entries(recordIn(own, group) ?? {}).filter(
        (entry): entry is [string, string] => typeof entry[1] === "string",
      ),
    ),
  );
  return {
    asks: (name, range) => {
      const found = ranges.get(name);
      return found === undefined ? "not" : plain(found) === plain(range) ? "so" : "otherwise";
    },
    asked: [...ranges.keys()],
  };
}

function collect() {
  const packages = new Map<string, Map<string, string | null>>();
  return {
    packages,
    package(name: string, version: string | null, integrity: string | null): void {
      if (version === null) return;
      const sha512 = /^sha512-(\S+)$/.exec(integrity ?? "")?.[1] ?? null;
      packages.set(name, (packages.get(name) ?? new Map<string, string | null>()).set(version, sha512));
    },
  };
}

type JsonRecord = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function recordIn(value: JsonRecord | null, key: string): JsonRecord | null {
  const found = value?.[key];
  return isRecord(found) ? found : null;
}

function textIn(value: JsonRecord, key: string): string | null {
  const found = value[key];
  return typeof found === "string" ? found : null;
}

function parsed(text: string, read: (text: string) => unknown): JsonRecord | null {
  try {
    const value = read(text);
    return isRecord(value) ? value : null;
  } catch {
    // Told by the caller.
    return null;
  }
}
