import { lstatSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { isSettled } from "../../compiler/load/stamp.ts";

/**
 * What a stored answer rests on: the state of every path that was looked at on the way to it, those that were not
 * there included. While all of it holds, the same question has the same answer.
 */
export interface Evidence {
  /** Files by content. */
  readonly files: readonly Stamp[];
  /** Folders by what lies in them. */
  readonly folders: readonly Stamp[];
  /** Paths where nothing is. */
  readonly absent: readonly string[];
  /** Files and folders of which only the existence counts. */
  readonly presentFiles: readonly string[];
  readonly presentFolders: readonly string[];
  /** Folders that lead to all of these, and what they are once every symbolic link is followed. */
  readonly places: readonly (readonly [path: string, real: string])[];
}

/** Cheap signs that a file or folder was not touched, and the digest of its content that decides where they differ. */
export type Stamp = readonly [
  path: string,
  size: number,
  mtimeMs: number,
  ctimeMs: number,
  inode: number,
  digest: string,
];

/**
 * The evidence itself while it holds; with stamps renewed where only times changed, as in a fresh checkout; null once
 * anything that counts is different. With \`onEdit\` another content of a file that is still there is no end: it is told.
 */
export function check(evidence: Evidence, onEdit?: (path: string) => void): Evidence | null {
  const now = Date.now();
  try {
    if (evidence.absent.some((path) => statOf(path) !== undefined)) return null;
    if (!evidence.presentFiles.every((path) => statOf(path)?.isFile())) return null;
    if (!evidence.presentFolders.every((path) => statOf(path)?.isDirectory())) return null;
    if (!evidence.places.every(([path, real]) => realpathSync.native(path) === real)) return null;
    const files = checkStamps(evidence.files, fileDigest, now, onEdit);
    const folders = files === null ? null : checkStamps(evidence.folders, folderDigest, now);
    if (files === null || folders === null) return null;
    const isSame = files === evidence.files && folders === evidence.folders;
    return isSame ? evidence : { ...evidence, files, folders };
  } catch {
    // What cannot be looked at is not as it was.
    return null;
  }
}

/** The stamps themselves where they all hold; null where a content changed. */
function checkStamps(
  stamps: readonly Stamp[],
  digestOf: (path: string) => string,
  now: number,
  onEdit?: (path: string) => void,
): readonly Stamp[] | null {
  let renewed: Stamp[] | null = null;
  for (const [index, stamp] of stamps.entries()) {
    const stats = statOf(stamp[0]);
    if (stats === undefined) return null;
    if (isUntouched(stamp, stats)) continue;
    if (digestOf(stamp[0]) !== stamp[5]) {
      if (onEdit === undefined || !stats.isFile()) return null;
      onEdit(stamp[0]);
      continue;
    }
    // A stamp that a change could still slip under is not worth having: the content is read again next time.
    if (!isSettled(stats, now)) continue;
    renewed ??= [...stamps];
    renewed[index] = stampOf(stamp[0], stats, stamp[5]);
  }
  return renewed ?? stamps;
}

function isUntouched([, size, mtimeMs, ctimeMs, inode]: Stamp, stats: Stats): boolean {
  return stats.ino === inode && stats.ctimeMs === ctimeMs && stats.mtimeMs === mtimeMs && stats.size === size;
}

export function stampOf(path: string, stats: Stats, digest: string): Stamp {
  return [path, stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino, digest];
}

/** Symbolic links are followed; undefined where there is nothing. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // A file on the way where a folder should be: nothing can be there.
    if (error instanceof Error && "code" in error && error.code === "ENOTDIR") return undefined;
    throw error;
  }
}

/** Of a file's bytes. */
export function fileDigest(path: string): string {
  return digest(readFileSync(path));
}

/** Of the names in a folder, what kind each is, and where symbolic links lead. */
export function folderDigest(path: string): string {
  const entries = readdirSync(path, { withFileTypes: true }).map((entry) => {
    if (entry.isDirectory()) return `${entry.name}/`;
    return entry.isSymbolicLink() ? `${entry.name}@${targetOf(join(path, entry.name))}` : entry.name;
  });
  return digest(entries.sort().join("\n"));
}

function targetOf(link: string): string {
  try {
    const real = realpathSync.native(link);
    return lstatSync(real).isDirectory() ? `${real}/` : real;
  } catch {
    return "";
  }
}

/**
 * Loaded when something has to be read again: it is a sixth of Node's own start. Before Node 22.3 it cannot be loaded
 * in passing; there nothing is kept, and everything found out anew.
 */
function digest(content: string | Buffer): string {
  const crypto = process.getBuiltinModule("node:crypto");
  return crypto.hash("sha256", content, "base64url").slice(0, 32);
}
