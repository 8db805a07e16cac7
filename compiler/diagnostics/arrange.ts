import { join } from "node:path";
import { type Texts, writtenTexts } from "../load/texts.ts";
import { frameOf, type Text, toText } from "../text.ts";
import type { Diagnostic } from "./types.ts";

/** Diagnostics as a report shows them: one per cause, sorted by file and place, each with its source lines. */
export function arrange(
  diagnostics: readonly Diagnostic[],
  root: string,
  { read }: Pick<Texts, "read"> = writtenTexts,
): readonly Diagnostic[] {
  const texts = new Map<string, Text | null>();
  const textOf = (file: string): Text | null => {
    const known = texts.get(file);
    if (known !== undefined) return known;
    const value = read(join(root, file));
    const text = value === null ? null : toText(value);
    texts.set(file, text);
    return text;
  };
  return withoutEchoes(diagnostics)
    .toSorted(compare)
    .map((entry) => {
      const text = entry.span === null ? null : textOf(entry.file);
      return text === null || entry.span === null ? entry : { ...entry, frame: frameOf(text, entry.span) };
    });
}

/** TypeScript: a module that cannot be found, with or without its types. */
const missingModule = /\(TS(2307|2792|7016)\)$/;

/** Leaves out what only repeats another finding: two parsers complain of one syntax error, two resolvers of one import. */
function withoutEchoes(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const line = (entry: Diagnostic): string => `${entry.file}:${entry.span?.start.line}`;
  const unresolved = new Set(
    diagnostics.filter((entry) => entry.code === "NX6001" || entry.code === "NX3007").map(line),
  );
  const broken = new Set(
    diagnostics
      .filter((entry) => entry.code === "NX2100" || entry.code === "NX2101")
      .map((entry) => entry.file),
  );
  const seen = new Set<string>();
  return diagnostics.filter((entry) => {
    if (entry.code === "NX2100" && missingModule.test(entry.message) && unresolved.has(line(entry)))
      return false;
    if (entry.code === "NX6002" && broken.has(entry.file)) return false;
    const id = `${entry.code} ${entry.file} ${entry.span?.start.offset} ${entry.message}`;
    return !seen.has(id) && seen.add(id);
  });
}

function compare(a: Diagnostic, b: Diagnostic): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  const [start, other] = [a.span?.start.offset ?? -1, b.span?.start.offset ?? -1];
  if (start !== other) return start - other;
  if (a.code !== b.code) return a.code < b.code ? -1 : 1;
  return a.message < b.message ? -1 : a.message > b.message ? 1 : 0;
}
