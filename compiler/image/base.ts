import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import type { BlobCache } from "./blobs.ts";
import { ImageError } from "./errors.ts";
import {
  type Descriptor,
  digestOf,
  type ImageConfig,
  type ImageIndex,
  type ImageManifest,
  isIndex,
  mediaTypes,
  type Platform,
  platformText,
} from "./oci.ts";
import { type ImageReference, parseReference, referenceText } from "./reference.ts";
import { openRegistry, type Registry, type RegistryOptions } from "./registry.ts";
import { readTar } from "./tar.ts";

/** An image for one platform, to build upon. */
export interface BaseImage {
  /** As it is written into labels: a reference by digest, or the name of the folder or file. */
  readonly name: string;
  /** Of its manifest for this platform. */
  readonly digest: string;
  readonly config: ImageConfig;
  readonly layers: readonly Descriptor[];
  /** Where it is kept; null for a folder or file. */
  readonly kept: ImageReference | null;
  readonly blob: (descriptor: Descriptor) => Promise<Buffer>;
}

/** Where the parts of an image come from: a registry, a folder or an archive. */
export interface ImageSource {
  readonly name: (digest: string) => string;
  readonly kept: ImageReference | null;
  /** The manifest or index that the image is known by. */
  readonly root: () => Promise<{ readonly bytes: Buffer; readonly descriptor: Descriptor }>;
  readonly manifest: (descriptor: Descriptor) => Promise<Buffer>;
  readonly blob: (descriptor: Descriptor) => Promise<Buffer>;
  readonly registry: Registry | null;
}

/**
 * Opens an image by a registry reference, a folder in OCI layout, or a tar file of one (also what `docker save` writes).
 * Throws an {@link ImageError}.
 */
export function openImage(
  text: string,
  cwd: string,
  cache: BlobCache,
  options: RegistryOptions,
): ImageSource {
  const path = resolve(cwd, text);
  const looksLikePath = /^(\.{0,2}\/|~)|\.tar(\.gz)?$|^[A-Za-z]:\\/.test(text);
  // A folder may have the name of a repository; a file or a layout has it by no accident.
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat !== undefined && (looksLikePath || stat.isFile() || existsSync(join(path, "oci-layout"))))
    return openFiles(text, path);
  if (looksLikePath) throw new ImageError("input", `there is no image at \`${text}\``);
  const reference = parseReference(text);
  return openRemote(reference, cache, options);
}

/** The image for one platform. Throws an {@link ImageError} naming the platforms there are. */
export async function pickPlatform(
  source: ImageSource,
  platform: Platform,
  text: string,
): Promise<BaseImage> {
  const root = await source.root();
  const wanted = platformText(platform);
  let manifest = parse<ImageManifest>(root.bytes, text);
  let digest = root.descriptor.digest;
  if (isIndex(root.descriptor.mediaType)) {
    const index = parse<ImageIndex>(root.bytes, text);
    const found = index.manifests.find(
      (each) =>
        each.platform?.os === platform.os &&
        each.platform.architecture === platform.architecture &&
        (platform.variant === undefined || each.platform.variant === platform.variant),
    );
    if (found === undefined) {
      const there = index.manifests
        .flatMap((each) =>
          each.platform === undefined || each.platform.os === "unknown" ? [] : [each.platform],
        )
        .map(platformText);
      throw new ImageError("input", `\`${text}\` is not made for ${wanted}`, `it is for ${there.join(", ")}`);
    }
    manifest = parse<ImageManifest>(await source.manifest(found), text);
    digest = found.digest;
  }
  const config = parse<ImageConfig>(await source.blob(manifest.config), text);
  const is = platformText({ os: config.os, architecture: config.architecture });
  if (is !== platformText({ os: platform.os, architecture: platform.architecture }))
    throw new ImageError("input", `\`${text}\` is not made for ${wanted}`, `it is for ${is}`);
  return {
    name: source.name(root.descriptor.digest),
    digest,
    config,
    layers: manifest.layers,
    kept: source.kept,
    blob: source.blob,
  };
}

export function parse<T>(bytes: Buffer, what: string): T {
  try {
    // The shape is the registry's word; what is used of it is checked where it is used.
    return JSON.parse(bytes.toString("utf8")) as T;
  } catch (error) {
    throw new ImageError("input", `\`${what}\` is no image: a part of it is not JSON`, null, {
      cause: error,
    });
  }
}

function openRemote(reference: ImageReference, cache: BlobCache, options: RegistryOptions): ImageSource {
  const registry = openRegistry(reference, options);
  const text = referenceText(reference);
  const cached = async (descriptor: Descriptor, load: () => Promise<Buffer>): Promise<Buffer> => {
    const kept = cache.get(descriptor);
    if (kept !== null) return kept;
    const bytes = await load();
    cache.put(bytes);
    return bytes;
  };
  const manifest = async (named: string): Promise<{ bytes: Buffer; descriptor: Descriptor }> => {
    const found = await registry.manifest(named);
    if (found === null) throw new ImageError("outside", `there is no \`${text}\` in the registry`);
    return found;
  };
  let root: Promise<{ bytes: Buffer; descriptor: Descriptor }> | null = null;
  return {
    kept: reference,
    registry,
    name: (digest) => referenceText({ ...reference, digest }),
    root: () => {
      root ??= rootOf();
      return root;
    },
    manifest: (descriptor) => cached(descriptor, async () => (await manifest(descriptor.digest)).bytes),
    blob: (descriptor) => cached(descriptor, () => registry.blob(descriptor)),
  };

  /** By digest it may be in the cache: then nothing is asked of the registry. */
  async function rootOf(): Promise<{ bytes: Buffer; descriptor: Descriptor }> {
    if (reference.digest === null) return manifest(reference.tag ?? "latest");
    const { digest } = reference;
    const bytes = await cached(
      { digest, mediaType: "", size: 0 },
      async () => (await manifest(digest)).bytes,
    );
    const { mediaType } = parse<{ mediaType?: string; manifests?: unknown }>(bytes, text);
    return { bytes, descriptor: { digest, size: bytes.length, mediaType: mediaType ?? mediaTypes.manifest } };
  }
}

/** A folder in OCI layout, or an archive of one. What `docker save` wrote before layouts is turned into one. */
function openFiles(text: string, path: string): ImageSource {
  const isFolder = statSync(path).isDirectory();
  const files = isFolder ? null : readArchive(path, text);
  const read = (name: string): Buffer | null => {
    if (files !== null) return files.get(name) ?? null;
    try {
      return readFileSync(join(path, name));
    } catch {
      // Told by the caller.
      return null;
    }
  };
  const missing = (what: string): ImageError =>
    new ImageError("input", `\`${text}\` is no image: it has no ${what}`);
  const blob = async (descriptor: Descriptor): Promise<Buffer> => {
    const bytes = read(`blobs/${descriptor.digest.replace(":", "/")}`);
    if (bytes === null) throw missing(descriptor.digest);
    if (digestOf(bytes) !== descriptor.digest)
      throw new ImageError("input", `\`${text}\` is damaged: ${descriptor.digest} is something else`);
    return bytes;
  };
  return {
    kept: null,
    registry: null,
    name: () => text.split("/").at(-1) ?? text,
    manifest: blob,
    blob,
    async root() {
      const bytes = read("index.json");
      if (bytes === null) throw missing("index.json");
      const index = parse<ImageIndex>(bytes, text);
      const [first, ...others] = index.manifests;
      if (first === undefined) throw missing("manifest");
      // Several images in one layout: the one list is the index to choose a platform from.
      if (others.length > 0) {
        const mediaType = mediaTypes.index;
        return { bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } };
      }
      return { bytes: await blob(first), descriptor: first };
    },
  };
}

function readArchive(path: string, text: string): Map<string, Buffer> {
  const bytes = readFileSync(path);
  try {
    return readTar(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes);
  } catch (error) {
    throw new ImageError(
      "input",
      `\`${text}\` is no image: ${error instanceof Error ? error.message : ""}`,
      null,
      {
        cause: error,
      },
    );
  }
}
