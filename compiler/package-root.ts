import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** Absolute path of the installed noxus package: the nearest package.json above, from sources and from dist alike. */
export const packageRoot: string = findPackageRoot(import.meta.dirname);

function findPackageRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("noxus is not inside a package");
  return findPackageRoot(parent);
}

/** Whether this noxus runs from its TypeScript sources, as in a checkout, and not from `dist`. */
const isCheckout = import.meta.filename.endsWith(".ts");

/** Absolute path of a module of the runtime, such as `main`: a file to be bundled or started, never imported here. */
export function runtimeModule(name: string): string {
  return isCheckout
    ? join(packageRoot, "runtime", `${name}.ts`)
    : join(packageRoot, "dist", "runtime", `${name}.js`);
}
