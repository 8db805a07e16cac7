import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../../runtime/manifest/types.ts";
import { openBase } from "../base-image.ts";
import { OutsideError } from "../exit.ts";
import { type ImageWishes, makeImage, parsePlatforms, toldImageError } from "../image.ts";
import { ask, type ContainerEngine, order } from "./engine.ts";

export interface ImageSource {
  /** Folder of the plugin. */
  readonly root: string;
  /** Folder that `build` wrote into. */
  readonly release: string;
  readonly manifest: Manifest;
  /** Reference, OCI layout or tar file of the base image. */
  readonly base: string;
  /** Whether a registry is spoken to without TLS. */
  readonly isPlain: boolean;
}

interface EngineImage {
  readonly Id: string;
  readonly Config?: { readonly Labels?: Readonly<Record<string, string>> | null };
}

/**
 * Id of the plugin's image in the engine, which is made and loaded unless the engine has it. It is what `noxus build
 * --load` makes, and stays when the deployment ends. Throws an `OutsideError` or a `UsageError`.
 */
export async function provideImage(
  engine: ContainerEngine,
  { root, release, manifest, base, isPlain }: ImageSource,
  surroundings: Parameters<typeof makeImage>[4] & { readonly cwd: string },
): Promise<string> {
  const architecture = process.arch === "arm64" ? "arm64" : "amd64";
  const wishes: Omit<ImageWishes, "base"> = {
    platforms: parsePlatforms(`linux/${architecture}`),
    layout: null,
    tar: null,
    push: null,
    sign: null,
    isLoading: false,
    isPlain,
  };
  const archive = join(release, "image.tar");
  try {
    // Only its digests: they tell whether the engine has it, at a fraction of the cost of loading it.
    const from = { ...wishes, base: openBase(base, isPlain, surroundings) };
    const made = await makeImage(root, release, manifest, from, { ...surroundings, tell: () => {} });
    const [{ config } = { config: "" }] = made.platforms;
    if ((await ask(engine, ["image", "inspect", config])).code === 0) return config;
    await makeImage(root, release, manifest, { ...from, tar: archive }, surroundings);
    surroundings.tell(`loading the image into ${engine}`);
    await order(engine, ["load", "--input", archive]);
    const name = `${made.name}:${made.tag}`;
    const [loaded] = JSON.parse(await order(engine, ["image", "inspect", name])) as readonly EngineImage[]; // by the engine
    if (loaded?.Config?.Labels?.["dev.noxus.manifest.digest"] !== `sha256:${manifest.digest}`)
      throw new OutsideError(
        `${name} in ${engine} is another image`,
        "does something else build it right now?",
      );
    return loaded.Id;
  } catch (error) {
    throw toldImageError(error);
  } finally {
    rmSync(archive, { force: true });
  }
}
