/**
 * Text for terminals. Everything that comes from a plugin (names, paths, source lines, messages) goes through
 * `visible` before it is printed: a file name must not be able to move the cursor or forge a line.
 */

/** Control characters, line separators, direction marks and overrides, lone surrogates. */
const invisible = /[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\p{Cs}]/gu;

const ascii = /^[\x20-\x7e]*$/;

/** The text on one line, with everything that a terminal would obey or hide written as an escape. */
export function visible(text: string): string {
  // Reading the properties of characters takes longer than all else about a short answer.
  if (ascii.test(text)) return text;
  return text.replace(invisible, (character) => {
    if (character === "\n") return "\\n";
    if (character === "\r") return "\\r";
    if (character === "\t") return "\\t";
    const code = character.codePointAt(0) ?? 0;
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** East Asian wide and full-width ranges (Unicode 16, UAX #11), coarse where a block is wide as a whole. */
const wide =
  /[\u1100-\u115f\u231a\u231b\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

let segmenter: Intl.Segmenter | null = null;

/** Made when it is first needed: it takes a third of Node's own start, and most text is ASCII. */
function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

/** One user-perceived character: its text as printed, columns it takes, and UTF-16 offsets in the source text. */
export interface Cell {
  readonly text: string;
  readonly width: number;
  readonly start: number;
  readonly end: number;
}

/** Cells of one source line; tabs become four columns, invisible characters their escapes. */
export function cellsOf(line: string): readonly Cell[] {
  return Array.from(graphemesOf(line), ({ segment, index }) => {
    const text = segment === "\t" ? "    " : visible(segment);
    return { text, width: columnsOf(text), start: index, end: index + segment.length };
  });
}

/** Columns that a text without control characters takes in a terminal. */
export function columnsOf(text: string): number {
  if (ascii.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of graphemesOf(text)) {
    columns += zeroWidth.test(segment) ? 0 : wide.test(segment) ? 2 : 1;
  }
  return columns;
}

export function padColumns(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}

/** The text in at most so many columns, with `ellipsis` where its end is left out. */
export function shorten(text: string, columns: number, ellipsis: string): string {
  if (columnsOf(text) <= columns) return text;
  let kept = "";
  for (const { text: cell } of cellsOf(text)) {
    if (columnsOf(kept) + columnsOf(cell) + columnsOf(ellipsis) > columns) break;
    kept += cell;
  }
  return kept + ellipsis;
}

/** Rows as aligned columns, two spaces apart, without trailing blanks. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, columnsOf(cell));
    }
  }
  return rows.map((row) =>
    row
      .map((cell, index) => padColumns(cell, widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** `1 error`, `2 errors`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}

/** Milliseconds as `310 ms` or `2.4 s`. */
export function duration(ms: number): string {
  return ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** Bytes as `312 B`, `4.2 kB`, `1.3 MB`; a kB has 1000 bytes. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 999_950 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
