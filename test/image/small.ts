/** A base of a few bytes and a plugin that was not compiled: for tests that are about neither. */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BaseImage } from "../../compiler/image/base.ts";
import { writeLayout } from "../../compiler/image/layout.ts";
import { blobOf, digestOf, jsonBlob, mediaTypes } from "../../compiler/image/oci.ts";
import { writeTar } from "../../compiler/image/tar.ts";
import { root } from "./tools.ts";

const platform = { os: "linux", architecture: "amd64" };
const tar = writeTar([{ path: "etc", bytes: null }], 0);
const layer = blobOf(tar, "application/vnd.oci.image.layer.v1.tar");

export const smallBase: BaseImage = {
  name: "base",
  digest: digestOf("base"),
  config: {
    ...platform,
    config: { Env: ["PATH=/usr/bin"] },
    rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
    history: [{ created_by: "base" }],
  },
  layers: [layer.descriptor],
  kept: null,
  blob: async () => layer.bytes,
};

/** Writes {@link smallBase} as a folder in OCI layout. */
export function writeSmallBase(folder: string): void {
  const config = jsonBlob(smallBase.config, mediaTypes.config);
  const manifest = jsonBlob(
    { schemaVersion: 2, mediaType: mediaTypes.manifest, config: config.descriptor, layers: smallBase.layers },
    mediaTypes.manifest,
  );
  const index = { schemaVersion: 2, manifests: [{ ...manifest.descriptor, platform }] };
  writeLayout(
    new Map([
      ["oci-layout", Buffer.from('{"imageLayoutVersion":"1.0.0"}')],
      ["index.json", Buffer.from(JSON.stringify(index))],
      ...[config, manifest, layer].map(
        (blob) => [`blobs/${blob.descriptor.digest.replace(":", "/")}`, blob.bytes] as const,
      ),
    ]),
    folder,
  );
}

/** Writes what an image is made of: the example's committed manifest, and files that only have the right names. */
export function writeSmallPlugin(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of ["bundle.mjs", "validators.mjs", "server.mjs", "runner.mjs"])
    writeFileSync(join(folder, name), `// ${name}\n`);
  writeFileSync(join(folder, "bundle.mjs.map"), '{"version":3,"sources":[],"names":[],"mappings":""}');
  copyFileSync(join(root, "example-sentiment", "manifest.json"), join(folder, "manifest.json"));
}
