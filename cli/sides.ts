/** Reads what `noxus diff` and `noxus compat` compare: a plugin folder, a manifest, or either of them at a git revision. */
import { existsSync, realpathSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { packageFinder } from "../compiler/bundle/packages.ts";
import { hasPluginFile } from "../compiler/load/plugin-file.ts";
import type { DiffSide } from "../compiler/manifest/diff.ts";
import { manifestDigest } from "../runtime/manifest/canonical.ts";
import { check } from "../runtime/manifest/check.ts";
import schema from "../runtime/manifest/manifest.schema.json" with { type: "json" };
import type { Manifest } from "../runtime/manifest/types.ts";
import { withCompiler } from "./analyze.ts";
import type { CliContext } from "./command.ts";
import type { Compiler } from "./compiler.ts";
import { fileReason, isFileError, UsageError } from "./exit.ts";
import { openRepository, type Repository } from "./git.ts";
import { linkPackages } from "./link-packages.ts";
import { pluginRoot, shortPath } from "./paths.ts";
import { startProgress } from "./progress.ts";
import { temporaryFolder } from "./temporary.ts";
import { count } from "./text.ts";

export interface ReadSide extends DiffSide {
  /** As named on the command line. */
  readonly label: string;
  /** Null for a plugin with errors: it has permissions, but no manifest. */
  readonly manifest: Manifest | null;
}

/** Both sides of a comparison, one after the other, with progress on stderr. */
export async function readSides(
  old: string,
  now: string,
  context: CliContext,
  note: (line: string) => void,
): Promise<readonly [ReadSide, ReadSide]> {
  return withCompiler(context, async (compiler) => {
    const progress = startProgress(context);
    try {
      progress.show(`reading ${old}`);
      const first = await readSide(old, context.cwd, compiler, note);
      progress.show(`reading ${now}`);
      return [first, await readSide(now, context.cwd, compiler, note)];
    } finally {
      progress.end();
    }
  });
}

/**
 * Reads one side. What exists as a path is meant as one; anything else is a git revision, alone (the plugin of the
 * current folder at that revision) or with a path behind a colon, as git writes it. Throws a `UsageError` for what
 * cannot be read far enough to know its permissions.
 */
async function readSide(
  label: string,
  cwd: string,
  compiler: Compiler,
  note: (line: string) => void,
): Promise<ReadSide> {
  const path = resolve(cwd, label);
  if (existsSync(path)) return { label, ...(await readPath(label, path, compiler, note)) };
  const repository = await openRepository(cwd);
  const colon = label.indexOf(":");
  const revision = colon < 0 ? label : label.slice(0, colon);
  const commit = revision === "" ? null : ((await repository?.commit(revision)) ?? null);
  if (repository === null || commit === null)
    throw new UsageError(
      `\`${label}\` is neither a path nor a git revision`,
      "name a folder, a manifest.json or a git revision",
    );
  const target = await pathAtRevision(colon < 0 ? null : label.slice(colon + 1), cwd, repository);
  const folder = temporaryFolder();
  try {
    await repository.extract(commit, folder.path);
    const tree = realpathSync(join(folder.path, "tree"));
    const at = join(tree, target);
    if (!existsSync(at)) throw new UsageError(`\`${revision}\` has no \`${shortPath(tree, at)}\``);
    const isLinked = linkPackages(repository.top, tree, at);
    if (!isLinked)
      note(`${label}: its lockfile is another than the working tree's, so no packages were linked in`);
    return { label, ...(await readPath(label, at, compiler, note)) };
  } finally {
    folder.remove();
  }
}

/** Relative to the top of the repository. A path after the colon starts there too, unless it starts with `./` or `../`. */
async function pathAtRevision(path: string | null, cwd: string, { top }: Repository): Promise<string> {
  const root = realpathSync(top);
  if (path !== null && !/^\.{1,2}(\/|$)/.test(path)) return path;
  const here = path === null ? pluginRoot(cwd, ".") : resolve(realpathSync(cwd), path);
  const inside = relative(root, here ?? cwd);
  if (inside === ".." || inside.startsWith(`..${sep}`))
    throw new UsageError(`\`${path ?? "."}\` is not in this git repository`);
  return inside;
}

async function readPath(
  label: string,
  path: string,
  compiler: Compiler,
  note: (line: string) => void,
): Promise<Omit<ReadSide, "label">> {
  const isFolder = statSync(path).isDirectory();
  if (!isFolder && basename(path).endsWith(".json")) return readManifest(label, path);
  if (isFolder && !hasPluginFile(path) && existsSync(join(path, "manifest.json")))
    return readManifest(label, join(path, "manifest.json"));
  const root = pluginRoot(dirname(path), path);
  if (root === null || !hasPluginFile(root)) throw new UsageError(`\`${label}\` is in no plugin`);
  return readPlugin(label, root, compiler, note);
}

async function readPlugin(
  label: string,
  root: string,
  compiler: Compiler,
  note: (line: string) => void,
): Promise<Omit<ReadSide, "label">> {
  const { analysis } = await compiler.analyze(root);
  const errors = analysis.diagnostics.filter(({ severity }) => severity === "error");
  // Sources are listed once there is a bundle; before that, nothing is known of what it reaches.
  if (analysis.sources.length === 0) {
    const [first] = errors;
    const why = first === undefined ? "" : `: ${first.code} ${first.message.split("\n")[0]} (${first.file})`;
    throw new UsageError(`\`${label}\` cannot be analysed to its end${why}`);
  }
  if (errors.length > 0) note(`${label} has ${count(errors.length, "error")}: noxus validate shows them`);
  const finder = packageFinder(root);
  const { name, version, nodes, permissions } = analysis;
  // Looked up now: a folder made from a revision is gone afterwards.
  const files = new Set(permissions.used.flatMap((used) => used.paths.flat().map((step) => step.file)));
  const packages = new Map([...files].map((file) => [file, finder(file)] as const));
  const powers = { name, version, nodes, permissions };
  return { powers, packageOf: (file) => packages.get(file) ?? null, manifest: analysis.manifest };
}

async function readManifest(label: string, path: string): Promise<Omit<ReadSide, "label">> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    if (!isFileError(error) && !(error instanceof SyntaxError)) throw error;
    throw new UsageError(
      `cannot read \`${label}\`: ${isFileError(error) ? fileReason(error) : "it is not JSON"}`,
    );
  }
  const [fault] = check(schema, value);
  if (fault !== undefined)
    throw new UsageError(`\`${label}\` is no noxus manifest: ${fault.path || "the whole"} ${fault.message}`);
  const manifest = value as Manifest; // the schema just said so
  if (manifestDigest(manifest) !== manifest.digest)
    throw new UsageError(`\`${label}\` was changed after it was built: its digest is not its own`);
  return { powers: manifest, packageOf: packageByPath, manifest };
}

/** What is installed beside a manifest need not be what it was built with, so that only the name is known. */
function packageByPath(file: string): { readonly name: string; readonly version: null } | null {
  const name = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(file)?.[1];
  return name === undefined ? null : { name, version: null };
}
