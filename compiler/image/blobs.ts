import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Descriptor, digestOf } from "./oci.ts";

/** Parts of base images that were downloaded once, kept by digest in the user's cache folder. */
export interface BlobCache {
  /** Null when it is not there; a damaged one is removed. */
  get(descriptor: Descriptor): Buffer | null;
  put(bytes: Buffer): void;
}

/** Most that is kept, bytes; the longest unused go first. */
const limit = 4 * 1024 ** 3;

/** Keeps blobs below the user's cache folder; null for nowhere. */
export function openBlobCache(cacheFolder: string | null): BlobCache {
  if (cacheFolder === null) return { get: () => null, put: () => {} };
  const folder = join(cacheFolder, "blobs");
  const fileOf = (digest: string): string => join(folder, digest.replace("sha256:", ""));
  return {
    get({ digest }) {
      let bytes: Buffer;
      try {
        bytes = readFileSync(fileOf(digest));
      } catch {
        // Not there yet, or not readable: it is downloaded.
        return null;
      }
      if (digestOf(bytes) === digest) return bytes;
      rmSync(fileOf(digest), { force: true });
      return null;
    },
    put(bytes) {
      const file = fileOf(digestOf(bytes));
      const staged = `${file}.${process.pid}`;
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeFileSync(staged, bytes);
        renameSync(staged, file);
        shrink(folder);
      } catch {
        // A cache that cannot be written is none.
        rmSync(staged, { force: true });
      }
    },
  };
}

function shrink(folder: string): void {
  const files = readdirSync(folder)
    .map((name) => ({ path: join(folder, name), stat: statSync(join(folder, name)) }))
    .sort((a, b) => b.stat.atimeMs - a.stat.atimeMs);
  let total = 0;
  for (const { path, stat } of files) {
    total += stat.size;
    if (total > limit) rmSync(path, { force: true });
  }
}
