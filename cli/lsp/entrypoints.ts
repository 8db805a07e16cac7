import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Sources that a search for plugin classes reads: a plugin has its class near its root. */
const maxFiles = 500;

/**
 * What `entrypoint` may be: classes in the plugin's sources that are exported and say that they extend `Plugin`.
 * A search of the texts, for an offer; the analysis decides.
 */
export function findEntrypoints(root: string, read: (path: string) => string | null): readonly string[] {
  return sourceFiles(root, "")
    .slice(0, maxFiles)
    .flatMap((file) => {
      const text = read(join(root, file)) ?? "";
      const classes = text.matchAll(/^export class (\w+) extends (?:\w+\.)?Plugin\b/gm);
      return [...classes].map(([, name]) => `${file.replace(/\.[cm]?tsx?$/, "")}.${name}`);
    });
}

function sourceFiles(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return /^(\.|node_modules$|dist$)/.test(entry.name) ? [] : sourceFiles(root, path);
    return /(?<!\.d)\.[cm]?tsx?$/.test(entry.name) ? [path] : [];
  });
}
