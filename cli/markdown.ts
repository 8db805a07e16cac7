import { type Paint, paintFor, type Terminal } from "./terminal.ts";
import { columnsOf } from "./text.ts";

/** Our own pages for a terminal: headings, paragraphs, lists, code blocks, `code` and **bold**; nothing more. */
export function renderMarkdown(markdown: string, terminal: Terminal): string {
  const paint = paintFor(terminal);
  const output: string[] = [];
  let paragraph: string[] = [];
  let isCode = false;
  const flush = () => {
    if (paragraph.length > 0) output.push(...wrap(paragraph.join(" "), terminal.width, paint));
    paragraph = [];
  };
  for (const line of markdown.trim().split(/\r?\n/)) {
    if (/^```/.test(line)) {
      flush();
      isCode = !isCode;
    } else if (isCode) {
      output.push(line === "" ? "" : `    ${line}`);
    } else if (/^#+ /.test(line)) {
      flush();
      output.push(paint.bold(line.replace(/^#+ /, "")));
    } else if (line.trim() === "") {
      flush();
      output.push("");
    } else if (/^\s*([-*]|\d+\.) /.test(line) || /^\|/.test(line)) {
      flush();
      paragraph.push(line);
      if (line.startsWith("|")) flush();
    } else {
      paragraph.push(paragraph.length === 0 ? line : line.trim());
    }
  }
  flush();
  return `${output.join("\n")}\n`;
}

/** Breaks at blanks; lines after the first of a list item are indented under its text. */
function wrap(text: string, width: number, paint: Paint): readonly string[] {
  const indent = " ".repeat(/^\s*([-*] |\d+\. )?/.exec(text)?.[0].length ?? 0);
  const lines: string[] = [];
  for (const word of text.split(/(?<=\S) +/)) {
    const last = lines.pop();
    if (last === undefined) lines.push(word);
    else if (text.startsWith("|") || columnsOf(`${last} ${word}`) <= width) lines.push(`${last} ${word}`);
    else lines.push(last, `${indent}${word}`);
  }
  return lines.map((line) =>
    line
      .replace(/\*\*(.+?)\*\*/g, (_, bold: string) => paint.bold(bold))
      .replace(/`[^`]+`/g, (code) => paint.help(code)),
  );
}
