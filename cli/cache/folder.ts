import { lstatSync, mkdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Environment } from "../terminal.ts";

/**
 * Where noxus keeps what it can find out again: `XDG_CACHE_HOME` where it is set, else the platform's folder for
 * caches. Null where the environment names no home.
 */
export function cacheFolder(env: Environment, platform: NodeJS.Platform = process.platform): string | null {
  const { XDG_CACHE_HOME, LOCALAPPDATA, HOME } = env;
  // The specification says to ignore a relative one.
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, "noxus");
  if (platform === "win32") return LOCALAPPDATA ? join(LOCALAPPDATA, "noxus", "cache") : null;
  if (!HOME || !isAbsolute(HOME)) return null;
  return platform === "darwin" ? join(HOME, "Library", "Caches", "noxus") : join(HOME, ".cache", "noxus");
}

/** Whether nobody else can have put an answer into this folder: it is ours, and only we may write there. */
export function isTrusted(folder: string): boolean {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && isOurs(stats);
}

/** Windows has neither user ids nor these bits; there the folder lies in the user's profile. */
export function isOurs({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

/** Makes the folder where it is missing; false where it cannot be made or is not to be trusted. */
export function prepareFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return isTrusted(folder);
  } catch {
    return false;
  }
}

/** Where compiled code is kept, for Node to load instead of compiling it again; null for nowhere. */
export function codeFolder(env: Environment): string | null {
  const folder = cacheFolder(env);
  return folder !== null && prepareFolder(folder) ? join(folder, codeName) : null;
}

/** A folder of Node's own making, with one for each of its versions inside. */
export const codeName = "code";
