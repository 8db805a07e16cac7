import { realpathSync } from "node:fs";
import { relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { isTold } from "../exit.ts";
import { pluginRoot } from "../paths.ts";

/** A document that an editor has open, and the plugin that its file belongs to. */
export interface Opened {
  readonly document: TextDocument;
  /** Real absolute path. */
  readonly path: string;
  readonly root: string;
  /** Relative to the root, POSIX. */
  readonly file: string;
}

/** What an editor has open, of files that are in a plugin. */
export interface OpenedFiles {
  add(document: TextDocument): Opened | null;
  remove(uri: string): Opened | null;
  get(uri: string): Opened | null;
  at(path: string): Opened | null;
  of(root: string): readonly Opened[];
  roots(): ReadonlySet<string>;
  /** Texts by path of all that lies in a folder, whichever plugin it belongs to. */
  texts(folder: string): ReadonlyMap<string, string>;
  /** As the editor names the file where it is open, since it may know it by another path. */
  uriOf(path: string): string;
  /** Finds out anew which plugin each file belongs to, since a plugin.yaml came or went. */
  regroup(): void;
}

export function openedFiles(): OpenedFiles {
  const opened = new Map<string, Opened>();
  const all = (): readonly Opened[] => [...opened.values()];
  const at = (path: string): Opened | null => all().find((entry) => entry.path === path) ?? null;
  const add = (document: TextDocument): Opened | null => {
    const place = locate(document.uri);
    if (place === null) return null;
    const entry = { document, ...place };
    opened.set(document.uri, entry);
    return entry;
  };
  return {
    add,
    remove(uri) {
      const entry = opened.get(uri) ?? null;
      opened.delete(uri);
      return entry;
    },
    get: (uri) => opened.get(uri) ?? null,
    at,
    of: (root) => all().filter((entry) => entry.root === root),
    roots: () => new Set(all().map(({ root }) => root)),
    texts: (folder) =>
      new Map(
        all()
          .filter(({ path }) => path.startsWith(folder + sep))
          .map(({ path, document }) => [path, document.getText()]),
      ),
    uriOf: (path) => at(path)?.document.uri ?? pathToFileURL(path).href,
    regroup() {
      for (const { document } of all()) {
        opened.delete(document.uri);
        add(document);
      }
    },
  };
}

/** Null for what is no file, is not on the disk, or is in no plugin. */
function locate(uri: string): Pick<Opened, "path" | "root" | "file"> | null {
  if (!uri.startsWith("file:")) return null;
  try {
    const path = realpathSync.native(fileURLToPath(uri));
    const root = pluginRoot("/", path);
    return root === null ? null : { path, root, file: relative(root, path).split(sep).join("/") };
  } catch (error) {
    if (isTold(error) || (error instanceof Error && "code" in error)) return null;
    throw error;
  }
}
