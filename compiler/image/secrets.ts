import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic } from "../diagnostics/types.ts";
import { bundleFile, bundleMapFile } from "../manifest/build.ts";
import type { Artifact } from "../types.ts";
import { secretForms } from "./secret-forms.ts";

/**
 * NX6005 for each secret in what an image would hold, at its line in the source. Never repeats the secret. A secret in
 * the bundle is found in what ships: what tree shaking left out is not.
 */
export function findSecrets(artifacts: readonly Artifact[]): readonly Diagnostic[] {
  const map = artifacts.find(({ path }) => path === bundleMapFile);
  const trace = map === undefined ? null : new TraceMap(map.text);
  const found: Diagnostic[] = [];
  for (const { path, text } of artifacts) {
    // The map repeats the sources, of which only the bundle's part ships. Server and runner are noxus's own.
    if (path === bundleMapFile || path === "server.mjs" || path === "runner.mjs") continue;
    for (const { kind, form } of secretForms)
      for (const match of text.matchAll(new RegExp(form, "g"))) {
        const place = path === bundleFile && trace !== null ? sourceOf(text, match.index, trace) : null;
        found.push(
          diagnostic(
            "NX6005",
            { file: place?.file ?? path, span: place?.span ?? null },
            { kind, file: path },
          ),
        );
      }
  }
  return found;
}

function sourceOf(text: string, offset: number, trace: TraceMap) {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  const {
    source,
    line: sourceLine,
    column,
  } = originalPositionFor(trace, {
    line,
    column: offset - (before.lastIndexOf("\n") + 1),
  });
  if (source === null || sourceLine === null || column === null) return null;
  const start = { line: sourceLine, column: column + 1, offset: 0 };
  return { file: source, span: { start, end: start } };
}
