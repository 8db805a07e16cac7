import { realpathSync } from "node:fs";
import { resolve } from "node:path";

/**
 * The path without links, or as it is where nothing is there. A runner is given its files by this name alone: a path
 * with links would make it read the links, which its flags do not allow.
 */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
