import type { Stats } from "node:fs";
import { realpathSync } from "node:fs";
import { dirname, sep } from "node:path";
import { isSettled } from "../../compiler/load/stamp.ts";
import { type Evidence, fileDigest, folderDigest, type Stamp, stampOf, statOf } from "./evidence.ts";

/** What of a path an analysis looked at; `presence` is part of the others. */
export type Look = "presence" | "content" | "listing";

/** Paths that were looked at, what of them, and what they were when they were first seen. */
export interface Seen {
  readonly looks: ReadonlySet<Look>;
  /** Undefined where nothing was. */
  readonly stats: Stats | undefined;
}

/**
 * The evidence for an answer that was found by looking at these paths from `time` on (ms since the epoch); null where
 * something changed meanwhile, or may have, or cannot be looked at: such an answer is not to be kept.
 */
export function gather(seen: ReadonlyMap<string, Seen>, time: number): Evidence | null {
  const files: Stamp[] = [];
  const folders: Stamp[] = [];
  const absent: string[] = [];
  const presentFiles: string[] = [];
  const presentFolders: string[] = [];
  const parents = new Set<string>();
  try {
    for (const path of [...seen.keys()].sort()) {
      const { looks, stats: before } = seen.get(path) ?? { looks: new Set<Look>(), stats: undefined };
      const stats = statOf(path);
      if (kindOf(before) !== kindOf(stats)) return null;
      if (stats === undefined) absent.push(path);
      else if (stats.isFile() && looks.has("content")) {
        if (!isKept(before, stats, time)) return null;
        files.push(stampOf(path, stats, fileDigest(path)));
      } else if (stats.isDirectory() && looks.has("listing")) {
        if (!isKept(before, stats, time)) return null;
        folders.push(stampOf(path, stats, folderDigest(path)));
      } else if (stats.isFile()) presentFiles.push(path);
      else if (stats.isDirectory()) presentFolders.push(path);
      // A pipe or a device has no content to compare.
      else return null;
      if (stats !== undefined) parents.add(stats.isDirectory() ? path : dirname(path));
    }
    const missing = summarize(absent, folders, time);
    const places = outermost(parents).map((path) => [path, realpathSync.native(path)] as const);
    return { files, folders: missing.folders, absent: missing.absent, presentFiles, presentFolders, places };
  } catch {
    // No right to look, or gone since.
    return null;
  }
}

/** What {@link gather} made this of, as it is now; null where something cannot be looked at. */
export function seenIn(evidence: Evidence): ReadonlyMap<string, Seen> | null {
  const looked = (look: Look, paths: readonly string[]) =>
    paths.map((path) => [path, { looks: new Set([look]), stats: statOf(path) }] as const);
  const { files, folders, absent, presentFiles, presentFolders } = evidence;
  try {
    return new Map([
      ...looked("presence", [...absent, ...presentFiles, ...presentFolders]),
      ...looked(
        "content",
        files.map(([path]) => path),
      ),
      ...looked(
        "listing",
        folders.map(([path]) => path),
      ),
    ]);
  } catch {
    return null;
  }
}

/** So many paths missing from one folder are better told by the names that are in it. */
const manyMissing = 8;

/** Says with fewer paths that these are not there: by what is missing above them, or by what lies in their folder. */
function summarize(
  absent: readonly string[],
  listed: readonly Stamp[],
  time: number,
): Pick<Evidence, "absent" | "folders"> {
  const gone = new Set(absent);
  const folders = new Map(listed.map((stamp) => [stamp[0], stamp]));
  const byFolder = new Map<string, string[]>();
  for (const path of absent) {
    const folder = dirname(path);
    if (gone.has(folder) || folders.has(folder)) continue;
    const others = byFolder.get(folder);
    if (others === undefined) byFolder.set(folder, [path]);
    else others.push(path);
  }
  const left: string[] = [];
  for (const [folder, paths] of byFolder) {
    const stats = statOf(folder);
    if (stats === undefined) left.push(folder);
    else if (paths.length >= manyMissing && stats.isDirectory() && isSettled(stats, time))
      folders.set(folder, stampOf(folder, stats, folderDigest(folder)));
    else left.push(...paths);
  }
  return { absent: [...new Set(left)].sort(), folders: [...folders.values()] };
}

function kindOf(stats: Stats | undefined): string {
  if (stats === undefined) return "none";
  return stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other";
}

function isKept(before: Stats | undefined, stats: Stats, time: number): boolean {
  return (
    before?.ino === stats.ino &&
    before.size === stats.size &&
    before.mtimeMs === stats.mtimeMs &&
    before.ctimeMs === stats.ctimeMs &&
    isSettled(stats, time)
  );
}

/** Folders with no other of them below: resolving one resolves all those that lead to it. */
function outermost(folders: ReadonlySet<string>): readonly string[] {
  const sorted = [...folders].sort();
  return sorted.filter((folder, index) => {
    const prefix = folder.endsWith(sep) ? folder : folder + sep;
    const next = sorted.slice(index + 1).find((other) => other.startsWith(prefix));
    return next === undefined;
  });
}
