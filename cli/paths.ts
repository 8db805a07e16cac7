import { lstatSync, realpathSync, statSync } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { fileReason, isFileError, UsageError } from "./exit.ts";

/** Names of the file that makes a folder a plugin. */
export const pluginFiles: readonly string[] = ["plugin.yaml", "plugin.yml"];

/** `path` as seen from `base`, with forward slashes; `.` for `base` itself. */
export function shortPath(base: string, path: string): string {
  return relative(base, path).split(sep).join("/") || ".";
}

/**
 * Root folder of the plugin that `path` (a plugin folder, a plugin.yaml or a file or folder inside a plugin) belongs
 * to: where the nearest plugin.yaml above is, symbolic links resolved. A folder in no plugin is its own root, so that its analysis reports
 * the missing plugin.yaml; a file in no plugin gives null. Throws a `UsageError` for a path that cannot be looked at.
 */
export function pluginRoot(cwd: string, path: string): string | null {
  const target = resolve(cwd, path);
  const isFolder = told(path, () => statSync(target).isDirectory());
  // A folder named plugin.yaml still is a (wrong) plugin file; the analysis of the folder around it says so.
  const isPluginFile = pluginFiles.includes(basename(target));
  const start = isFolder && !isPluginFile ? target : dirname(target);
  for (let folder = start; ; folder = dirname(folder)) {
    if (hasPluginFile(folder)) return realpathSync.native(folder);
    if (folder === dirname(folder)) return isFolder ? realpathSync.native(start) : null;
  }
}

/**
 * Root folders of all plugins at or below `folder`, sorted; node_modules, dist and hidden folders are left out, and
 * so is what lies behind a symbolic link. A folder below that cannot be read is told to `note` in one line; for
 * `folder` itself a `UsageError` is thrown.
 */
export async function pluginRoots(
  cwd: string,
  folder: string,
  note: (line: string) => void,
): Promise<readonly string[]> {
  const found: string[] = [];
  const visit = async (at: string): Promise<void> => {
    const entries = await readdir(at, { withFileTypes: true });
    if (entries.some((entry) => pluginFiles.includes(entry.name))) found.push(at);
    for (const entry of entries) {
      const isSkipped = entry.name === "node_modules" || entry.name === "dist" || entry.name.startsWith(".");
      if (!entry.isDirectory() || isSkipped || pluginFiles.includes(entry.name)) continue;
      const below = join(at, entry.name);
      await visit(below).catch((error: unknown) => {
        if (!isFileError(error)) throw error;
        note(`skipped \`${shortPath(cwd, below)}\`: ${fileReason(error)}`);
      });
    }
  };
  try {
    await visit(await realpath(resolve(cwd, folder)));
  } catch (error) {
    throw tellable(folder, error);
  }
  return found.sort();
}

/** Whether a plugin.yaml stands in this very folder. */
export function hasPluginFile(folder: string): boolean {
  return pluginFiles.some((name) => {
    try {
      return lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined;
    } catch {
      // A folder that may not be entered holds nothing for us.
      return false;
    }
  });
}

function told<T>(path: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw tellable(path, error);
  }
}

function tellable(path: string, error: unknown): unknown {
  return isFileError(error) ? new UsageError(`cannot read \`${path}\`: ${fileReason(error)}`) : error;
}
