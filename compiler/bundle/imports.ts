import { existsSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import type { Metafile } from "esbuild";
import type { Place } from "../diagnostics/types.ts";
import type { Texts } from "../load/texts.ts";
import { spanAt, toText } from "../text.ts";
import { type PackageId, readPackageName } from "./packages.ts";

/** How a bundled file of a package came in: from an import in the plugin's own sources, perhaps through packages. */
export interface ImportWay {
  /** The specifier in the plugin's source. */
  readonly place: Place;
  /** Packages passed on the way, the file's own left out; nearest to the plugin first. */
  readonly via: readonly PackageId[];
}

/** Every way to a file, the shortest first: one for each import in the plugin's own sources that leads to it. */
export type WaysTo = (file: string) => readonly ImportWay[];

interface Edge {
  readonly from: string;
  readonly specifier: string;
}

/** Who imports whom in the bundle, by esbuild's own resolution. Answers are computed when asked for, and kept. */
export function readImports(
  metafile: Metafile,
  root: string,
  packageOf: (file: string) => PackageId | null,
  texts: Texts,
): WaysTo {
  const importers = new Map<string, Edge[]>();
  for (const [from, input] of Object.entries(metafile.inputs)) {
    for (const { path, original } of input.imports) {
      const edges = importers.get(path) ?? [];
      edges.push({ from, specifier: original ?? path });
      importers.set(path, edges);
    }
  }
  const known = new Map<string, readonly ImportWay[]>();
  return (file) => {
    const found = known.get(file) ?? search(file);
    known.set(file, found);
    return found;
  };

  /** Breadth first from the file towards the plugin, stopping at the plugin's own sources. */
  function search(file: string): readonly ImportWay[] {
    const ways = new Map<string, ImportWay>();
    const seen = new Set([file]);
    let level: readonly { file: string; via: readonly PackageId[] }[] = [{ file, via: [] }];
    while (level.length > 0) {
      const next: { file: string; via: readonly PackageId[] }[] = [];
      for (const at of level) {
        for (const { from, specifier } of importers.get(at.file) ?? []) {
          const owner = packageOf(from);
          if (owner === null && !isVirtual(from)) {
            const key = `${from}\0${specifier}`;
            if (!ways.has(key))
              ways.set(key, { place: findSpecifier(root, from, specifier, texts), via: at.via });
          } else if (!seen.has(from)) {
            seen.add(from);
            next.push({
              file: from,
              via: owner === null ? at.via : withPackage(at.via, owner, packageOf(file)),
            });
          }
        }
      }
      level = next;
    }
    return [...ways.values()];
  }
}

/**
 * Imports by path, in the plugin's own sources, of files outside its folder: they would copy a file of the machine that
 * builds, whatever it holds, into what ships. Linked packages are imported by name and lie where they lie.
 */
export function importsOutside(
  metafile: Metafile,
  root: string,
  texts: Texts,
): readonly { readonly specifier: string; readonly place: Place }[] {
  return Object.entries(metafile.inputs).flatMap(([from, input]) => {
    if (isOutside(from) || isVirtual(from) || from.split("/").includes("node_modules")) return [];
    return input.imports.flatMap(({ path, original = path, external }) => {
      if (external || !isOutside(path) || !isByPath(original, path, root)) return [];
      return [{ specifier: original, place: findSpecifier(root, from, original, texts) }];
    });
  });
}

function isOutside(path: string): boolean {
  return path.startsWith("../") || isAbsolute(path);
}

/** A bare name may also be mapped to a path by tsconfig.json; then no folder of that name is on the way. */
function isByPath(specifier: string, path: string, root: string): boolean {
  if (/^[./#]/.test(specifier) || isAbsolute(specifier)) return true;
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  return !path.includes(`node_modules/${name}/`) && nameAbove(join(root, path)) !== name;
}

/** Name of the package that a file lies in, by the nearest package.json above. */
function nameAbove(file: string): string | null {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return readPackageName(folder);
  }
  return null;
}

/** Modules that noxus makes while bundling. */
function isVirtual(file: string): boolean {
  return /^(noxus[a-z-]*:|<)/.test(file);
}

function withPackage(
  via: readonly PackageId[],
  owner: PackageId,
  self: PackageId | null,
): readonly PackageId[] {
  const isSame = (other: PackageId | null | undefined): boolean =>
    other?.name === owner.name && other.version === owner.version;
  return isSame(via[0]) || (via.length === 0 && isSame(self)) ? via : [owner, ...via];
}

/** Where the file names the module; an automatic import, as of a JSX runtime, stands nowhere. */
export function findSpecifier(root: string, file: string, specifier: string, texts: Texts): Place {
  const value = texts.read(join(root, file)) ?? "";
  const at = Math.max(value.indexOf(`"${specifier}"`), value.indexOf(`'${specifier}'`));
  return { file, span: at === -1 ? null : spanAt(toText(value), at, at + specifier.length + 2) };
}
