import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** Absolute path of the installed noxus package: the nearest package.json above, from sources and from dist alike. */
export const packageRoot: string = findPackageRoot(import.meta.dirname);

function findPackageRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("noxus is not inside a package");
  return findPackageRoot(parent);
}

/** Path of an installed package as `from` finds it, in the nearest node_modules above; null where it is not installed. */
export function packageFolder(name: string, from: string): string | null {
  const path = join(from, "node_modules", name);
  if (existsSync(join(path, "package.json"))) return path;
  return dirname(from) === from ? null : packageFolder(name, dirname(from));
}

/**
 * The packages whose declarations noxus lends to plugins: hundreds of files that every plugin rests on, and that only
 * ever change together. They count by their version, as part of noxus.
 */
export function typeFolders(): readonly string[] {
  const node = packageFolder("@types/node", packageRoot);
  if (node === null) return [];
  return [node, packageFolder("undici-types", realpathSync.native(node))].filter((path) => path !== null);
}

/** The sources behind `noxus/plugins`: bundled into every plugin, and its types where a plugin has no noxus installed. */
export const sdkFile: string = join(packageRoot, "runtime", "sdk", "index.ts");

/** Whether this noxus runs from its TypeScript sources, as in a checkout, and not from `dist`. */
const isCheckout = import.meta.filename.endsWith(".ts");

/** Absolute path of a module of the runtime, such as `main`: a file to be bundled or started, never imported here. */
export function runtimeModule(name: string): string {
  return isCheckout
    ? join(packageRoot, "runtime", `${name}.ts`)
    : join(packageRoot, "dist", "runtime", `${name}.js`);
}
