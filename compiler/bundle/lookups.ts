import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import type { Metafile } from "esbuild";

/** What of a path decided how an import was resolved. */
export type Lookup = "presence" | "content" | "listing";
export type NoteLookup = (path: string, what: Lookup) => void;

/** `paths` of the plugin's tsconfig.json, with the folder that they start from. */
export interface PathMapping {
  readonly base: string;
  readonly paths: Readonly<Record<string, readonly string[]>>;
}

/**
 * Notes every path that a bundler looks at to resolve these imports: esbuild is a process of its own, so what it reads
 * cannot be seen. Folders count by the names in them, because a file that appears there may be found first; so do
 * folders further up that are not there. Coarser than esbuild itself, never finer.
 */
export function noteLookups(
  metafile: Metafile,
  root: string,
  mapping: PathMapping | null,
  note: NoteLookup,
): void {
  const visited = new Set<string>();
  const once = (key: string): boolean => !visited.has(key) && visited.add(key) !== undefined;

  /** A folder that modules are looked for in, with all above it. */
  const visit = (folder: string): void => {
    if (!once(folder)) return;
    note(folder, "listing");
    packageFile(folder);
    above(folder);
  };
  const above = (folder: string): void => {
    if (!once(`above ${folder}`)) return;
    // Plug'n'Play would replace node_modules; noxus has no part in it, but esbuild follows it.
    for (const name of ["node_modules", ".pnp.cjs", ".pnp.data.json", ".pnp.js"])
      note(join(folder, name), "presence");
    note(join(folder, "package.json"), "content");
    if (dirname(folder) !== folder) above(dirname(folder));
  };
  /** A path without its extension, or a folder to be imported. */
  const target = (path: string): void => {
    if (!once(`target ${path}`)) return;
    note(path, "presence");
    for (const folder of [dirname(path), path]) {
      if (isFolder(folder)) visit(folder);
      else note(folder, "presence");
    }
  };
  /** `main` may name a file that is not there yet. */
  const packageFile = (folder: string): void => {
    const file = join(folder, "package.json");
    note(file, "content");
    for (const entry of mainFiles(file)) target(join(folder, entry));
  };
  const inPackages = (from: string, specifier: string, resolved: string | null): void => {
    const parts = specifier.split("/");
    const name = parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
    for (let folder = from; ; folder = dirname(folder)) {
      const packages = join(folder, "node_modules");
      note(packages, "presence");
      if (isFolder(packages)) {
        note(join(packages, name), "presence");
        note(dirname(join(packages, name)), isFolder(dirname(join(packages, name))) ? "listing" : "presence");
        if (once(`package ${join(packages, specifier)}`)) {
          if (isFolder(join(packages, name))) visit(join(packages, name));
          if (name !== specifier) target(join(packages, specifier));
        }
        if (resolved !== null && isWithin(join(packages, name), resolved)) return;
      }
      if (dirname(folder) === folder) return;
    }
  };

  for (const [from, input] of Object.entries(metafile.inputs)) {
    if (isVirtual(from)) continue;
    const file = resolve(root, from);
    note(file, "content");
    visit(dirname(file));
    for (const { path, original, external } of input.imports) {
      const specifier = original ?? path;
      if (external || isVirtual(path)) continue;
      if (/^(\.|\/|[a-z]:[\\/])/i.test(specifier)) target(resolve(dirname(file), specifier));
      else if (once(`import ${dirname(file)} ${specifier}`)) {
        for (const mapped of mappedPaths(specifier, mapping)) target(mapped);
        inPackages(dirname(file), specifier, resolve(root, path));
      }
    }
  }
}

/** Modules that noxus makes while bundling, and those that stand in an import themselves. */
function isVirtual(path: string): boolean {
  return /^(noxus[a-z-]*:|<)/.test(path);
}

function isFolder(path: string): boolean {
  try {
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
}

function isWithin(folder: string, file: string): boolean {
  try {
    return file.startsWith(realpathSync(folder) + sep);
  } catch {
    return false;
  }
}

function mainFiles(file: string): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof parsed !== "object" || parsed === null) return [];
    return ["main", "module"].flatMap((key) => {
      const value: unknown = Object.entries(parsed).find(([name]) => name === key)?.[1];
      return typeof value === "string" ? [value] : [];
    });
  } catch {
    // Not there, or not JSON: then it names nothing.
    return [];
  }
}

/** Where `paths` may lead a specifier; every pattern that fits, not only the best. */
function mappedPaths(specifier: string, mapping: PathMapping | null): readonly string[] {
  return Object.entries(mapping?.paths ?? {}).flatMap(([pattern, substitutions]) => {
    const [before = "", after] = pattern.split("*");
    const fits =
      after === undefined
        ? specifier === pattern
        : specifier.length >= before.length + after.length &&
          specifier.startsWith(before) &&
          specifier.endsWith(after);
    if (!fits) return [];
    const middle = after === undefined ? "" : specifier.slice(before.length, specifier.length - after.length);
    return substitutions.map((path) => resolve(mapping?.base ?? "", path.replace("*", middle)));
  });
}
