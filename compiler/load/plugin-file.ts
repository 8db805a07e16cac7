import { lstatSync } from "node:fs";
import { dirname, join } from "node:path";

/** Names of the file that makes a folder a plugin; the first that is there counts. */
export const pluginFiles: readonly string[] = ["plugin.yaml", "plugin.yml"];

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

/** The nearest folder with a plugin.yaml, `folder` itself or one above; null where there is none. */
export function nearestPlugin(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    if (hasPluginFile(at)) return at;
    if (at === dirname(at)) return null;
  }
}
