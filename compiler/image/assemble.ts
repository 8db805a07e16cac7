import { gzipSync } from "node:zlib";
import type { Manifest } from "../../runtime/manifest/types.ts";
import { bundleMapFile } from "../manifest/build.ts";
import type { Artifact } from "../types.ts";
import type { BaseImage } from "./base.ts";
import { ImageError } from "./errors.ts";
import { imageEnvironment, imageFolder, imageLabels, imagePort, imageUser } from "./labels.ts";
import {
  type Blob,
  blobOf,
  type ContainerConfig,
  type Descriptor,
  digestOf,
  type HistoryEntry,
  type ImageConfig,
  type ImageIndex,
  type ImageManifest,
  jsonBlob,
  mediaTypes,
  type Platform,
} from "./oci.ts";
import { writeTar } from "./tar.ts";

/** A layer of ours: its bytes, and the digest of what it unpacks to. */
export interface Layer extends Blob {
  readonly diffId: string;
  /** What it holds, for people. */
  readonly title: string;
  readonly files: readonly string[];
}

/** An image for one platform. The layers of the base come first and are known by their descriptors only. */
export interface AssembledImage {
  readonly platform: Platform;
  readonly base: BaseImage;
  readonly layers: readonly Layer[];
  readonly config: Blob;
  readonly manifest: Blob;
}

/**
 * The runtime changes with noxus, the plugin with its author: a new version of either is one layer to send. The source
 * map is with the plugin because no line of a plugin changes without it.
 */
const layerFiles: readonly { readonly title: string; readonly files: readonly string[] }[] = [
  { title: "noxus runtime", files: ["server.mjs", "runner.mjs"] },
  { title: "plugin", files: ["bundle.mjs", bundleMapFile, "validators.mjs", "manifest.json"] },
];

/** The layers of a plugin, the same bytes on every machine. `seconds` since 1970 is the time of all files. */
export function layersOf(artifacts: readonly Artifact[], seconds: number): readonly Layer[] {
  const folder = imageFolder.slice(1);
  const texts = new Map(artifacts.map(({ path, text }) => [path, text]));
  return layerFiles.map(({ title, files }) => {
    const entries = files.map((file) => {
      const text = texts.get(file);
      if (text === undefined) throw new Error(`${file} is missing for the image`);
      return { path: `${folder}/${file}`, bytes: Buffer.from(text) };
    });
    const tar = writeTar([{ path: folder, bytes: null }, ...entries], seconds);
    const bytes = gzipSync(tar, { level: 9 });
    // The operating system in the header differs between machines; 255 is "unknown".
    bytes[9] = 255;
    return { ...blobOf(bytes, mediaTypes.layer), diffId: digestOf(tar), title, files };
  });
}

/**
 * The plugin on top of a base. Bytes depend on the manifest, the layers, the base and `seconds`, nothing else.
 * Throws an {@link ImageError} for a base without Node.
 */
export function assemble(
  manifest: Manifest,
  layers: readonly Layer[],
  base: BaseImage,
  platform: Platform,
  seconds: number,
): AssembledImage {
  const created = new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
  const labels = {
    ...imageLabels(manifest),
    "org.opencontainers.image.created": created,
    "org.opencontainers.image.base.name": base.name,
    "org.opencontainers.image.base.digest": base.digest,
  };
  const history: HistoryEntry[] = layers.map(({ title }) => ({
    created,
    created_by: "noxus build",
    comment: title,
  }));
  const config: ImageConfig = {
    created,
    architecture: base.config.architecture,
    os: base.config.os,
    ...(base.config.variant === undefined ? {} : { variant: base.config.variant }),
    config: containerConfig(base.config.config ?? {}, labels),
    rootfs: {
      type: "layers",
      diff_ids: [...base.config.rootfs.diff_ids, ...layers.map(({ diffId }) => diffId)],
    },
    history: [...(base.config.history ?? []), ...history],
  };
  if (base.config.rootfs.diff_ids.length !== base.layers.length)
    throw new ImageError(
      "input",
      `the base image \`${base.name}\` is damaged: its configuration names other layers`,
    );
  const configBlob = jsonBlob(config, mediaTypes.config);
  const imageManifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: configBlob.descriptor,
    layers: [...base.layers.map(ociLayer), ...layers.map(({ descriptor }) => descriptor)],
    annotations: labels,
  };
  return {
    platform,
    base,
    layers,
    config: configBlob,
    manifest: jsonBlob(imageManifest, mediaTypes.manifest),
  };
}

/** Several platforms under one name. No entry but the images: tools choke on others. */
export function indexOf(images: readonly AssembledImage[]): Blob {
  const index: ImageIndex = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: images.map(({ manifest, platform }) => ({ ...manifest.descriptor, platform })),
  };
  return jsonBlob(index, mediaTypes.index);
}

/** Docker's layers are the same bytes under another name; an OCI manifest wants its own. */
function ociLayer({ mediaType, digest, size }: Descriptor): Descriptor {
  const names: Readonly<Record<string, string>> = {
    "application/vnd.docker.image.rootfs.diff.tar.gzip": mediaTypes.layer,
    "application/vnd.docker.image.rootfs.diff.tar": "application/vnd.oci.image.layer.v1.tar",
  };
  return { mediaType: names[mediaType] ?? mediaType, digest, size };
}

function containerConfig(base: ContainerConfig, labels: Readonly<Record<string, string>>): ContainerConfig {
  const environment = new Map((base.Env ?? []).map((entry) => [entry.slice(0, entry.indexOf("=")), entry]));
  for (const [name, value] of Object.entries(imageEnvironment)) environment.set(name, `${name}=${value}`);
  return {
    User: imageUser,
    ExposedPorts: { [`${imagePort}/tcp`]: {} },
    Env: [...environment.values()],
    Entrypoint: [nodeOf(base), `${imageFolder}/server.mjs`],
    WorkingDir: imageFolder,
    Labels: { ...base.Labels, ...labels },
    StopSignal: "SIGTERM",
  };
}

/** A base that starts Node itself says where it is; others have it in their path. */
function nodeOf({ Entrypoint }: ContainerConfig): string {
  return Entrypoint?.find((word) => /(^|\/)node$/.test(word)) ?? "node";
}
