import type { Severity } from "../../compiler/diagnostics/types.ts";
import type { Analysis } from "../../compiler/types.ts";
import type { Compiled } from "../compiler.ts";
import { type ExitCode, exit } from "../exit.ts";
import type { Terminal } from "../terminal.ts";

/** What a reporter renders: plugins in the order in which they were named. */
export interface Report {
  readonly tool: { readonly name: string; readonly version: string };
  /** Absolute folder that all printed paths are relative to. */
  readonly base: string;
  readonly plugins: readonly Compiled[];
  /** Milliseconds for all plugins together. */
  readonly ms: number;
}

/** A pure function: everything it knows of the surroundings is in its arguments. */
export type Reporter = (report: Report, terminal: Terminal) => string;

/** What one line says of an analysis, without its large parts. */
export interface Counts {
  readonly nodes: number;
  readonly permissions: number;
  readonly files: number;
}

export function countsOf({ nodes, permissions, sources }: Analysis): Counts {
  return { nodes: nodes.length, permissions: permissions.declared.length, files: sources.length };
}

export function countOf(compiled: Compiled, severity: Severity): number {
  return compiled.analysis.diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
}

const unreadable: readonly string[] = ["NX1001", "NX1002", "NX2102"];

/** 2 where a file of a plugin could not be read, else 1 where there is an error, or more warnings than `maxWarnings`. */
export function exitCodeOf(
  plugins: readonly Pick<Compiled, "analysis">[],
  maxWarnings = Number.POSITIVE_INFINITY,
): ExitCode {
  const diagnostics = plugins.flatMap((plugin) => plugin.analysis.diagnostics);
  if (diagnostics.some((diagnostic) => unreadable.includes(diagnostic.code))) return exit.usage;
  if (diagnostics.some(({ severity }) => severity === "error")) return exit.findings;
  const warnings = diagnostics.filter(({ severity }) => severity === "warning").length;
  return warnings > maxWarnings ? exit.findings : exit.ok;
}
