import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../runtime/manifest/canonical.ts";
import type { ManifestFile } from "../../runtime/manifest/types.ts";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic } from "../diagnostics/types.ts";
import type { Texts } from "./texts.ts";

/**
 * A file of a plugin with the digest of what is in it now. Reports NX2103 where that is not `analysed`, the text that
 * the rest of the analysis is about; null for a file that was not read before.
 */
export function digestOf(
  root: string,
  path: string,
  { unsaved }: Texts,
  analysed: string | null,
  report: (found: Diagnostic) => void,
): ManifestFile {
  const content = unsaved.get(join(root, path)) ?? readFileSync(join(root, path));
  if (analysed !== null && withoutMark(content.toString()) !== withoutMark(analysed))
    report(diagnostic("NX2103", { file: path, span: null }, { file: path }));
  return { path, sha256: sha256(content) };
}

/** Readers differ in whether they keep a byte order mark. */
function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}
