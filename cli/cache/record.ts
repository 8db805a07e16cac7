import { realpathSync } from "node:fs";
import { sep } from "node:path";
import { type AnalyzeOptions, analyze } from "../../compiler/index.ts";
import { typeFolders } from "../../compiler/package-root.ts";
import type { Analysis } from "../../compiler/types.ts";
import { keep } from "./answers.ts";
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
  const observer = observe();
  try {
    const analysis = await analyze(root, { note: observer.add, manifest });
    observer.stop();
    const evidence = gather(withoutOwnTypes(observer.seen), time);
    const tool = evidence === null ? null : nameTool(cache);
    if (evidence !== null && tool !== null) keep(cache, analysis, evidence, tool);
    return analysis;
  } finally {
    observer.stop();
  }
}

function withoutOwnTypes(seen: ReadonlyMap<string, Seen>): ReadonlyMap<string, Seen> {
  const prefixes = typeFolders().map((folder) => realpathSync.native(folder) + sep);
  return new Map([...seen].filter(([path]) => !prefixes.some((prefix) => path.startsWith(prefix))));
}
