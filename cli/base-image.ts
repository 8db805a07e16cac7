import { basename, dirname, resolve } from "node:path";
// Not by the index of the folder: it brings the bill of materials along, which a build without an image needs not.
import { type ImageSource, openImage } from "../compiler/image/base.ts";
import { openBlobCache } from "../compiler/image/blobs.ts";
import { ImageError } from "../compiler/image/errors.ts";
import { referenceText } from "../compiler/image/reference.ts";
import { openRegistry } from "../compiler/image/registry.ts";
import type { DockerfileBase } from "../compiler/index.ts";
import { cacheFolder } from "./cache/folder.ts";

/** A base image as it was asked for, and where its parts come from. */
export interface Base {
  readonly text: string;
  readonly source: ImageSource;
}

interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Opens a base; nothing is asked of a registry yet. Throws an `ImageError`. */
export function openBase(text: string, isPlain: boolean, { cwd, env }: Surroundings): Base {
  return { text, source: openImage(text, cwd, openBlobCache(cacheFolder(env)), { env, isPlain }) };
}

/** How long a registry may take to say what a tag names when nothing else is wanted of it, ms. */
const patience = 3_000;

/** What a Dockerfile starts from when the image is made of `base`: the base by digest. Throws an `ImageError`. */
export async function pinnedBase({ text, source }: Base): Promise<DockerfileBase> {
  const { kept } = source;
  if (kept === null) return { from: null, note: unnamed(text) };
  const digest = kept.digest ?? (await source.root()).descriptor.digest;
  return { from: referenceText({ ...kept, tag: null, digest }), note: null };
}

/**
 * The same where only the Dockerfile needs it: a registry that cannot be asked leaves what was written, with a note.
 * Throws an `ImageError` for what is no base.
 */
export async function namedBase(
  text: string,
  isPlain: boolean,
  surroundings: Surroundings,
): Promise<DockerfileBase> {
  try {
    const { source } = openBase(text, isPlain, surroundings);
    const { kept } = source;
    if (kept === null || kept.digest !== null) return await pinnedBase({ text, source });
    const registry = openRegistry(kept, { env: surroundings.env, isPlain, tries: 1, limitMs: patience });
    const digest = await registry.digest(kept.tag ?? "latest");
    if (digest !== null) return { from: referenceText({ ...kept, tag: null, digest }), note: null };
    return { from: text, note: `${text} by its tag: ${kept.registry} does not know it` };
  } catch (error) {
    if (!(error instanceof ImageError && error.kind === "outside")) throw error;
    return { from: text, note: `${text} by its tag: ${error.message}` };
  }
}

/**
 * How podman and buildah name a base in a folder or a file: a transport and a path. Of the path they make the name of an
 * image, which may have no capitals, so it is short and counts from the folder that the base is in.
 */
export function transportOf(text: string, cwd: string): { readonly name: string; readonly from: string } {
  const transport = /\.tar(\.gz)?$/.test(text) ? "oci-archive" : "oci";
  return { name: `${transport}:${basename(text)}`, from: dirname(resolve(cwd, text)) };
}

const unnamed = (text: string): string =>
  `${basename(text)}, which a Dockerfile cannot name: build with --build-arg BASE=oci:FOLDER or BASE=oci-archive:FILE (podman, buildah)`;
