import type { FrameLine, Position, Span } from "./diagnostics/types.ts";

/** A text whose offsets can be turned into lines and columns; made once per file. */
export interface Text {
  readonly value: string;
  /** Offset of each line's first unit. */
  readonly lineStarts: readonly number[];
}

export function toText(value: string): Text {
  const lineStarts = [0];
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit === 10 || (unit === 13 && value.charCodeAt(i + 1) !== 10)) lineStarts.push(i + 1);
  }
  return { value, lineStarts };
}

/** Offsets beyond the text are moved to its end. */
export function positionAt(text: Text, offset: number): Position {
  const at = Math.max(0, Math.min(offset, text.value.length));
  let low = 0;
  let high = text.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((text.lineStarts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: at - (text.lineStarts[low] ?? 0) + 1, offset: at };
}

export function spanAt(text: Text, start: number, end: number): Span {
  return { start: positionAt(text, start), end: positionAt(text, Math.max(start, end)) };
}

/** Line without its line break; empty where there is no such line. */
function lineOf(text: Text, line: number): string {
  const start = text.lineStarts[line - 1];
  if (start === undefined) return "";
  const end = text.lineStarts[line] ?? text.value.length;
  return text.value.slice(start, end).replace(/[\r\n]+$/, "");
}

/** Longest line a frame carries: a minified source must not end up in a report whole. */
const maxFrameLine = 2000;

/** The span's first line and at most one line before it; the last line too when the span covers several. */
export function frameOf(text: Text, span: Span): readonly FrameLine[] {
  const first = span.start.line;
  const lines = [first - 1, first, span.end.line].filter(
    (line, index, all) => line >= 1 && all.indexOf(line) === index,
  );
  return lines
    .map((line) => ({ line, text: lineOf(text, line).slice(0, maxFrameLine) }))
    .filter((entry) => entry.line !== first - 1 || entry.text.trim() !== "");
}
