import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface PackageId {
  readonly name: string;
  readonly version: string;
}

/** Which package a bundled file belongs to, by its path; null for the plugin's own files. */
export function packageFinder(root: string): (file: string) => PackageId | null {
  const known = new Map<string, PackageId>();
  return (file) => {
    const folder = /^(.*(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
    if (folder === undefined) return null;
    const found = known.get(folder) ?? readPackage(root, folder);
    known.set(folder, found);
    return found;
  };
}

function readPackage(root: string, folder: string): PackageId {
  const name = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    const version =
      typeof parsed === "object" && parsed !== null && "version" in parsed ? parsed.version : null;
    return { name, version: typeof version === "string" ? version : "unknown" };
  } catch {
    // A package without a readable package.json is still a package; its version is what cannot be told.
    return { name, version: "unknown" };
  }
}
