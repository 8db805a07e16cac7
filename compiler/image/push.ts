import type { AssembledImage } from "./assemble.ts";
import { rootOf } from "./layout.ts";
import type { Blob, Descriptor } from "./oci.ts";
import type { ImageReference } from "./reference.ts";
import type { Registry } from "./registry.ts";

export interface Pushed {
  readonly digest: string;
  /** Bytes that went over the wire, manifests included. */
  readonly uploaded: number;
  readonly requests: number;
  /** Layers of the base that the registry took over from another repository. */
  readonly mounted: number;
}

/**
 * Sends images to a registry under a tag. Only what is missing is sent, the tag last: an interruption leaves the tag as
 * it was. Nothing but one question is asked when the tag names this very image. Throws an `ImageError`.
 */
export async function push(
  images: readonly AssembledImage[],
  registry: Registry,
  target: ImageReference,
  tell: (line: string) => void,
): Promise<Pushed> {
  const root = rootOf(images);
  const tag = target.tag ?? root.descriptor.digest;
  let mounted = 0;
  const result = (): Pushed => ({ digest: root.descriptor.digest, ...registry.traffic, mounted });
  const there = await registry.manifest(tag);
  if (there?.descriptor.digest === root.descriptor.digest) return result();

  const ensure = async (
    descriptor: Descriptor,
    load: () => Promise<Blob>,
    from: ImageReference | null,
  ): Promise<void> => {
    if (await registry.hasBlob(descriptor.digest)) return;
    if (from !== null && from.registry === target.registry && from.repository !== target.repository) {
      if (await registry.mount(descriptor.digest, from.repository)) {
        mounted += 1;
        return;
      }
    }
    tell(`pushing ${descriptor.digest.slice(7, 19)} (${Math.ceil(descriptor.size / 1024)} KiB)`);
    await registry.putBlob(await load());
  };
  const work = new Map<string, () => Promise<void>>();
  for (const { base, layers, config } of images) {
    for (const layer of base.layers)
      work.set(layer.digest, () =>
        ensure(layer, async () => ({ descriptor: layer, bytes: await base.blob(layer) }), base.kept),
      );
    for (const blob of [...layers, config])
      work.set(blob.descriptor.digest, () => ensure(blob.descriptor, async () => blob, null));
  }
  await Promise.all([...work.values()].map((run) => run()));
  for (const { manifest } of images)
    if (manifest.descriptor.digest !== root.descriptor.digest)
      await registry.putManifest(manifest, manifest.descriptor.digest);
  await registry.putManifest(root, tag);
  return result();
}
