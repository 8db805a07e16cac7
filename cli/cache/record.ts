import { realpathSync } from "node:fs";
import { sep } from "node:path";
import { type AnalyzeOptions, analyze } from "../../compiler/index.ts";
import { typeFolders } from "../../compiler/package-root.ts";
import { relativePath } from "../../compiler/paths.ts";
import type { KnownTypes } from "../../compiler/reuse.ts";
import type { Analysis } from "../../compiler/types.ts";
import { keep, recallRest } from "./answers.ts";
import { gather, type Seen } from "./gather.ts";
import { observe } from "./observe.ts";
import { nameTool } from "./tool-files.ts";

/**
 * Analyses the plugin in `root` and keeps the analysis in the folder `cache` with what it rests on, unless that is not
 * known for certain. One at a time in a thread.
 */
export async function analyzeAndKeep(
  root: string,
  cache: string,
  { manifest = true }: Pick<AnalyzeOptions, "manifest"> = {},
): Promise<Analysis> {
  const time = Date.now();
  const rest = recallRest(cache, root);
  let types: KnownTypes | null = null;
  const observer = observe();
  try {
    const before = rest && { ...rest, edited: rest.edited.map((path) => relativePath(root, path)) };
    const analysis = await analyze(root, {
      note: observer.add,
      manifest,
      types: {
        before,
        keep: (found) => {
          types = found;
        },
      },
    });
    observer.stop();
    const seen = withoutOwnTypes(observer.seen);
    // What was not found out anew rests on what it rested on before.
    const evidence = gather(rest !== null && types === rest.types ? bothOf(rest.seen, seen) : seen, time);
    const tool = evidence === null ? null : nameTool(cache);
    if (evidence !== null && tool !== null) keep(cache, analysis, types, evidence, tool);
    return analysis;
  } finally {
    observer.stop();
  }
}

/** The stats are those of whoever looked first. */
function bothOf(
  first: ReadonlyMap<string, Seen>,
  second: ReadonlyMap<string, Seen>,
): ReadonlyMap<string, Seen> {
  const both = new Map(first);
  for (const [path, { looks, stats }] of second) {
    const known = both.get(path);
    both.set(
      path,
      known === undefined ? { looks, stats } : { ...known, looks: new Set([...known.looks, ...looks]) },
    );
  }
  return both;
}

function withoutOwnTypes(seen: ReadonlyMap<string, Seen>): ReadonlyMap<string, Seen> {
  const prefixes = typeFolders().map((folder) => realpathSync.native(folder) + sep);
  return new Map([...seen].filter(([path]) => !prefixes.some((prefix) => path.startsWith(prefix))));
}
