import { realpathSync, statSync } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { nearestPlugin, pluginFiles } from "../compiler/load/plugin-file.ts";
import { fileReason, isFileError, UsageError } from "./exit.ts";

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
  const found = nearestPlugin(start) ?? (isFolder ? start : null);
  return found === null ? null : realpathSync.native(found);
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
