import {
  type Blob,
  blobOf,
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
  jsonBlob,
  mediaTypes,
} from "./oci.ts";
import type { Registry } from "./registry.ts";

/** Something about an image that is kept beside it: its bill of materials, its provenance. */
export interface Attachment {
  /** What it is, such as `application/vnd.cyclonedx+json`. */
  readonly type: string;
  readonly bytes: Buffer;
}

export const attachmentTypes = {
  sbom: "application/vnd.cyclonedx+json",
  provenance: "application/vnd.in-toto+json",
} as const;

/** The tag under which registries without a list of referrers keep one. */
const fallbackTag = (digest: string): string => digest.replace(":", "-");

const empty = blobOf(Buffer.from("{}"), mediaTypes.empty);

/**
 * Attaches something to an image as a referrer. Where the registry keeps no list of them itself, the fallback tag of the
 * specification is written too. Does nothing when it is there already. Returns the digest.
 */
export async function attach(
  registry: Registry,
  subject: Descriptor,
  attachment: Attachment,
): Promise<string> {
  const content = blobOf(attachment.bytes, attachment.type);
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: attachment.type,
    config: empty.descriptor,
    layers: [content.descriptor],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
  };
  const blob = jsonBlob(manifest, mediaTypes.manifest);
  if ((await registry.manifest(blob.descriptor.digest)) !== null) return blob.descriptor.digest;
  for (const part of [empty, content])
    if (!(await registry.hasBlob(part.descriptor.digest))) await registry.putBlob(part);
  const isListed = await registry.putManifest(blob, blob.descriptor.digest);
  if (!isListed) await list(registry, subject.digest, { ...blob.descriptor, artifactType: attachment.type });
  return blob.descriptor.digest;
}

async function list(registry: Registry, digest: string, entry: Descriptor): Promise<void> {
  const before = await readFallback(registry, digest);
  const index: ImageIndex = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [...before.filter((each) => each.digest !== entry.digest), entry],
  };
  await registry.putManifest(jsonBlob(index, mediaTypes.index), fallbackTag(digest));
}

async function readFallback(registry: Registry, digest: string): Promise<readonly Descriptor[]> {
  const found = await registry.manifest(fallbackTag(digest));
  if (found === null) return [];
  const { manifests } = JSON.parse(found.bytes.toString("utf8")) as ImageIndex;
  return manifests ?? [];
}

/** What is attached to an image, by the registry's list or by the fallback tag. */
export async function attachmentsOf(registry: Registry, digest: string): Promise<readonly Descriptor[]> {
  return (await registry.referrers(digest)) ?? (await readFallback(registry, digest));
}

/** The bytes of an attachment. */
export async function readAttachment(registry: Registry, descriptor: Descriptor): Promise<Blob | null> {
  const found = await registry.manifest(descriptor.digest);
  if (found === null) return null;
  const { layers } = JSON.parse(found.bytes.toString("utf8")) as ImageManifest;
  const [content] = layers;
  return content === undefined ? null : { descriptor: content, bytes: await registry.blob(content) };
}
