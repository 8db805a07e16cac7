import { originalPositionFor, sourceContentFor, TraceMap } from "@jridgewell/trace-mapping";
import type { Place, Position } from "../diagnostics/types.ts";

/** Where a piece of the bundle was written. */
export interface Origins {
  /**
   * Place of the code from `start` to the token at `last` (bundle offsets, both at the start of a token). The span is
   * null where the file's text is not at hand; the file is null where the bundler made the code itself.
   */
  readonly placeOf: (start: number, last: number) => Place | null;
  /** The name written at this place of the source; esbuild may have renamed it in the bundle. Null for keywords. */
  readonly nameAt: (start: number) => string | null;
}

const tokenPattern =
  /#?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/uy;

/** What stands where the source has no name of its own for what esbuild named. */
const notNames = /^(?:["'].*|default|export|import|function|class|const|let|var|async|new)$/s;

export function readOrigins(
  bundle: string,
  map: string,
  sourceText: (file: string) => string | null,
): Origins {
  const trace = new TraceMap(map);
  const bundleLines = lineStarts(bundle);
  const texts = new Map<string, { readonly text: string; readonly lines: readonly number[] } | null>();

  const textOf = (file: string) => {
    let entry = texts.get(file);
    if (entry === undefined) {
      // A package may come without the sources from which its own map says that it was made.
      const text = sourceText(file) ?? sourceContentFor(trace, file);
      entry = text === null ? null : { text, lines: lineStarts(text) };
      texts.set(file, entry);
    }
    return entry;
  };

  const originOf = (offset: number): { file: string; line: number; column: number } | null => {
    const line = lineAt(bundleLines, offset);
    const found = originalPositionFor(trace, { line: line + 1, column: offset - (bundleLines[line] ?? 0) });
    return found.source === null ? null : { file: found.source, line: found.line, column: found.column };
  };

  const positionOf = (file: string, line: number, column: number): Position | null => {
    const start = textOf(file)?.lines[line - 1];
    return start === undefined ? null : { line, column: column + 1, offset: start + column };
  };

  /** End of the token that starts there: UTF-16 offset, or the start itself where no name or string stands. */
  const tokenAt = (file: string, offset: number): string => {
    tokenPattern.lastIndex = offset;
    return tokenPattern.exec(textOf(file)?.text ?? "")?.[0] ?? "";
  };

  return {
    placeOf(start, last) {
      const from = originOf(start);
      if (from === null) return null;
      const first = positionOf(from.file, from.line, from.column);
      if (first === null) return { file: from.file, span: null };
      const to = last === start ? from : originOf(last);
      const tail =
        to !== null && to.file === from.file && (to.line > from.line || to.column >= from.column)
          ? (positionOf(to.file, to.line, to.column) ?? first)
          : first;
      const length = Math.max(1, tokenAt(from.file, tail.offset).length);
      return {
        file: from.file,
        span: {
          start: first,
          end: { line: tail.line, column: tail.column + length, offset: tail.offset + length },
        },
      };
    },
    nameAt(start) {
      const from = originOf(start);
      if (from === null) return null;
      const position = positionOf(from.file, from.line, from.column);
      const token = position === null ? "" : tokenAt(from.file, position.offset);
      return token === "" || notNames.test(token) ? null : token;
    },
  };
}

/** Offsets at which lines start; the line ends are those that source maps count. */
function lineStarts(text: string): readonly number[] {
  const starts = [0];
  if (!/[\r\u2028\u2029]/.test(text)) {
    // Most texts, and much cheaper.
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    return starts;
  }
  for (const match of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(match.index + match[0].length);
  return starts;
}

/** 0-based line of an offset. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
