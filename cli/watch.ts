import { basename, extname, relative, sep } from "node:path";
import { pluginFiles } from "../compiler/load/plugin-file.ts";

const codeExtensions: readonly string[] = [
  ".ts",
  ".tsx",
  ".mts",
  ".cts",
  ".js",
  ".jsx",
  ".mjs",
  ".cjs",
  ".json",
];

export interface Watcher {
  close(): Promise<void>;
}

/** Whether a file below a plugin's root can have a part in its analysis at all. */
export function isRelevant(root: string, path: string): boolean {
  if (isSkipped(root, path)) return false;
  return codeExtensions.includes(extname(path)) || pluginFiles.includes(basename(path));
}

/** Whether the analysis depends on a file even if it was not among its sources. */
export function isSetting(path: string): boolean {
  const name = basename(path);
  return pluginFiles.includes(name) || name === "package.json" || /^tsconfig.*\.json$/.test(name);
}

/**
 * Watches the folder of a plugin, dependencies, output and hidden folders left out; resolves once every later change
 * will be seen. `onChange` gets absolute paths; `onError` what the system refuses, such as too many watched files.
 */
export async function watchPlugin(
  root: string,
  onChange: (path: string, isEdit: boolean) => void,
  onError: (error: unknown) => void,
): Promise<Watcher> {
  const { watch } = await import("chokidar");
  return new Promise((resolve) => {
    const watcher = watch(root, { ignoreInitial: true, ignored: (path) => isSkipped(root, path) });
    watcher.on("all", (event, path) => {
      if (event !== "addDir" && event !== "unlinkDir" && isRelevant(root, path))
        onChange(path, event === "change");
    });
    watcher.on("error", onError);
    watcher.on("ready", () => resolve(watcher));
  });
}

function isSkipped(root: string, path: string): boolean {
  return relative(root, path)
    .split(sep)
    .some((part) => part === "node_modules" || part === "dist" || (part.startsWith(".") && part !== ".."));
}
