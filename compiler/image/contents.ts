import { gunzipSync } from "node:zlib";
import type { BaseImage } from "./base.ts";
import { ImageError } from "./errors.ts";
import { imageFolder } from "./labels.ts";
import { digestOf } from "./oci.ts";
import { readTar } from "./tar.ts";

/** What noxus put into an image, read back from its layers. */
export interface ImageContents {
  /** Files in our folder by name; a later layer wins. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Paths that layers above the base put elsewhere, sorted. */
  readonly elsewhere: readonly string[];
  /** Layers whose bytes unpack to something other than the configuration says. */
  readonly swapped: readonly string[];
  /** How many layers are the base's. */
  readonly baseLayers: number;
}

/**
 * Reads the layers that come after those of the base: `history` says which ones `noxus build` made. Throws an
 * {@link ImageError} for an image that noxus did not make.
 */
export async function readContents(image: BaseImage, text: string): Promise<ImageContents> {
  const made = (image.config.history ?? []).filter((entry) => entry.empty_layer !== true);
  const first = made.findIndex((entry) => entry.created_by === "noxus build");
  const own = first === -1 ? [] : image.layers.slice(first);
  if (own.length === 0 || made.length !== image.layers.length)
    throw new ImageError("input", `\`${text}\` was not made by noxus`);
  const files = new Map<string, Buffer>();
  const elsewhere: string[] = [];
  const swapped: string[] = [];
  for (const [index, descriptor] of image.layers.entries()) {
    // A base layer is some 50 MB and not ours to read; its digest was checked when it was fetched.
    if (index < first) continue;
    const tar = unpack(await image.blob(descriptor));
    if (digestOf(tar) !== image.config.rootfs.diff_ids[index]) swapped.push(descriptor.digest);
    for (const [path, bytes] of readTar(tar)) {
      const name = path.startsWith(`${imageFolder.slice(1)}/`) ? path.slice(imageFolder.length) : null;
      if (name === null || name.includes("/")) elsewhere.push(path);
      else files.set(name, bytes);
    }
  }
  return { files, elsewhere: elsewhere.sort(), swapped, baseLayers: first };
}

function unpack(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new ImageError("input", "a layer of the image is damaged", null, { cause: error });
  }
}
