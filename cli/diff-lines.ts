/**
 * The lines that differ, with up to `context` equal lines around them, as hunks of a unified diff. Meant for small
 * files: it looks at every pair of lines.
 */
export function lineDiff(before: string, after: string, context = 1): readonly string[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  const marked = align(a, b);
  const keep = marked.map((_, index) =>
    marked.slice(Math.max(0, index - context), index + context + 1).some(({ mark }) => mark !== " "),
  );
  const output: string[] = [];
  for (const [index, line] of marked.entries()) {
    if (keep[index] !== true) continue;
    if (keep[index - 1] !== true) {
      const end = keep.indexOf(false, index);
      const hunk = marked.slice(index, end === -1 ? marked.length : end);
      const count = (mark: string) => hunk.filter((one) => one.mark !== mark).length;
      output.push(`@@ -${line.a},${count("+")} +${line.b},${count("-")} @@`);
    }
    output.push(line.mark + line.text);
  }
  return output;
}

interface MarkedLine {
  readonly mark: " " | "-" | "+";
  readonly text: string;
  /** 1-based line numbers in both texts where this line is or would be. */
  readonly a: number;
  readonly b: number;
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\r?\n$/, "").split(/\r?\n/);
}

/** By the longest common subsequence of lines; equal beginnings and ends are left out of the search. */
function align(a: readonly string[], b: readonly string[]): readonly MarkedLine[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const [rows, columns] = [a.length - tail, b.length - tail];
  const common: number[][] = Array.from({ length: rows + 1 }, () => Array<number>(columns + 1).fill(0));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = rows - 1; i >= head; i--) {
    const row = common[i] ?? [];
    for (let j = columns - 1; j >= head; j--)
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const output: MarkedLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const here = { a: i + 1, b: j + 1 };
    const [left, right] = [a[i], b[j]];
    const isInside = i < rows && j < columns;
    if (left !== undefined && left === right && (i < head || i >= rows || isInside)) {
      output.push({ mark: " ", text: left, ...here });
      i++;
      j++;
    } else if (left !== undefined && i < rows && (j >= columns || at(i + 1, j) >= at(i, j + 1))) {
      output.push({ mark: "-", text: left, ...here });
      i++;
    } else {
      output.push({ mark: "+", text: right ?? "", ...here });
      j++;
    }
  }
  return output;
}
