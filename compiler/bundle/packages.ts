import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "../diagnostics/types.ts";
import { spanAt, toText } from "../text.ts";

export interface PackageId {
  readonly name: string;
  readonly version: string;
}

export interface PackageInfo extends PackageId {
  /** Names of the scripts that npm runs when the package is installed, as a user's dependency. */
  readonly installScripts: readonly string[];
}

/** Which package a bundled file belongs to, by its path; null for the plugin's own files. */
export function packageFinder(root: string): (file: string) => PackageInfo | null {
  const known = new Map<string, PackageInfo>();
  return (file) => {
    const folder = /^(.*(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
    if (folder === undefined) return null;
    const found = known.get(folder) ?? readPackage(root, folder);
    known.set(folder, found);
    return found;
  };
}

/** A package that the plugin's package.json asks for, whether or not its code is imported. */
export interface Dependency extends PackageInfo {
  /** Of its name in package.json. */
  readonly place: Place;
}

/** The `dependencies` of the plugin that are installed in its own folder: their install scripts run with `npm install`. */
export function directDependencies(root: string): readonly Dependency[] {
  const file = "package.json";
  const { dependencies } = readJson(join(root, file));
  if (typeof dependencies !== "object" || dependencies === null) return [];
  const text = toText(readFileSync(join(root, file), "utf8"));
  return Object.keys(dependencies).flatMap((name) => {
    const folder = `node_modules/${name}`;
    if (!existsSync(join(root, folder, "package.json"))) return [];
    const at = text.value.indexOf(`"${name}"`, text.value.indexOf('"dependencies"'));
    const span = at === -1 ? null : spanAt(text, at, at + name.length + 2);
    return [{ ...readPackage(root, folder), place: { file, span } }];
  });
}

/**
 * Packages that the plugin's dependencies bring with them and whose install scripts npm runs, by npm's own record of
 * what it installed; those of development are left out. Empty where another tool installed them. Sorted by folder.
 */
export function packagesBelow(root: string): readonly Dependency[] {
  const { packages } = readJson(join(root, "node_modules", ".package-lock.json"));
  if (typeof packages !== "object" || packages === null) return [];
  const file = "package.json";
  const text = existsSync(join(root, file)) ? toText(readFileSync(join(root, file), "utf8")) : null;
  const at = text?.value.indexOf('"dependencies"') ?? -1;
  const span = text === null || at === -1 ? null : spanAt(text, at, at + '"dependencies"'.length);
  return Object.entries(packages).flatMap(([folder, entry]: readonly [string, unknown]) => {
    if (typeof entry !== "object" || entry === null || "dev" in entry || !("hasInstallScript" in entry))
      return [];
    const found = readPackage(root, folder);
    return found.installScripts.length === 0 ? [] : [{ ...found, place: { file, span } }];
  });
}

const scriptNames = ["preinstall", "install", "postinstall"];

function readPackage(root: string, folder: string): PackageInfo {
  const name = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
  const parsed = readJson(join(root, folder, "package.json"));
  const { version } = parsed;
  const scripts =
    typeof parsed.scripts === "object" && parsed.scripts !== null ? Object.keys(parsed.scripts) : [];
  const installScripts = scriptNames.filter((script) => scripts.includes(script));
  // npm builds a package with a binding.gyp even when it names no script.
  if (installScripts.length === 0 && existsSync(join(root, folder, "binding.gyp")))
    installScripts.push("install");
  return { name, version: typeof version === "string" ? version : "unknown", installScripts };
}

/** The name that a folder's package.json gives; null for none. */
export function readPackageName(folder: string): string | null {
  const { name } = readJson(join(folder, "package.json"));
  return typeof name === "string" ? name : null;
}

/** A package without a readable package.json is still a package; what it says is what cannot be told. */
function readJson(file: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}
