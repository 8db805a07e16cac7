import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson, sha256 } from "../../runtime/manifest/canonical.ts";
import type { Analysis, Artifact } from "../types.ts";
import { type DockerfileBase, dockerfile, dockerignore } from "./dockerfile.ts";
import { bundleServer } from "./server.ts";

export interface EmittedFile {
  /** File name inside the folder. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface EmitOptions {
  /** Also what an image needs: the server, the runner and the Docker files. Default true. */
  readonly image?: boolean;
  /** What the Dockerfile starts from; default the base in plugin.yaml as it is written there. */
  readonly base?: DockerfileBase | undefined;
}

/**
 * Writes the manifest and all that goes with it into `folder`, which is made where it is missing; other files there
 * stay. Everything is written beside its place first and moved in one step, so that an interruption or a full disk
 * leaves what was there. Throws a TypeError for an analysis with errors, and what the file system throws.
 */
export async function emit(
  analysis: Analysis,
  folder: string,
  options: EmitOptions = {},
): Promise<readonly EmittedFile[]> {
  const { manifest } = analysis;
  if (manifest === null) throw new TypeError("an analysis with errors cannot be emitted");
  const files: readonly Artifact[] = [
    ...analysis.artifacts,
    ...(options.image === false
      ? []
      : [
          ...(await bundleServer()),
          { path: "Dockerfile", text: dockerfile(manifest, options.base) },
          { path: ".dockerignore", text: dockerignore() },
        ]),
    // Last: a manifest is there only when all that it names is.
    { path: "manifest.json", text: canonicalJson(manifest) },
  ];
  mkdirSync(folder, { recursive: true });
  const staging = mkdtempSync(join(folder, ".noxus-"));
  try {
    for (const file of files) writeFileSync(join(staging, file.path), file.text);
    for (const file of files) renameSync(join(staging, file.path), join(folder, file.path));
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return files.map((file) => ({
    path: file.path,
    bytes: Buffer.byteLength(file.text),
    sha256: sha256(file.text),
  }));
}
