import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../runtime/manifest/types.ts";
import { packageFolder, packageRoot } from "./package-root.ts";

/** What made a manifest: other versions may read the same sources another way. */
export const compilerVersions: Manifest["compiler"] = {
  name: "noxus",
  version: versionOf("noxus", packageRoot),
  esbuild: versionOf("esbuild"),
  // Major and minor: patch releases of the 6.0 line agree in everything that noxus reads.
  typescript: versionOf("typescript").split(".", 2).join("."),
};

/** Not asked of the package itself: naming it would load it before it is needed. */
function versionOf(name: string, folder = packageFolder(name, packageRoot)): string {
  if (folder === null) throw new Error(`${name} is not installed`);
  const parsed: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return typeof parsed === "object" && parsed !== null && "version" in parsed
    ? String(parsed.version)
    : "0.0.0";
}
