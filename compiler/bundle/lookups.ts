import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { missingModule } from "./missing.ts";

/** What of a path decided how an import was resolved. */
export type Lookup = "presence" | "content" | "listing";
export type NoteLookup = (path: string, what: Lookup) => void;

/** `paths` of the plugin's tsconfig.json, with the folder that they start from. */
export interface PathMapping {
  readonly base: string;
  readonly paths: Readonly<Record<string, readonly string[]>>;
}

/** What a bundler was asked for. */
export interface Imports {
  /** Absolute paths of the files it read. */
  readonly files: readonly string[];
  readonly imports: readonly {
    /** Folder of the file that imports. */
    readonly from: string;
    readonly specifier: string;
    /** Absolute path of what was found; null where that is not known. */
    readonly resolved: string | null;
  }[];
}

/** What a bundle was made of. */
export function importsOf(metafile: Metafile, root: string): Imports {
  const inputs = Object.entries(metafile.inputs).filter(([path]) => !isVirtual(path));
  return {
    files: inputs.map(([path]) => resolve(root, path)),
    imports: inputs.flatMap(([from, input]) =>
      input.imports.flatMap(({ path, original = path, external }) => {
        // Looked for as well: one that a package can do without, and that would be found if it were installed.
        const isMissing =
          external === true ? !path.startsWith("node:") : path.startsWith(`${missingModule}:`);
        if (!isMissing && (external === true || isVirtual(path))) return [];
        const resolved = isMissing ? null : resolve(root, path);
        return [{ from: dirname(resolve(root, from)), specifier: original, resolved }];
      }),
    ),
  };
}

/** What a bundle that failed with these options was asked for: esbuild does not tell, so it is asked once more. */
export async function importsOfFailed(options: BuildOptions): Promise<Imports> {
  const files = new Set<string>();
  const imports: Imports["imports"][number][] = [];
  const witness: Plugin = {
    name: "noxus-witness",
    setup(bundle) {
      bundle.onResolve({ filter: /.*/ }, ({ path, resolveDir }) => {
        if (resolveDir !== "") imports.push({ from: resolveDir, specifier: path, resolved: null });
        return undefined;
      });
      bundle.onLoad({ filter: /.*/, namespace: "file" }, ({ path }) => {
        files.add(path);
        return undefined;
      });
    },
  };
  await build({ ...options, plugins: [witness, ...(options.plugins ?? [])] }).catch(() => null);
  return { files: [...files], imports };
}

/**
 * Notes every path that a bundler looks at to resolve these imports: esbuild is a process of its own, so what it reads
 * cannot be seen. Folders count by the names in them, because a file that appears there may be found first; so do
 * folders further up that are not there. Coarser than esbuild itself, never finer.
 */
export function noteLookups(
  { files, imports }: Imports,
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
  /** It may name files that are not there yet. */
  const packageFile = (folder: string): void => {
    const file = join(folder, "package.json");
    note(file, "content");
    for (const entry of namedFiles(file)) target(join(folder, entry));
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

  for (const file of files) {
    note(file, "content");
    visit(dirname(file));
  }
  for (const { from, specifier, resolved } of imports) {
    if (/^(\.|\/|[a-z]:[\\/])/i.test(specifier)) target(resolve(from, specifier));
    else if (once(`import ${from} ${specifier}`)) {
      for (const mapped of mappedPaths(specifier, mapping)) target(mapped);
      inPackages(from, specifier, resolved);
    }
  }
}

/** Modules that noxus makes while bundling, and those that stand in an import themselves. */
function isVirtual(path: string): boolean {
  return /^(noxus[a-z-]*:|<)/.test(path);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    // A file on the way where a folder should be, or no right to look.
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

/** Every path that a package.json may lead an import to. */
function namedFiles(file: string): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof parsed !== "object" || parsed === null) return [];
    const { main, module, exports, imports } = parsed as Readonly<Record<string, unknown>>;
    // A pattern leads at least to the folder that it starts from.
    return [main, module, ...leaves(exports), ...leaves(imports)].flatMap((path) =>
      typeof path === "string" ? [path.replace(/\*.*$/s, "")] : [],
    );
  } catch {
    // Not there, or not JSON: then it names nothing.
    return [];
  }
}

function leaves(value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [value];
  return Object.values(value).flatMap(leaves);
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
