/** `validate --staged`: the plugins that a commit would change, as it would hold them. */
import { existsSync, realpathSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Place } from "../compiler/diagnostics/types.ts";
import { pluginFiles } from "../compiler/load/plugin-file.ts";
import type { Analysis } from "../compiler/types.ts";
import { type Analyzed, analyzeAll, withCompiler } from "./analyze.ts";
import type { CliContext } from "./command.ts";
import { findingCompiler } from "./compiler.ts";
import { UsageError } from "./exit.ts";
import { openRepository, type Staged } from "./git.ts";
import { linkPackages } from "./link-packages.ts";
import { shortPath } from "./paths.ts";
import { startProgress } from "./progress.ts";
import { temporaryFolder } from "./temporary.ts";
import { outsideNote } from "./validation.ts";

/**
 * Analyses the plugins that staged changes touch, and those that `targets` lie in, in a checkout of the index; the
 * result names the working tree's files. Neither reads nor feeds the cache: the checkout is somewhere else each time.
 */
export async function analyzeStaged(
  targets: readonly string[],
  context: CliContext,
  note: (line: string) => void,
): Promise<Analyzed> {
  const begin = performance.now();
  const repository = await openRepository(context.cwd);
  if (repository === null) throw new UsageError("`--staged` needs a git repository around this folder");
  const top = realpathSync(repository.top);
  const staged = await repository.staged();
  const folders = touchedPlugins(staged, targets, context.cwd, top, note);
  if (folders.length === 0) {
    if (targets.length === 0) note("no staged change is in a plugin");
    return { plugins: [], ms: performance.now() - begin };
  }
  const folder = temporaryFolder();
  const progress = startProgress(context);
  try {
    progress.show("checking out what is staged");
    await repository.extract(staged.tree, folder.path);
    const tree = realpathSync(join(folder.path, "tree"));
    const roots = folders.map((each) => join(tree, each));
    for (const [index, root] of roots.entries())
      if (!linkPackages(top, tree, root))
        note(
          `${folders[index] || "."}: its staged lockfile is another than the working tree's, so its packages are not looked at`,
        );
    progress.end();
    const { plugins } = await withCompiler(context, (compiler) =>
      analyzeAll(roots, findingCompiler(compiler), context),
    );
    return {
      plugins: plugins.map((plugin) => ({ ...plugin, analysis: relocate(plugin.analysis, tree, top) })),
      ms: performance.now() - begin,
    };
  } finally {
    progress.end();
    folder.remove();
  }
}

/** Folders of plugins, relative to `top`, sorted. */
function touchedPlugins(
  { files, changed }: Staged,
  targets: readonly string[],
  cwd: string,
  top: string,
  note: (line: string) => void,
): readonly string[] {
  const plugins = new Set(
    files.filter((file) => pluginFiles.includes(file.slice(file.lastIndexOf("/") + 1))).map(parentOf),
  );
  const found = new Set<string>();
  for (const file of changed) {
    const folder = nearest(file, plugins);
    if (folder !== null) found.add(folder);
  }
  const outside: string[] = [];
  for (const target of targets) {
    const path = resolve(realpathSync(cwd), target);
    const inside = relative(top, path).split(sep).join("/");
    if (inside === ".." || inside.startsWith("../"))
      throw new UsageError(`\`${target}\` is not in this git repository`);
    // What a commit removes is still a name for its plugin.
    if (!existsSync(path) && !changed.includes(inside))
      throw new UsageError(`cannot read \`${target}\`: no such file or folder`);
    const folder = nearest(inside, plugins);
    if (folder === null) outside.push(target);
    else found.add(folder);
  }
  const line = outsideNote(outside, "no plugin that git knows");
  if (line !== null) note(line);
  return [...found].sort();
}

/** The nearest of these folders at or above a path, all with slashes and relative to the same; null where there is none. */
function nearest(path: string, folders: ReadonlySet<string>): string | null {
  if (folders.has(path)) return path;
  return path === "" ? null : nearest(parentOf(path), folders);
}

function parentOf(path: string): string {
  return path.includes("/") ? dirname(path) : "";
}

/** The same findings, at the places that they have in the folder `to` instead of `from`. */
function relocate(analysis: Analysis, from: string, to: string): Analysis {
  const root = join(to, relative(from, analysis.root));
  /** Installed packages are not below `from`, so their way from the plugin is another one now. */
  const file = (path: string) => {
    const absolute = resolve(analysis.root, path);
    return shortPath(from, absolute).startsWith("../") ? shortPath(root, absolute) : path;
  };
  const place = <T extends Pick<Place, "file">>(at: T): T => ({ ...at, file: file(at.file) });
  const { permissions } = analysis;
  return {
    ...analysis,
    root,
    diagnostics: analysis.diagnostics.map((diagnostic) => ({
      ...place(diagnostic),
      related: diagnostic.related.map(place),
      callPath: diagnostic.callPath.map(place),
    })),
    permissions: {
      ...permissions,
      used: permissions.used.map((used) => ({ ...used, paths: used.paths.map((path) => path.map(place)) })),
      unresolved: permissions.unresolved.map(place),
    },
  };
}
