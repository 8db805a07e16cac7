import { join } from "node:path";
import type { Position, Range } from "vscode-languageserver/node";
import type { Edit, Place, Span } from "../../compiler/diagnostics/types.ts";
import { spanAt, type Text } from "../../compiler/text.ts";

/** How an editor names a file of the plugin, by its real absolute path. */
export type UriOf = (path: string) => string;

/** A place without a span is the file's beginning. */
export function rangeOf(span: Span | null): Range {
  if (span === null) return { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  const { start, end } = span;
  return {
    start: { line: start.line - 1, character: start.column - 1 },
    end: { line: end.line - 1, character: end.column - 1 },
  };
}

export function pathOf(root: string, { file }: Pick<Place, "file">): string {
  return join(root, file);
}

/** Positions beyond the end of a line or of the text are moved to it. */
export function offsetAt(text: Text, { line, character }: Position): number {
  const start = text.lineStarts[line];
  if (start === undefined) return text.value.length;
  return Math.min(start + character, text.lineStarts[line + 1] ?? text.value.length);
}

export function rangeOfEdit(text: Text, edit: Pick<Edit, "start" | "end">): Range {
  return rangeOf(spanAt(text, edit.start, edit.end));
}

/** Whether an offset lies in a span; its end counts, since that is where a cursor stands after a word. */
export function holds(span: Span | null, offset: number): boolean {
  return span !== null && span.start.offset <= offset && offset <= span.end.offset;
}

/** Whether two ranges touch. */
export function touches(a: Range, b: Range): boolean {
  return !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

/** The one replacement that turns a text into another. */
export function replacement(before: string, after: string): { start: number; end: number; text: string } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let kept = 0;
  while (kept < shorter - start && before[before.length - 1 - kept] === after[after.length - 1 - kept])
    kept += 1;
  return { start, end: before.length - kept, text: after.slice(start, after.length - kept) };
}
