import { canonicalJson } from "../../runtime/manifest/canonical.ts";
import type { Manifest } from "../../runtime/manifest/types.ts";
import type { AssembledImage } from "./assemble.ts";
import { purlOf, shippedPackages } from "./shipped.ts";

/**
 * How an image came about, as an in-toto statement with SLSA provenance 1: from which sources, packages and base. It is
 * the builder's own word; `noxus verify` does not need it, because it analyses the bundle again. Holds no time.
 */
export function provenanceOf(
  manifest: Manifest,
  root: string,
  name: string,
  digest: string,
  images: readonly AssembledImage[],
): string {
  const own = manifest.sources.filter(({ path }) => !path.includes("node_modules/"));
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name, digest: { sha256: digest.replace("sha256:", "") } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: "urn:noxus:build:1",
        externalParameters: {
          plugin: manifest.name,
          version: manifest.version,
          platforms: images.map(({ platform }) => `${platform.os}/${platform.architecture}`),
        },
        internalParameters: { manifest: `sha256:${manifest.digest}`, compiler: manifest.compiler },
        resolvedDependencies: [
          ...images.map(({ base }) => ({
            uri: `pkg:oci/${encodeURIComponent(base.name)}`,
            digest: { sha256: base.digest.replace("sha256:", "") },
          })),
          ...shippedPackages(manifest, root).map((found) => ({
            uri: purlOf(found),
            ...(found.sha512 === null ? {} : { digest: { sha512: found.sha512 } }),
          })),
          ...own.map(({ path, sha256 }) => ({ uri: `file:${path}`, digest: { sha256 } })),
        ],
      },
      runDetails: { builder: { id: "urn:noxus:cli", version: { noxus: manifest.compiler.version } } },
    },
  };
  return canonicalJson(statement);
}
