import { join } from "node:path";
import type { Diagnostic, Edit, Place } from "../../compiler/diagnostics/types.ts";
import type { Analysis } from "../../compiler/types.ts";
import type { PathStep } from "../../runtime/manifest/types.ts";
import { shortPath } from "../paths.ts";
import { countOf, type Reporter } from "./report.ts";

/** Bumped on any incompatible change of the JSON shapes. */
export const jsonVersion = 1;

/** For tools: a stable shape, paths relative and POSIX, lines and columns 1-based, offsets 0-based, UTF-16. */
export const json: Reporter = (report) =>
  toJson({
    version: jsonVersion,
    tool: report.tool,
    summary: {
      plugins: report.plugins.length,
      errors: report.plugins.reduce((sum, plugin) => sum + countOf(plugin, "error"), 0),
      warnings: report.plugins.reduce((sum, plugin) => sum + countOf(plugin, "warning"), 0),
      files: report.plugins.reduce((sum, plugin) => sum + plugin.analysis.sources.length, 0),
      ms: Math.round(report.ms),
    },
    plugins: report.plugins.map((plugin) => pluginJson(plugin.analysis, report.base)),
  });

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** One plugin as every JSON answer shows it. */
export function pluginJson(analysis: Analysis, base: string) {
  const file = (path: string) => shortPath(base, join(analysis.root, path));
  const place = (at: Place) => ({ file: file(at.file), span: at.span });
  const step = (at: PathStep) => ({ ...at, file: file(at.file) });
  const { permissions } = analysis;
  return {
    name: analysis.name,
    root: shortPath(base, analysis.root),
    ok: !analysis.diagnostics.some(({ severity }) => severity === "error"),
    diagnostics: analysis.diagnostics.map((diagnostic) => diagnosticJson(diagnostic, place, file)),
    nodes: analysis.nodes.map((node) => ({
      name: node.name,
      class: node.class,
      inputs: node.inputs,
      outputs: node.outputs,
      permissions: node.permissions,
    })),
    permissions: {
      declared: permissions.declared,
      used: permissions.used.map((used) => ({ ...used, paths: used.paths.map((path) => path.map(step)) })),
      unused: permissions.unused,
      unresolved: permissions.unresolved.map((use) => ({
        ...place(use),
        code: use.code,
        reason: use.reason,
        waiver: use.waiver,
      })),
    },
  };
}

function diagnosticJson(
  diagnostic: Diagnostic,
  place: (at: Place) => object,
  file: (path: string) => string,
): object {
  const edit = (change: Edit) => ({ ...change, file: file(change.file) });
  const { fix } = diagnostic;
  return {
    code: diagnostic.code,
    name: diagnostic.name,
    severity: diagnostic.severity,
    message: diagnostic.message,
    label: diagnostic.label,
    note: diagnostic.note,
    help: diagnostic.help,
    permission: diagnostic.permission,
    // The pages are read with `noxus explain`; they have no address of their own yet.
    url: null,
    ...place(diagnostic),
    related: diagnostic.related.map((related) => ({ message: related.message, ...place(related) })),
    callPath: diagnostic.callPath.map((step) => ({ name: step.name, ...place(step) })),
    fix: fix === null ? null : { title: fix.title, kind: fix.kind, edits: fix.edits.map(edit) },
  };
}
