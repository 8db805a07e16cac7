import * as CDX from "@cyclonedx/cyclonedx-library";
import type { Manifest } from "../../runtime/manifest/types.ts";
import { purlOf, shippedPackages } from "./shipped.ts";

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
  for (const found of shippedPackages(manifest, root)) {
    const [group, name] = found.name.startsWith("@") ? found.name.split("/") : [undefined, found.name];
    const component = new CDX.Models.Component(CDX.Enums.ComponentType.Library, name ?? found.name, {
      version: found.version,
      // Two copies of one version may lie in different folders.
      bomRef: found.folder,
      purl: purlOf(found),
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

function addLicense(component: CDX.Models.Component, license: string | null): void {
  if (license === null) return;
  component.licenses.add(
    CDX.SPDX.isSupportedSpdxId(license)
      ? new CDX.Models.SpdxLicense(license)
      : new CDX.Models.NamedLicense(license),
  );
}
