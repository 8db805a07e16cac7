import {
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  DiagnosticTag,
  type Diagnostic as EditorDiagnostic,
} from "vscode-languageserver/node";
import type { Diagnostic, Place, Severity } from "../../compiler/diagnostics/types.ts";
import type { Analysis } from "../../compiler/types.ts";
import { pathOf, rangeOf, type UriOf } from "./places.ts";

export const source = "noxus";

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

/** Findings that say of a text that it is not needed; editors grey it out. */
const needless: ReadonlySet<string> = new Set(["NX3002", "NX3011"]);

/** Every finding of an analysis, by the real path of its file, in the order of the report. */
export function diagnosticsByFile(
  { root, diagnostics }: Pick<Analysis, "root" | "diagnostics">,
  uriOf: UriOf,
): ReadonlyMap<string, readonly EditorDiagnostic[]> {
  const found = new Map<string, EditorDiagnostic[]>();
  for (const diagnostic of diagnostics) {
    const path = pathOf(root, diagnostic);
    found.set(path, [...(found.get(path) ?? []), toEditor(diagnostic, root, uriOf)]);
  }
  return found;
}

export function toEditor(diagnostic: Diagnostic, root: string, uriOf: UriOf): EditorDiagnostic {
  const { code, severity, span, message, label, note, help } = diagnostic;
  const lines = [
    message,
    label ?? "",
    note === null ? "" : `note: ${note}`,
    help === null ? "" : `help: ${help}`,
  ];
  const related = relatedOf(diagnostic, root, uriOf);
  return {
    range: rangeOf(span),
    severity: severities[severity],
    code,
    source,
    message: lines.filter((line) => line !== "").join("\n"),
    ...(related.length === 0 ? {} : { relatedInformation: related }),
    ...(needless.has(code) ? { tags: [DiagnosticTag.Unnecessary] } : {}),
  };
}

function relatedOf(
  { related, callPath }: Diagnostic,
  root: string,
  uriOf: UriOf,
): DiagnosticRelatedInformation[] {
  const steps = callPath.map((step) => ({ ...step, message: `by way of \`${step.name}\`` }));
  return [...related, ...steps].map((entry: Place & { readonly message: string }) => ({
    location: { uri: uriOf(pathOf(root, entry)), range: rangeOf(entry.span) },
    message: entry.message,
  }));
}
