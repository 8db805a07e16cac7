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
  /** Said of the paths that are in no plugin; null where all are. */
  readonly note: string | null;
}

/** The plugins that these paths lie in. Throws a `UsageError` for a path that cannot be looked at. */
export function findTargets(cwd: string, targets: readonly string[]): Targets {
  const roots = new Set<string>();
  const outside: string[] = [];
  for (const path of targets.length === 0 ? ["."] : targets) {
    const root = pluginRoot(cwd, path);
    if (root === null) outside.push(path);
    else roots.add(root);
  }
  return { roots: [...roots], note: outsideNote(outside, "no plugin: there is no plugin.yaml above") };
}

/** Hooks name every file of a commit: more than this many are only counted. */
const maxNamed = 3;

/** One line for paths that are in `where`; null where there is none. */
export function outsideNote(paths: readonly string[], where: string): string | null {
  if (paths.length === 0) return null;
  const named = paths.slice(0, maxNamed).map((path) => `\`${path}\``);
  const rest = paths.length - named.length;
  return `${named.join(", ")}${rest > 0 ? ` and ${rest} more` : ""} ${paths.length > 1 ? "are" : "is"} in ${where}`;
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
