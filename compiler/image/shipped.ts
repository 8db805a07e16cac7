import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../../runtime/manifest/types.ts";
import { findLockfiles } from "../bundle/lockfile.ts";

/** A package whose files are in the bundle. */
export interface ShippedPackage {
  /** Folder relative to the plugin's root, POSIX. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly license: string | null;
  /** SHA-512 of the package as it came from its registry, hex; null where no lockfile has it (yarn from 2 on). */
  readonly sha512: string | null;
}

/** The packages that a manifest's bundle was made of, sorted by folder. Read from the plugin's `root`. */
export function shippedPackages(manifest: Manifest, root: string): readonly ShippedPackage[] {
  const folders = new Set(
    manifest.sources.flatMap(
      ({ path }) => /^(.*(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
    ),
  );
  if (folders.size === 0) return [];
  const locks = findLockfiles(root);
  return [...folders].sort().map((folder) => {
    const found = readJson(join(root, folder, "package.json"));
    const text = (key: string): string | null => (typeof found[key] === "string" ? found[key] : null);
    const name = text("name") ?? folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
    const version = text("version") ?? "0.0.0";
    const [hash] = locks.flatMap(({ locked }) => locked?.packages.get(name)?.get(version) ?? []);
    return {
      folder,
      name,
      version,
      license: text("license"),
      sha512: hash === undefined ? null : Buffer.from(hash, "base64").toString("hex"),
    };
  });
}

/** A package as the purl specification names it. */
export function purlOf({ name, version }: { readonly name: string; readonly version: string }): string {
  const path = name.split("/").map(encodeURIComponent).join("/");
  return `pkg:npm/${path}@${encodeURIComponent(version)}`;
}

/** Empty for a file that is missing or no JSON object: a package without a description is still named by its folder. */
function readJson(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
