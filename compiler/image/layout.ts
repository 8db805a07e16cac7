import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type AssembledImage, indexOf } from "./assemble.ts";
import { type Blob, type Descriptor, isIndex } from "./oci.ts";
import { writeTar } from "./tar.ts";

/** The files of an OCI layout by path, base layers included. */
export async function layoutFiles(
  images: readonly AssembledImage[],
  name: string,
  tag: string,
): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const put = (blob: Blob): void => {
    files.set(`blobs/${blob.descriptor.digest.replace(":", "/")}`, blob.bytes);
  };
  for (const image of images) {
    for (const layer of image.base.layers)
      files.set(`blobs/${layer.digest.replace(":", "/")}`, await image.base.blob(layer));
    for (const blob of [...image.layers, image.config, image.manifest]) put(blob);
  }
  const root = rootOf(images);
  put(root);
  const [first] = images;
  const entry: Descriptor = {
    ...root.descriptor,
    ...(first === undefined || isIndex(root.descriptor.mediaType) ? {} : { platform: first.platform }),
    // `ref.name` is what skopeo, umoci and podman look for; the second is containerd's.
    annotations: { "org.opencontainers.image.ref.name": tag, "io.containerd.image.name": `${name}:${tag}` },
  };
  files.set("index.json", Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [entry] })));
  files.set("oci-layout", Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
  return files;
}

/** What the image is known by: its manifest, or for several platforms the index over them. */
export function rootOf(images: readonly AssembledImage[]): Blob {
  const [first, ...others] = images;
  if (first === undefined) throw new RangeError("an image has at least one platform");
  return others.length === 0 ? first.manifest : indexOf(images);
}

/** Writes a layout as a folder, in one step: an interruption leaves what was there. Throws what the file system throws. */
export function writeLayout(files: ReadonlyMap<string, Buffer>, folder: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  const staging = mkdtempSync(join(dirname(folder), `.${basename(folder)}-`));
  try {
    mkdirSync(join(staging, "blobs", "sha256"), { recursive: true });
    for (const [path, bytes] of files) writeFileSync(join(staging, path), bytes);
    rmSync(folder, { recursive: true, force: true });
    renameSync(staging, folder);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/**
 * A layout as one file that `podman load`, `docker load` and `skopeo` read; for one platform also in docker's older form,
 * which refers to the same blobs.
 */
export function layoutArchive(
  files: ReadonlyMap<string, Buffer>,
  images: readonly AssembledImage[],
  name: string,
  tag: string,
): Buffer {
  const [image, ...others] = images;
  const entries = [...files].map(([path, bytes]): { path: string; bytes: Buffer | null } => ({
    path,
    bytes,
  }));
  entries.push({ path: "blobs", bytes: null }, { path: "blobs/sha256", bytes: null });
  if (image !== undefined && others.length === 0) {
    const pathOf = ({ digest }: Descriptor): string => `blobs/${digest.replace(":", "/")}`;
    const older = [
      {
        Config: pathOf(image.config.descriptor),
        RepoTags: [`${name}:${tag}`],
        Layers: [...image.base.layers, ...image.layers.map(({ descriptor }) => descriptor)].map(pathOf),
      },
    ];
    entries.push({ path: "manifest.json", bytes: Buffer.from(JSON.stringify(older)) });
  }
  return writeTar(entries, 0);
}
