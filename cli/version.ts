import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../compiler/package-root.ts";

/** Name and version of this package, as every machine-readable answer states them. */
export const tool = { name: "noxus", version: versionOf(join(packageRoot, "package.json")) } as const;

/** The `version` of a package.json. Throws when the file is none. */
export function versionOf(path: string): string {
  const manifest: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (typeof manifest !== "object" || manifest === null || !("version" in manifest)) {
    throw new Error(`${path} has no version`);
  }
  return String(manifest.version);
}
