import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as CDX from "@cyclonedx/cyclonedx-library";
import type { Manifest } from "../../runtime/manifest/types.ts";

/** A package whose files are in the bundle. */
interface BundledPackage {
  /** Folder relative to the plugin's root, POSIX. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly license: string | null;
  /** SHA-512 of the package as it came from its registry, hex; null where no lockfile of npm names it. */
  readonly sha512: string | null;
}

/** The packages that a manifest's bundle was made of, sorted by folder. Read from the plugin's `root`. */
export function bundledPackages(manifest: Manifest, root: string): readonly BundledPackage[] {
  const folders = new Set(
    manifest.sources.flatMap(
      ({ path }) => /^(.*(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
    ),
  );
  const lock = readJson(join(root, "package-lock.json"));
  const locked = isRecord(lock.packages) ? lock.packages : {};
  return [...folders].sort().map((folder) => {
    const found = readJson(join(root, folder, "package.json"));
    const entry = locked[folder];
    const integrity = isRecord(entry) && typeof entry.integrity === "string" ? entry.integrity : "";
    const hash = /^sha512-(\S+)$/.exec(integrity)?.[1];
    return {
      folder,
      name:
        typeof found.name === "string" ? found.name : folder.slice(folder.lastIndexOf("node_modules/") + 13),
      version: typeof found.version === "string" ? found.version : "0.0.0",
      license: typeof found.license === "string" ? found.license : null,
      sha512: hash === undefined ? null : Buffer.from(hash, "base64").toString("hex"),
    };
  });
}

/**
 * The bill of materials of what ships, CycloneDX 1.6 as JSON: the plugin, and each package with files in the bundle.
 * Holds no time, no serial number and no digest of the bundle: it is the same for the same packages, and the image that
 * it is attached to is what it is about.
 */
export function sbomOf(manifest: Manifest, root: string): string {
  const bom = new CDX.Models.Bom();
  const plugin = new CDX.Models.Component(CDX.Enums.ComponentType.Application, manifest.name, {
    version: manifest.version,
    bomRef: `${manifest.name}@${manifest.version}`,
    ...(manifest.description === undefined ? {} : { description: manifest.description }),
  });
  addLicense(plugin, manifest.license ?? null);
  bom.metadata.component = plugin;
  bom.metadata.tools.components.add(
    new CDX.Models.Component(CDX.Enums.ComponentType.Application, "noxus", {
      version: manifest.compiler.version,
    }),
  );
  for (const found of bundledPackages(manifest, root)) {
    const [group, name] = found.name.startsWith("@") ? found.name.split("/") : [undefined, found.name];
    const component = new CDX.Models.Component(CDX.Enums.ComponentType.Library, name ?? found.name, {
      version: found.version,
      // Two copies of one version may lie in different folders.
      bomRef: found.folder,
      purl: purlOf(found.name, found.version),
      ...(group === undefined ? {} : { group }),
      ...(found.sha512 === null
        ? {}
        : { hashes: new CDX.Models.HashDictionary([[CDX.Enums.HashAlgorithm["SHA-512"], found.sha512]]) }),
    });
    addLicense(component, found.license);
    bom.components.add(component);
    plugin.dependencies.add(component.bomRef);
  }
  const serializer = new CDX.Serialize.JsonSerializer(
    new CDX.Serialize.JSON.Normalize.Factory(CDX.Spec.Spec1dot6),
  );
  return serializer.serialize(bom, { sortLists: true, space: 2 });
}

/** A package as the purl specification names it. */
export function purlOf(name: string, version: string): string {
  const path = name.split("/").map(encodeURIComponent).join("/");
  return `pkg:npm/${path}@${encodeURIComponent(version)}`;
}

function addLicense(component: CDX.Models.Component, license: string | null): void {
  if (license === null) return;
  component.licenses.add(
    CDX.SPDX.isSupportedSpdxId(license)
      ? new CDX.Models.SpdxLicense(license)
      : new CDX.Models.NamedLicense(license),
  );
}

type JsonRecord = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is JsonRecord => typeof value === "object" && value !== null;

/** Empty for a file that is missing or no JSON object: a package without a description is still named by its folder. */
function readJson(file: string): JsonRecord {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
