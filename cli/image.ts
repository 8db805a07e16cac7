import { spawn, spawnSync } from "node:child_process";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { checkLockfile } from "../compiler/bundle/compare-lockfile.ts";
import { arrange } from "../compiler/diagnostics/arrange.ts";
import type { Diagnostic } from "../compiler/diagnostics/types.ts";
import {
  type AssembledImage,
  assemble,
  attach,
  attachmentTypes,
  findSecrets,
  ImageError,
  type ImageReference,
  layersOf,
  layoutArchive,
  layoutFiles,
  openRegistry,
  type Platform,
  parseReference,
  pickPlatform,
  platformText,
  provenanceOf,
  push,
  readKey,
  referenceText,
  rootOf,
  sbomOf,
  shippedPackages,
  signImage,
  writeLayout,
} from "../compiler/image/index.ts";
import type { Artifact } from "../compiler/types.ts";
import type { Manifest } from "../runtime/manifest/types.ts";
import type { Base } from "./base-image.ts";
import { fileReason, isFileError, OutsideError, UsageError } from "./exit.ts";

/** What is wanted of an image beside the files of the plugin. Paths are absolute. */
export interface ImageWishes {
  readonly base: Base;
  readonly platforms: readonly Platform[];
  readonly layout: string | null;
  readonly tar: string | null;
  readonly push: ImageReference | null;
  /** File of the private key to sign with; only what is pushed can be signed. */
  readonly sign: string | null;
  readonly isLoading: boolean;
  readonly isPlain: boolean;
}

export interface MadeImage {
  readonly name: string;
  readonly tag: string;
  /** Of the manifest, or of the index where there are several platforms. */
  readonly digest: string;
  readonly base: string;
  readonly platforms: readonly {
    readonly platform: string;
    readonly digest: string;
    readonly config: string;
    readonly layers: readonly { readonly title: string; readonly digest: string; readonly bytes: number }[];
  }[];
  /** Where it was pushed, by digest. */
  readonly reference: string | null;
  readonly uploaded: number | null;
  /** Digests of what is attached to the image in its registry. */
  readonly attached: { readonly sbom: string; readonly provenance: string } | null;
  readonly isSigned: boolean;
  /** The tool that it was loaded into. */
  readonly loaded: string | null;
}

/** Files of the output folder that an image is made of. */
const parts = ["manifest.json", "bundle.mjs", "bundle.mjs.map", "validators.mjs", "server.mjs", "runner.mjs"];

/**
 * Makes the image of the plugin in `root`, whose files `build` wrote into `folder`. Throws an `ImageError`, a `UsageError` or an
 * `OutsideError`.
 */
export async function makeImage(
  root: string,
  folder: string,
  manifest: Manifest,
  wishes: ImageWishes,
  surroundings: {
    readonly env: NodeJS.ProcessEnv;
    readonly tell: (line: string) => void;
  },
): Promise<MadeImage> {
  const { env, tell } = surroundings;
  const seconds = epochSeconds(env);
  const options = { env, isPlain: wishes.isPlain };
  const key = wishes.sign === null ? null : readKey(wishes.sign, "private");
  const { base } = wishes;
  const layers = layersOf(readParts(folder), seconds);
  const images: AssembledImage[] = [];
  for (const platform of wishes.platforms) {
    tell(`reading the base image for ${platformText(platform)}`);
    images.push(
      assemble(manifest, layers, await pickPlatform(base.source, platform, base.text), platform, seconds),
    );
  }
  const name = wishes.push === null ? (manifest.image.name ?? manifest.name) : nameOf(wishes.push);
  const tag = wishes.push?.tag ?? manifest.version.replace("+", "_");

  let loaded: string | null = null;
  if (wishes.layout !== null || wishes.tar !== null || wishes.isLoading) {
    tell("reading the base layers");
    const files = await layoutFiles(images, name, tag);
    if (wishes.layout !== null) writeLayout(files, wishes.layout);
    if (wishes.tar !== null) writeWhole(wishes.tar, layoutArchive(files, images, name, tag));
    if (wishes.isLoading) loaded = load(layoutArchive(files, images, name, tag), env);
  }
  const subject = rootOf(images).descriptor;
  const { digest } = subject;
  let uploaded: number | null = null;
  let attached: MadeImage["attached"] = null;
  if (wishes.push !== null) {
    const target = { ...wishes.push, tag };
    const registry = openRegistry(target, options);
    await push(images, registry, target, tell);
    tell("attaching the bill of materials");
    const provenance = provenanceOf(manifest, root, name, digest, images);
    attached = {
      sbom: await attach(registry, subject, {
        type: attachmentTypes.sbom,
        bytes: Buffer.from(sbomOf(manifest, root)),
      }),
      provenance: await attach(registry, subject, {
        type: attachmentTypes.provenance,
        bytes: Buffer.from(provenance),
      }),
    };
    if (key !== null) await signImage(registry, digest, name, key);
    uploaded = registry.traffic.uploaded;
  }
  return {
    name,
    tag,
    digest,
    base: images[0]?.base.name ?? base.text,
    platforms: images.map((image) => ({
      platform: platformText(image.platform),
      digest: image.manifest.descriptor.digest,
      config: image.config.descriptor.digest,
      layers: image.layers.map(({ title, descriptor }) => ({
        title,
        digest: descriptor.digest,
        bytes: descriptor.size,
      })),
    })),
    reference: wishes.push === null ? null : referenceText({ ...wishes.push, tag: null, digest }),
    uploaded,
    attached,
    isSigned: key !== null,
    loaded,
  };
}

/** What keeps the plugin in `root` from becoming an image: a lockfile that is not package.json's, secrets in its files. */
export function imageFaults(root: string, folder: string, manifest: Manifest): readonly Diagnostic[] {
  // A code frame would show the secret.
  const secrets = arrange(findSecrets(readParts(folder)), root).map((each) => ({ ...each, frame: [] }));
  return [...arrange(checkLockfile(root, shippedPackages(manifest, root)), root), ...secrets];
}

const readParts = (folder: string): readonly Artifact[] =>
  parts.map((path) => ({ path, text: readFileSync(join(folder, path), "utf8") }));

/** Programs that build an image from the Dockerfile in the output folder, and what to install for each. */
export const engines = {
  docker: { args: ["build"], hint: "install docker, or build without an engine" },
  podman: {
    args: ["build"],
    hint: "install podman (Debian: apt-get install podman), or build without an engine",
  },
  buildah: {
    args: ["bud"],
    hint: "install buildah (Debian: apt-get install buildah), or build without an engine",
  },
} as const;

export type Engine = keyof typeof engines;

/**
 * Has an engine build the Dockerfile in `folder`, with its output on the terminal's error stream. Throws an
 * `OutsideError` when the engine is missing or fails.
 */
export async function buildWithEngine(
  engine: Engine,
  folder: string,
  manifest: Manifest,
  surroundings: {
    /** What the Dockerfile's argument BASE is, and from which folder it counts; null where the Dockerfile names its base. */
    readonly base: { readonly name: string; readonly from: string } | null;
    readonly env: NodeJS.ProcessEnv;
    readonly stderr: Writable;
  },
): Promise<string> {
  const { args, hint } = engines[engine];
  const { base } = surroundings;
  if (base !== null && engine === "docker")
    throw new UsageError(
      "docker cannot build on a folder or a file",
      "push the base to a registry, or use podman or buildah",
    );
  const given = base === null ? [] : ["--build-arg", `BASE=${base.name}`];
  const name = `${manifest.image.name ?? manifest.name}:${manifest.version.replace("+", "_")}`;
  const child = spawn(engine, [...args, ...given, "-t", name, folder], {
    cwd: base?.from ?? folder,
    env: surroundings.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.pipe(surroundings.stderr, { end: false });
  child.stderr.pipe(surroundings.stderr, { end: false });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", () => reject(new OutsideError(`${engine} is not installed`, hint)));
    child.on("close", resolve);
  });
  if (code !== 0) throw new OutsideError(`${engine} ended with ${code}`, "what it said stands above");
  return name;
}

/** `linux/amd64,linux/arm64`. Throws a `UsageError` for what is no platform that Node and noxus know. */
export function parsePlatforms(text: string): readonly Platform[] {
  const found = text.split(",").map((part): Platform => {
    const [, architecture] = /^linux\/(amd64|arm64)$/.exec(part.trim()) ?? [];
    if (architecture === undefined)
      throw new UsageError(
        `\`${part}\` is no platform`,
        "write linux/amd64, linux/arm64 or both with a comma",
      );
    return { os: "linux", architecture };
  });
  return found.filter(
    (each, index) => found.findIndex((other) => other.architecture === each.architecture) === index,
  );
}

/** Where to push: a reference without a digest; without a tag the plugin's version is meant. Throws a `UsageError`. */
export function parseTarget(text: string): ImageReference {
  const reference = asTold(() => parseReference(text));
  if (reference.digest !== null)
    throw new UsageError("`--push` takes a tag, not a digest: the digest is what is made");
  return /:[^/]*$/.test(text.replace(/^[^/]*\//, "")) ? reference : { ...reference, tag: null };
}

const nameOf = (reference: ImageReference): string =>
  referenceText({ ...reference, tag: null, digest: null });

/** Time of all files and of the image: SOURCE_DATE_EPOCH, else 1970. Throws a `UsageError` for a malformed one. */
function epochSeconds(env: NodeJS.ProcessEnv): number {
  const text = env.SOURCE_DATE_EPOCH;
  if (text === undefined || text === "") return 0;
  if (!/^\d{1,10}$/.test(text))
    throw new UsageError(`SOURCE_DATE_EPOCH is \`${text}\`, not a number of seconds`);
  return Number(text);
}

function writeWhole(file: string, bytes: Buffer): void {
  const staged = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(staged, bytes);
    renameSync(staged, file);
  } finally {
    rmSync(staged, { force: true });
  }
}

/** Hands an archive to docker or podman, whichever answers, and says which. */
function load(archive: Buffer, env: NodeJS.ProcessEnv): string {
  const reasons: string[] = [];
  for (const tool of ["docker", "podman"]) {
    const done = spawnSync(tool, ["load"], {
      input: archive,
      encoding: "utf8",
      env,
      maxBuffer: 64 * 1024 * 1024,
    });
    if (done.status === 0) return tool;
    reasons.push(
      done.error === undefined ? `${tool}: ${done.stderr.trim().split("\n")[0]}` : `${tool} is not installed`,
    );
  }
  throw new OutsideError(
    `no tool takes the image: ${reasons.join("; ")}`,
    "start docker or install podman, or write a file with --tar",
  );
}

/** An error of making or reading an image as the command line tells it; any other as it is. */
export function toldImageError(error: unknown): unknown {
  if (isFileError(error)) return new UsageError(`cannot read or write the image: ${fileReason(error)}`);
  if (!(error instanceof ImageError)) return error;
  return error.kind === "input"
    ? new UsageError(error.message, error.hint)
    : new OutsideError(error.message, error.hint);
}

function asTold<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw toldImageError(error);
  }
}
