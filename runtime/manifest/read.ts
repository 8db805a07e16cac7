import { readFile } from "node:fs";
import { dirname, resolve } from "node:path";
import { ManifestError } from "../errors.ts";
import { manifestDigest, sha256 } from "./canonical.ts";
import { check } from "./check.ts";
import schema from "./manifest.schema.json" with { type: "json" };
import type { Manifest, ManifestFile } from "./types.ts";

/** A plugin whose manifest, bundle and validators belonged together, by their digests, when it was read. */
export interface LoadedPlugin {
  readonly manifest: Manifest;
  readonly manifestPath: string;
  /** Absolute paths. Both digests are checked again around each runner's import of them, see {@link proveAgain}. */
  readonly bundlePath: string;
  readonly validatorsPath: string;
}

/**
 * Reads a manifest and proves that it, its bundle and its validators are what the compiler wrote.
 * Imports nothing of the plugin. Throws {@link ManifestError}.
 */
export async function loadPlugin(manifestPath: string): Promise<LoadedPlugin> {
  const path = resolve(manifestPath);
  const folder = dirname(path);
  const manifest = parseManifest((await read(path)).toString("utf8"), path);
  const [bundlePath, validatorsPath] = await Promise.all([
    proven(folder, manifest.bundle),
    proven(folder, manifest.validators),
  ]);
  return { manifest, manifestPath: path, bundlePath, validatorsPath };
}

/** Throws an Error that names the bundle or the validators when they are not what they were when they were read. */
export async function proveAgain({ manifest, bundlePath, validatorsPath }: LoadedPlugin): Promise<void> {
  await Promise.all([
    proveSame(bundlePath, manifest.bundle.sha256),
    proveSame(validatorsPath, manifest.validators.sha256),
  ]);
}

async function proveSame(path: string, digest: string): Promise<void> {
  if (sha256(await readBytes(path)) !== digest)
    throw new Error(`${path} was changed after the server read it`);
}

function parseManifest(text: string, path: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ManifestError("manifest_invalid", `${path} is not JSON: ${messageOf(error)}`, { cause: error });
  }
  const [first, ...rest] = check(schema, value);
  if (first !== undefined) {
    const more = rest.length === 0 ? "" : ` (and ${rest.length} more)`;
    throw new ManifestError(
      "manifest_invalid",
      `${path} is not a noxus manifest: ${first.path || "the whole"} ${first.message}${more}`,
    );
  }
  const manifest = value as Manifest; // the schema just said so; a test keeps schema and type together
  if (manifestDigest(manifest) !== manifest.digest) {
    throw new ManifestError(
      "digest_mismatch",
      `${path} was changed after it was built: its digest is not its own`,
    );
  }
  return manifest;
}

async function proven(folder: string, file: ManifestFile): Promise<string> {
  const path = resolve(folder, file.path);
  if (sha256(await read(path)) !== file.sha256) {
    throw new ManifestError("digest_mismatch", `${path} is not the file that the manifest was built with`);
  }
  return path;
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readBytes(path);
  } catch (error) {
    throw new ManifestError("manifest_missing", `${path} cannot be read: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/** Node's own promises of files take each start longer: their module brings a dozen others. */
function readBytes(path: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    readFile(path, (error, bytes) => (error === null ? resolve(bytes) : reject(error)));
  });
}

/** Without the system's name for it, and without the path once more. */
function reasonOf(error: unknown): string {
  return messageOf(error).replace(/^[A-Z]+: (.*), \w+ '.*'$/s, "$1");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
