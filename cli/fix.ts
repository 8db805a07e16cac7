import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { AppliedFix } from "../compiler/diagnostics/fix.ts";
import type { Place } from "../compiler/diagnostics/types.ts";
import type { Analysis } from "../compiler/types.ts";
import { sha256 } from "../runtime/manifest/canonical.ts";
import type { Compiled, Compiler } from "./compiler.ts";
import { declaredSpans } from "./declared.ts";
import { lineDiff } from "./diff-lines.ts";
import { fileReason, isFileError, UsageError } from "./exit.ts";
import { shortPath } from "./paths.ts";
import { replaceFile } from "./replace-file.ts";
import { callPath, placeText } from "./reporters/pretty.ts";
import type { Terminal } from "./terminal.ts";
import { count, table, visible } from "./text.ts";

export interface FixOptions {
  /** Also add the permissions that are missing. */
  readonly grant: boolean;
  /** Write nothing. */
  readonly dryRun: boolean;
}

export interface Fixed {
  /** As analysed after the last change. */
  readonly compiled: Compiled;
  readonly applied: readonly AppliedFix[];
  /** Permissions that must be changed by hand. */
  readonly refused: readonly string[];
  /** What a dry run would change, as lines of a unified diff; empty otherwise. */
  readonly diff: readonly string[];
}

/** A renamed key may bring up something new to fix, and that once more: after so many rounds there is nothing new. */
const maxRounds = 4;

/**
 * Applies `--fix` to one plugin's plugin.yaml and analyses it again until nothing changes. A dry run stops before the
 * first change. Throws a `UsageError` when the file cannot be written or was changed meanwhile.
 */
export async function fixPlugin(first: Compiled, compiler: Compiler, options: FixOptions): Promise<Fixed> {
  // Loaded here, since it brings the compiler's YAML and JSON Schema readers with it.
  const { planFixes } = await import("../compiler/diagnostics/fix.ts");
  const applied: AppliedFix[] = [];
  const refused = new Set<string>();
  let compiled = first;
  for (let round = 0; round < maxRounds; round++) {
    const { analysis } = compiled;
    if (analysis.diagnostics.some(({ code }) => unreadable.has(code))) break;
    const path = join(analysis.root, analysis.pluginFile);
    const before = readAnalyzed(path, analysis);
    const plan = planFixes(analysis, before.text, options.grant);
    for (const name of plan.refused) refused.add(name);
    applied.push(...plan.applied);
    if (plan.text === before.text) break;
    if (options.dryRun) {
      const diff = lineDiff(before.text, plan.text);
      return { compiled, applied, refused: [...refused], diff };
    }
    told("write", path, () => replaceFile(path, before.mark + plan.text));
    const again = await compiler.analyze(analysis.root);
    compiled = { ...again, ms: compiled.ms + again.ms };
  }
  const spans = await declaredSpans(compiled.analysis);
  // A later round may have moved what an earlier one granted.
  const placed = applied.map((fix) =>
    fix.kind === "granted" ? { ...fix, span: spans.get(fix.what) ?? fix.span } : fix,
  );
  return { compiled, applied: placed, refused: [...refused], diff: [] };
}

const unreadable: ReadonlySet<string> = new Set(["NX1001", "NX1002", "NX1010"]);

/** What was done (or, in a dry run, would be), one line each, grants with the path that needs them; then the diff. */
export function fixLines(fixed: Fixed, base: string, terminal: Terminal): readonly string[] {
  const { root, pluginFile } = fixed.compiled.analysis;
  const file = shortPath(base, join(root, pluginFile));
  const place = (at: Place) => placeText(at, root, base);
  const indent = " ".repeat(10);
  const rows = table(
    fixed.applied.map((fix) => [
      fix.kind,
      fix.code,
      place({ file: pluginFile, span: fix.span }),
      // A broad grant must not look like any other.
      visible(fix.what) + (fix.code === "NX3005" ? " (all of it: what is reached is not constant)" : ""),
    ]),
  );
  const lines = fixed.applied.flatMap(({ need }, index) => {
    const row = rows[index] ?? "";
    if (need === null) return [row];
    const others = need.others === 0 ? "" : `, and ${count(need.others, "other path")}`;
    const path = callPath(need.steps, place, terminal.width - indent.length);
    return [row, `${indent}used by ${visible(need.node)}${others}`, ...path.map((line) => indent + line)];
  });
  const byHand = fixed.refused.map(
    (name) => `not changed: \`${visible(name)}\`; the layout of ${visible(file)} leaves it to you`,
  );
  const diff = fixed.diff.length === 0 ? [] : [`--- ${file}`, `+++ ${file}`, ...fixed.diff].map(visible);
  return [...lines, ...byHand, ...diff];
}

/** What to look at after a grant; null when nothing was granted. */
export function reviewLine(fixed: readonly Fixed[], base: string): string | null {
  const files = fixed
    .filter(({ applied, diff }) => diff.length === 0 && applied.some(({ kind }) => kind === "granted"))
    .map(({ compiled: { analysis } }) => shortPath(base, join(analysis.root, analysis.pluginFile)));
  return files.length === 0 ? null : `review the grants: git diff ${files.map(visible).join(" ")}`;
}

/** The text that the analysis saw; `mark` is what the file has before it. */
function readAnalyzed(path: string, analysis: Analysis): { text: string; mark: string } {
  const bytes = told("read", path, () => readFileSync(path));
  const seen = analysis.sources.find((source) => source.path === analysis.pluginFile);
  if (seen !== undefined && seen.sha256 !== sha256(bytes))
    throw new UsageError(`\`${basename(path)}\` was changed while it was checked`, "run the command again");
  const whole = bytes.toString("utf8");
  // The compiler's offsets do not count a byte order mark.
  return whole.startsWith("\uFEFF") ? { text: whole.slice(1), mark: "\uFEFF" } : { text: whole, mark: "" };
}

function told<T>(verb: "read" | "write", path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!isFileError(error)) throw error;
    throw new UsageError(`cannot ${verb} \`${basename(path)}\`: ${fileReason(error)}`);
  }
}
