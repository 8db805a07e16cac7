import { isBuiltin } from "node:module";
import type { ImportWay, WaysTo } from "../bundle/imports.ts";
import type { Dependency, PackageInfo } from "../bundle/packages.ts";
import { codes, diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic, Place } from "../diagnostics/types.ts";

/** A finding about a package as such, with the places in the plugin's sources that bring it in. */
export interface PackageFinding {
  readonly diagnostic: Diagnostic;
  readonly places: readonly Place[];
}

/**
 * Install scripts (NX3009, NX3015) and names of Node's own modules (NX3014) among the packages of the bundle and the
 * plugin's own dependencies.
 */
export function findInPackages(
  files: readonly string[],
  packageOf: (file: string) => PackageInfo | null,
  waysTo: WaysTo,
  dependencies: readonly Dependency[],
  below: readonly Dependency[],
): readonly PackageFinding[] {
  const found = new Map<string, PackageFinding>();
  for (const file of files) {
    const owner = packageOf(file);
    if (owner === null) continue;
    const { name, version, installScripts } = owner;
    const isShadow = isBuiltin(name);
    // Asked only where there is something to say: a way is searched through the whole graph.
    if (installScripts.length === 0 && !isShadow) continue;
    const ways = waysTo(file);
    const place = ways[0]?.place ?? { file, span: null };
    const add = (made: Diagnostic): void => {
      const known = found.get(made.message);
      const places = [...(known?.places ?? []), ...ways.map((way) => way.place)];
      found.set(made.message, { diagnostic: known?.diagnostic ?? made, places });
    };
    const extra = { note: wayNote(ways[0]) };
    for (const script of installScripts)
      add(diagnostic("NX3009", place, { package: name, version, script }, extra));
    if (isShadow) add(diagnostic("NX3014", place, { package: name, version }, extra));
  }
  for (const { name, version, installScripts, place } of dependencies) {
    for (const script of installScripts) {
      const made = diagnostic("NX3009", place, { package: name, version, script });
      if (!found.has(made.message)) found.set(made.message, { diagnostic: made, places: [place] });
    }
  }
  for (const { name, version, installScripts, place } of below) {
    for (const script of installScripts) {
      const args = { package: name, version, script };
      // It is an error where its code is in the bundle, or where the plugin itself asks for it.
      if (found.has(codes.NX3009.message(args))) continue;
      const made = diagnostic("NX3015", place, args);
      found.set(made.message, { diagnostic: made, places: [place] });
    }
  }
  return [...found.values()];
}

/** `by way of a 1.0.0, b 2.0.0`; null where the plugin imports the package itself. */
export function wayNote(way: ImportWay | undefined): string | null {
  if (way === undefined || way.via.length === 0) return null;
  return `by way of ${way.via.map(({ name, version }) => `${name} ${version}`).join(", ")}`;
}
