import { type BigIntStats, constants } from "node:fs";
import { access, open, readdir } from "node:fs/promises";
import { join, posix, resolve } from "node:path";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic } from "../diagnostics/types.ts";
import { relativePath } from "../paths.ts";
import { hasPluginFile, pluginFiles } from "./plugin-file.ts";
import { type Texts, writtenTexts } from "./texts.ts";

/** plugin.yaml is a short description; a larger file is a mistake or an attack on the parser. Bytes. */
const maxPluginFile = 256 * 1024;

export interface PluginFile {
  /** File name inside the root. */
  readonly name: string;
  /** Null when it could not be read; the diagnostics say why. */
  readonly text: string | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the plugin file of `root`. Every failure is a diagnostic: NX1001, NX1002 or NX1010; NX1012 besides. */
export async function readPluginFile(root: string, { unsaved }: Texts = writtenTexts): Promise<PluginFile> {
  let names: readonly string[];
  try {
    names = await readdir(root);
  } catch (error) {
    return unreadable("plugin.yaml", error);
  }
  const [name, second] = pluginFiles.filter((candidate) => names.includes(candidate));
  if (name === undefined) {
    const place = { file: "plugin.yaml", span: null };
    const diagnostics = [
      diagnostic("NX1001", place, { folder: displayFolder(root), below: await pluginsBelow(root) }),
    ];
    return { name: "plugin.yaml", text: null, diagnostics };
  }
  const diagnostics =
    second === undefined
      ? []
      : [diagnostic("NX1012", { file: second, span: null }, { ignored: second, used: name })];
  const buffer = unsaved.get(join(root, name));
  if (buffer !== undefined) {
    const size = Buffer.byteLength(buffer);
    return size > maxPluginFile ? tooLarge(name, size) : { name, text: buffer, diagnostics };
  }
  try {
    await access(join(root, name), constants.R_OK);
    const file = await open(join(root, name), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat: BigIntStats = await file.stat({ bigint: true });
      if (!stat.isFile()) return unreadable(name, stat.isDirectory() ? "it is a folder" : "it is not a file");
      if (stat.size > BigInt(maxPluginFile)) return tooLarge(name, Number(stat.size));
      const bytes = await file.readFile();
      return { name, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), diagnostics };
    } finally {
      await file.close();
    }
  } catch (error) {
    return unreadable(name, error);
  }
}

function tooLarge(name: string, bytes: number): PluginFile {
  const size = `${Math.ceil(bytes / 1024)} kB`;
  const reason = `\`${name}\` has ${size}; at most ${maxPluginFile / 1024} kB are read`;
  return { name, text: null, diagnostics: [diagnostic("NX1010", { file: name, span: null }, { reason })] };
}

/** The folder as a person names it: its last segments, since an analysis carries no absolute path but `root`. */
function displayFolder(root: string): string {
  return resolve(root).split(/[\\/]/).slice(-1)[0] || "/";
}

function unreadable(name: string, error: unknown): PluginFile {
  const place = { file: name, span: null };
  return {
    name,
    text: null,
    diagnostics: [diagnostic("NX1002", place, { file: name, reason: reasonOf(error) })],
  };
}

/** A file below `root` that the system does not let anybody read, as NX2102; null for any other error. */
export function unreadableSource(error: unknown, root: string): Diagnostic | null {
  if (!(error instanceof Error) || !("code" in error) || !("path" in error)) return null;
  if (!refusals.has(String(error.code)) || typeof error.path !== "string") return null;
  const file = relativePath(root, error.path);
  return diagnostic("NX2102", { file, span: null }, { file, reason: reasonOf(error) });
}

const refusals: ReadonlySet<string> = new Set(["EACCES", "EPERM"]);

const systemReasons: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  ENOTDIR: "a part of its path is not a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
  ELOOP: "its symbolic links form a circle",
  ENAMETOOLONG: "its path is too long",
  ENXIO: "it is not a file",
  EMFILE: "too many files are open",
  ERR_ENCODING_INVALID_ENCODED_DATA: "it is not UTF-8 text",
};

/** A system error in words, without the path that Node puts into its message. */
export function reasonOf(error: unknown): string {
  if (typeof error === "string") return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return systemReasons[code] ?? (error instanceof Error ? error.message : String(error));
}

/** How far plugins are looked for, and how many of them are named: as in `plugins/mine`. */
const farthest = 2;
const mostNamed = 4;

/** Folders with a plugin.yaml not far below, relative to `root`, sorted. */
async function pluginsBelow(root: string, folder = "", depth = farthest): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  const folders = entries
    .filter((entry) => entry.isDirectory() && !/^(node_modules|dist|\..*)$/.test(entry.name))
    .map((entry) => posix.join(folder, entry.name))
    .sort();
  const found: string[] = [];
  for (const below of folders) {
    if (found.length >= mostNamed) break;
    if (hasPluginFile(join(root, below))) found.push(below);
    else if (depth > 1) found.push(...(await pluginsBelow(root, below, depth - 1)));
  }
  return found.slice(0, mostNamed);
}
