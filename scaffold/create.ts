import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

export interface ScaffoldOptions {
  /** Name of the plugin, as in plugin.yaml. */
  readonly name: string;
  /** Absolute path of the folder to create; an empty one may exist already. */
  readonly folder: string;
  /** Absolute path of the template's folder. */
  readonly template: string;
  /** Version of noxus that the plugin is made for. */
  readonly version: string;
}

/** The request itself cannot be met; `hint` says what could be. */
export class ScaffoldError extends Error {
  override readonly name = "ScaffoldError";
  readonly hint: string | null;

  constructor(message: string, hint: string | null) {
    super(message);
    this.hint = hint;
  }
}

/** npm leaves files of this name out of a package, so templates store them under another. */
const storedNames: Readonly<Record<string, string>> = { _gitignore: ".gitignore" };

/**
 * Creates a plugin from a template and returns its files, sorted. Either all of them are there afterwards or nothing
 * is: they are written beside the folder and moved. Throws a `ScaffoldError`, or the file system's own error.
 */
export async function create(options: ScaffoldOptions): Promise<readonly string[]> {
  const { folder, template } = options;
  checkName(options.name);
  const isThere = await checkFolder(folder);
  const files = await templateFiles(template);
  const values = { name: options.name, class: className(options.name), version: options.version };

  const madeParent = await mkdir(dirname(folder), { recursive: true });
  let staging: string | null = null;
  try {
    staging = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
    // mkdtemp makes a private folder; the plugin's folder has the usual mode.
    const plugin = join(staging, "plugin");
    for (const file of files) {
      const target = join(plugin, finalName(file));
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, fill(await readFile(join(template, file), "utf8"), values));
    }
    if (isThere) await moveEntries(plugin, folder);
    else await rename(plugin, folder);
  } catch (error) {
    if (madeParent !== undefined) await rm(madeParent, { recursive: true, force: true });
    throw error;
  } finally {
    if (staging !== null) await rm(staging, { recursive: true, force: true });
  }
  return files.map(finalName).sort();
}

/** Class name of a plugin: `my-plugin` -> `MyPlugin`, `ocr` -> `OcrPlugin`, `3d` -> `Plugin3d`. */
export function className(name: string): string {
  const words = name.split("-").filter((word) => word !== "");
  if (words.length > 1 && words.at(-1) === "plugin") words.pop();
  const pascal = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
  // `Plugin` itself is the class to extend.
  if (pascal === "Plugin") return "MainPlugin";
  return /^[0-9]/.test(pascal) ? `Plugin${pascal}` : `${pascal}Plugin`;
}

/** The rule of plugin.yaml's `name`. */
function checkName(name: string): void {
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) return;
  const better = basename(name.replaceAll("\\", "/"))
    .normalize("NFKD")
    .replace(/\p{Mn}/gu, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, 63)
    .replace(/-+$/, "");
  const rule = "lower-case letters, digits and dashes, at most 63, starting with a letter or digit";
  throw new ScaffoldError(
    `\`${name}\` cannot be a plugin's name: ${rule}`,
    name === "."
      ? "in this folder: noxus init <name> --dir ."
      : better === ""
        ? null
        : `did you mean \`${better}\`?`,
  );
}

/** Whether the folder exists; it may only be empty then. */
async function checkFolder(folder: string): Promise<boolean> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (found === null) return false;
  const hint = "choose another name, or another folder with --dir";
  if (!found.isDirectory())
    throw new ScaffoldError(`\`${basename(folder)}\` exists and is not a folder`, hint);
  if ((await readdir(folder)).length > 0) {
    throw new ScaffoldError(`the folder \`${basename(folder)}\` exists and is not empty`, hint);
  }
  return true;
}

/** An existing folder is kept, since it may be the one that a shell stands in; its entries move in one by one. */
async function moveEntries(from: string, to: string): Promise<void> {
  const moved: string[] = [];
  try {
    for (const entry of await readdir(from)) {
      await rename(join(from, entry), join(to, entry));
      moved.push(entry);
    }
  } catch (error) {
    for (const entry of moved) await rm(join(to, entry), { recursive: true, force: true });
    throw error;
  }
}

async function templateFiles(template: string): Promise<readonly string[]> {
  const entries = await readdir(template, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(template.length + 1));
}

function finalName(file: string): string {
  return join(dirname(file), storedNames[basename(file)] ?? basename(file));
}

/** Puts the values in place of `{{name}}` and its like; an unknown placeholder is a mistake in the template. */
function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (placeholder, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`unknown placeholder ${placeholder} in the template`);
    return value;
  });
}
