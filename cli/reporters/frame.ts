import type { Diagnostic, FrameLine, Span } from "../../compiler/diagnostics/types.ts";
import { glyphsFor, type Paint, type Terminal } from "../terminal.ts";
import { type Cell, cellsOf, columnsOf, visible } from "../text.ts";

interface Mark {
  /** Columns from the line's start; `to` is exclusive and beyond `from`. */
  readonly from: number;
  readonly to: number;
}

/**
 * The marked source lines with carets under the span. A line that is too long is cut to a window around the span;
 * of a span over several lines the first and the last are shown. Empty when the diagnostic has no frame.
 */
export function frame(diagnostic: Diagnostic, terminal: Terminal, paint: Paint): readonly string[] {
  const { span } = diagnostic;
  if (span === null || diagnostic.frame.length === 0) return [];
  const color = diagnostic.severity === "error" ? paint.error : paint.warning;
  const lines = shownLines(diagnostic);
  const gutter = gutterOf(diagnostic);
  const bar = (label: string) => paint.dim(`${label.padStart(gutter + 1)} |`);
  // Room for the gutter (number, blank, bar, blank) and for the blank before it.
  const room = Math.max(20, terminal.width - gutter - 4);
  const drawn = lines.map((line) => ({ line, cells: cellsOf(line.text), mark: markOf(line, span) }));
  const left = scroll(drawn, room);
  const ellipsis = glyphsFor(terminal).ellipsis;

  const output = [bar("")];
  let previous = 0;
  for (const { line, cells, mark } of drawn) {
    if (previous !== 0 && line.line > previous + 1) output.push(bar("..."));
    previous = line.line;
    output.push(`${bar(String(line.line))} ${clip(cells, left, room, ellipsis)}`.trimEnd());
    if (mark === null) continue;
    const from = Math.min(Math.max(mark.from - left, 0), room - 1);
    const to = Math.max(from + 1, Math.min(mark.to - left, room));
    const label =
      diagnostic.label !== null && line.line === span.end.line ? ` ${visible(diagnostic.label)}` : "";
    output.push(`${bar("")} ${" ".repeat(from)}${color("^".repeat(to - from) + label)}`);
  }
  return output;
}

/** Digits of the greatest line number shown; what is printed below the frame is aligned with it. */
export function gutterOf(diagnostic: Diagnostic): number {
  return Math.max(1, ...shownLines(diagnostic).map(({ line }) => String(line).length));
}

function shownLines({ frame, span }: Diagnostic): readonly FrameLine[] {
  return frame.filter(({ line }) => span !== null && (line <= span.start.line || line === span.end.line));
}

function markOf(line: FrameLine, span: Span): Mark | null {
  if (line.line < span.start.line || line.line > span.end.line) return null;
  const indent = line.text.length - line.text.trimStart().length;
  const start = line.line === span.start.line ? span.start.column - 1 : indent;
  const end = line.line === span.end.line ? span.end.column - 1 : line.text.trimEnd().length;
  const from = columnAt(line.text, start);
  return { from, to: Math.max(from + 1, columnAt(line.text, end)) };
}

/** Columns before a UTF-16 offset of a line. */
function columnAt(text: string, offset: number): number {
  return cellsOf(text.slice(0, offset)).reduce((sum, cell) => sum + cell.width, 0);
}

/** Columns to leave out on the left so that the first mark can be seen; the same for all lines of a frame. */
function scroll(drawn: readonly { cells: readonly Cell[]; mark: Mark | null }[], room: number): number {
  const first = drawn.find(({ mark }) => mark !== null);
  if (!first?.mark || first.mark.to <= room - 1) return 0;
  const length = Math.min(first.mark.to - first.mark.from, Math.floor(room / 2));
  return Math.max(0, first.mark.from - Math.floor((room - length) / 2));
}

/** What `room` columns from column `left` on show, with an ellipsis where something is cut. */
function clip(cells: readonly Cell[], left: number, room: number, ellipsis: string): string {
  const total = cells.reduce((sum, cell) => sum + cell.width, 0);
  if (left === 0 && total <= room) return cells.map((cell) => cell.text).join("");
  const dots = columnsOf(ellipsis);
  const begin = left > 0 ? left + dots : 0;
  const end = total > left + room ? left + room - dots : total;
  let text = left > 0 ? ellipsis : "";
  let column = 0;
  for (const cell of cells) {
    const next = column + cell.width;
    if (column >= begin && next <= end) text += cell.text;
    // A wide character that sits on the edge leaves a blank, so that the carets below still fit.
    else if (next > begin && column < end) text += " ".repeat(Math.min(next, end) - Math.max(column, begin));
    column = next;
  }
  return total > left + room ? text + ellipsis : text;
}
