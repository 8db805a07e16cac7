/** Hand-made analyses and terminals for the tests of what renders them. */
import type { Diagnostic, Span } from "../../compiler/diagnostics/types.ts";
import type { Analysis } from "../../compiler/types.ts";
import { countsOf, type Report } from "../reporters/report.ts";
import type { Terminal } from "../terminal.ts";

export const plain: Terminal = { hasColor: false, hasUnicode: true, isInteractive: false, width: 80 };

/** A span on one line, or from one to another; 1-based columns, `to` exclusive. */
export function span(line: number, from: number, to: number, endLine = line): Span {
  return {
    start: { line, column: from, offset: 0 },
    end: { line: endLine, column: to, offset: 0 },
  };
}

export function finding(parts: Partial<Diagnostic> = {}): Diagnostic {
  return {
    code: "NX1004",
    name: "unknown-key",
    severity: "error",
    message: "unknown key `permisions`",
    file: "plugin.yaml",
    span: span(9, 1, 11),
    label: "did you mean `permissions`?",
    note: null,
    help: "rename it to `permissions`",
    permission: null,
    related: [],
    callPath: [],
    fix: null,
    frame: [{ line: 9, text: "permisions:" }],
    ...parts,
  };
}

export function analysis(diagnostics: readonly Diagnostic[], parts: Partial<Analysis> = {}): Analysis {
  return {
    root: "/plugins/sentiment",
    pluginFile: "plugin.yaml",
    name: "sentiment",
    version: "0.1.0",
    description: null,
    entrypoint: null,
    nodes: [],
    permissions: { declared: ["network"], used: [], unused: [], unresolved: [], uses: [] },
    diagnostics,
    sources: [
      { path: "plugin.yaml", sha256: "0" },
      { path: "src/index.ts", sha256: "1" },
    ],
    manifest: null,
    artifacts: [],
    ...parts,
  };
}

export function report(...analyses: readonly Analysis[]): Report {
  return {
    tool: { name: "noxus", version: "0.1.0" },
    base: "/plugins/sentiment",
    plugins: analyses.map((entry) => ({ analysis: entry, counts: countsOf(entry), ms: 2400 })),
    ms: 5000,
  };
}
