import type { Analyzed } from "./analyze.ts";
import type { Compiled } from "./compiler.ts";
import type { ExitCode } from "./exit.ts";
import { pluginRoot } from "./paths.ts";
import { type Format, reporters } from "./reporters/index.ts";
import { exitCodeOf } from "./reporters/report.ts";
import { type Environment, type Terminal, workspaceFolder } from "./terminal.ts";
import { tool } from "./version.ts";

export interface Targets {
  /** Of each plugin once, in the order in which they were named. */
  readonly roots: readonly string[];
  /** One line for each path that is in no plugin. */
  readonly notes: readonly string[];
}

/** The plugins that these paths lie in. Throws a `UsageError` for a path that cannot be looked at. */
export function findTargets(cwd: string, targets: readonly string[]): Targets {
  const roots = new Set<string>();
  const notes: string[] = [];
  for (const path of targets.length === 0 ? ["."] : targets) {
    const root = pluginRoot(cwd, path);
    if (root === null) notes.push(`\`${path}\` is in no plugin: there is no plugin.yaml above it`);
    else roots.add(root);
  }
  return { roots: [...roots], notes };
}

export interface Answer {
  readonly text: string;
  readonly exitCode: ExitCode;
}

/** The report, without what is to be done next. */
export function reportText(
  analyzed: Analyzed,
  format: Format,
  cwd: string,
  env: Environment,
  terminal: Terminal,
): string {
  // What GitHub reads names files as the checkout does, wherever in it noxus was started.
  const isForGithub = format === "github" || format === "sarif";
  const base = isForGithub ? (workspaceFolder(env) ?? cwd) : cwd;
  return reporters[format]({ tool, base, ...analyzed }, terminal);
}

/** All that `validate` prints where nothing is to be corrected. */
export function validationAnswer(
  analyzed: Analyzed,
  format: Format,
  maxWarnings: number,
  cwd: string,
  env: Environment,
  terminal: Terminal,
): Answer {
  const next = format === "pretty" ? nextCommand(analyzed.plugins) : null;
  const text = reportText(analyzed, format, cwd, env, terminal);
  return {
    text: next === null ? text : `${text}next: ${next}\n`,
    exitCode: exitCodeOf(analyzed.plugins, maxWarnings),
  };
}

/** What `--fix` could do about the findings; null where there is nothing. */
function nextCommand(plugins: readonly Compiled[]): string | null {
  const codes = new Set(
    plugins.flatMap(({ analysis }) =>
      analysis.diagnostics.map(({ code, fix }) => (fix?.kind === "safe" ? "safe" : code)),
    ),
  );
  if (codes.has("NX3001") || codes.has("NX3005"))
    return "correct the code, or grant what it needs: noxus validate --fix --grant";
  return codes.has("safe") || codes.has("NX3002") || codes.has("NX3013") ? "noxus validate --fix" : null;
}
