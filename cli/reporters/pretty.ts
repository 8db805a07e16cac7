import { basename, join } from "node:path";
import type { CallStep, Diagnostic, Place } from "../../compiler/diagnostics/types.ts";
import type { Compiled } from "../compiler.ts";
import { shortPath } from "../paths.ts";
import { glyphsFor, type Paint, paintFor, type Terminal } from "../terminal.ts";
import { columnsOf, count, duration, visible } from "../text.ts";
import { frame, gutterOf } from "./frame.ts";
import { countOf, type Reporter } from "./report.ts";

/** Findings shown before the rest is only counted. */
const maxFindings = 50;

/** For people: each finding with its source line, then one line per plugin; the total is last. */
export const pretty: Reporter = (report, terminal) => {
  const paint = paintFor(terminal);
  const blocks: string[] = [];
  let left = maxFindings;
  for (const compiled of report.plugins) {
    const { diagnostics } = compiled.analysis;
    for (const diagnostic of diagnostics.slice(0, left)) {
      blocks.push(finding(diagnostic, compiled, report.base, terminal, paint).join("\n"));
    }
    const hidden = diagnostics.length - Math.min(diagnostics.length, left);
    left = Math.max(0, left - diagnostics.length);
    if (hidden > 0) blocks.push(`${count(hidden, "finding")} more: --format json lists all`);
    blocks.push(verdict(compiled, terminal));
  }
  if (report.plugins.length > 1) blocks.push(total(report.plugins, report.ms));
  // A finding ends with an empty line; verdicts follow each other directly.
  return blocks.map((block) => (block.includes("\n") ? `${block}\n\n` : `${block}\n`)).join("");
};

/** One line: state, plugin, what was found and how long it took. */
export function verdict(compiled: Compiled, terminal: Terminal): string {
  const paint = paintFor(terminal);
  const glyphs = glyphsFor(terminal);
  const { counts, ms } = compiled;
  const errors = countOf(compiled, "error");
  const warnings = countOf(compiled, "warning");
  const state =
    errors > 0
      ? paint.error(glyphs.bad)
      : warnings > 0
        ? paint.warning(glyphs.warning)
        : paint.good(glyphs.good);
  const found = problems(errors, warnings);
  const facts =
    errors > 0
      ? [found]
      : [
          count(counts.nodes, "node"),
          count(counts.permissions, "permission"),
          found === "" ? "no problems" : found,
        ];
  const measure = `(${count(counts.files, "file")}, ${duration(ms)})`;
  return `${state} ${title(compiled)}: ${facts.join(", ")} ${paint.dim(measure)}`;
}

/** `2 errors, 1 warning`; empty when there is neither. */
export function problems(errors: number, warnings: number): string {
  return [errors > 0 ? count(errors, "error") : "", warnings > 0 ? count(warnings, "warning") : ""]
    .filter(Boolean)
    .join(", ");
}

/** Name and version as far as plugin.yaml could be read, else the folder's name. */
export function title({ analysis }: Compiled): string {
  return visible([analysis.name ?? basename(analysis.root), analysis.version ?? ""].join(" ").trim());
}

/** `file:line:column`, which terminals and editors turn into a link. */
export function placeText(place: Place, root: string, base: string): string {
  const file = visible(shortPath(base, join(root, place.file)));
  return place.span === null ? file : `${file}:${place.span.start.line}:${place.span.start.column}`;
}

function total(plugins: readonly Compiled[], ms: number): string {
  const sum = (severity: "error" | "warning") =>
    plugins.reduce((all, plugin) => all + countOf(plugin, severity), 0);
  const found = problems(sum("error"), sum("warning"));
  return `${count(plugins.length, "plugin")}: ${found === "" ? "no problems" : found} (${duration(ms)})`;
}

function finding(
  diagnostic: Diagnostic,
  { analysis }: Compiled,
  base: string,
  terminal: Terminal,
  paint: Paint,
): readonly string[] {
  const place = (at: Place) => placeText(at, analysis.root, base);
  const color = diagnostic.severity === "error" ? paint.error : paint.warning;
  const gutter = " ".repeat(gutterOf(diagnostic) + 1);
  const detail = (word: string, text: string) => `${gutter} ${paint.dim("=")} ${paint.help(word)}: ${text}`;
  // TypeScript explains itself over several lines; only the first is the headline.
  const [headline = "", ...explanation] = diagnostic.message.split("\n");
  const lines = [
    `${color(`${diagnostic.severity}[${diagnostic.code}]`)}: ${paint.bold(visible(headline))}`,
    ...explanation.map((line) => `  ${visible(line)}`),
    `${gutter}${paint.dim("-->")} ${place(diagnostic)}`,
    ...frame(diagnostic, terminal, paint),
  ];
  const [path, ...pathRest] = callPath(
    diagnostic.callPath,
    place,
    terminal.width - gutter.length - pathIndent,
  );
  if (path !== undefined) lines.push(detail("path", path));
  lines.push(...pathRest.map((line) => `${gutter}${" ".repeat(pathIndent)}${line}`));
  if (diagnostic.note !== null) lines.push(detail("note", visible(diagnostic.note)));
  for (const related of diagnostic.related) {
    lines.push(detail("note", `${visible(related.message)} (${place(related)})`));
  }
  if (diagnostic.help !== null) lines.push(detail("help", visible(diagnostic.help)));
  lines.push(detail("more", `noxus explain ${diagnostic.code}`));
  return lines;
}

/** Columns from the gutter to the text after ` = path: `. */
const pathIndent = 9;

/** The steps of a path with their places, on as many lines as `room` columns ask for. */
export function callPath(
  path: readonly CallStep[],
  place: (step: CallStep) => string,
  room: number,
): readonly string[] {
  return joinSteps(
    path.map((step) => `${visible(step.name)} (${place(step)})`),
    room,
  );
}

/** Joined by arrows; a further line starts with its arrow. */
export function joinSteps(steps: readonly string[], room: number): readonly string[] {
  const lines: string[] = [];
  for (const step of steps) {
    const last = lines.pop();
    const joined = last === undefined ? step : `${last} -> ${step}`;
    if (last === undefined || columnsOf(joined) <= room) lines.push(joined);
    else lines.push(last, `-> ${step}`);
  }
  return lines;
}
