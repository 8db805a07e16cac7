/** A `Compatibility` as text, as Markdown for a pull request, or as JSON. */
import type { Change, Compatibility } from "../compiler/compat/compare.ts";
import { codeSpan } from "./code-span.ts";
import { jsonVersion, toJson } from "./reporters/json.ts";
import { glyphsFor, paintFor, type Terminal } from "./terminal.ts";
import { shorten, visible } from "./text.ts";
import { tool } from "./version.ts";

export interface CompatReport {
  /** The sides as named on the command line. */
  readonly labels: { readonly old: string; readonly new: string };
  readonly compatibility: Compatibility;
}

/** Every value of `--format`. */
export const compatReporters = { text, json, markdown } as const satisfies Record<
  string,
  (report: CompatReport, terminal: Terminal) => string
>;

function json({ labels, compatibility }: CompatReport): string {
  const { old, new: now, changes, needed, neededHere, least, isEnough } = compatibility;
  return toJson({
    version: jsonVersion,
    tool,
    old: { label: labels.old, ...old },
    new: { label: labels.new, ...now },
    needed,
    needed_here: neededHere,
    least_version: least,
    ok: isEnough,
    changes: changes.map(({ path, witness, ...change }) => ({
      ...change,
      path: path.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
      witness: witness === null ? null : { value: witness.value, accepted_by: witness.acceptedBy },
    })),
  });
}

function text({ labels, compatibility }: CompatReport, terminal: Terminal): string {
  const paint = paintFor(terminal);
  const glyphs = glyphsFor(terminal);
  const { old, new: now, isEnough } = compatibility;
  const changes = listed(compatibility);
  const groups = [...new Set(changes.map(({ node }) => node))].map((node) =>
    [
      paint.bold(node === null ? "plugin" : `node ${visible(node)}`),
      ...changes.filter((change) => change.node === node).flatMap((change) => changeLines(change, terminal)),
    ].join("\n"),
  );
  return `${[
    `${title(old, labels.old)} -> ${title(now, labels.new)}`,
    ...groups,
    isEnough
      ? `${paint.good(glyphs.good)} ${verdict(compatibility)}`
      : `${paint.error(glyphs.bad)} ${verdict(compatibility)}`,
  ].join("\n\n")}\n`;
}

function changeLines(change: Change, terminal: Terminal): readonly string[] {
  const paint = paintFor(terminal);
  const color = change.bump === "major" ? paint.error : paint.warning;
  const line = `  ${color(change.bump)}  ${change.code} ${visible(change.message)}`;
  const witness = witnessText(change);
  if (witness === null) return [line];
  const { ellipsis } = glyphsFor(terminal);
  return [line, indent + paint.dim(shorten(visible(witness), terminal.width - indent.length, ellipsis))];
}

const indent = " ".repeat(9);

/** The version itself is the verdict, not one of the changes. */
function listed({ changes }: Compatibility): readonly Change[] {
  return changes.filter(({ code }) => code !== "NX5011");
}

function witnessText({ witness, part }: Change): string | null {
  if (witness === null) return null;
  const isOld = witness.acceptedBy === "old";
  const ofCalls = isOld ? "accepted before, refused now" : "refused before, accepted now";
  const ofResults = isOld
    ? "could be returned before, outside the new schema"
    : "may be returned now, outside the old schema";
  return `${part === "outputs" ? ofResults : ofCalls}: ${JSON.stringify(witness.value)}`;
}

function title({ name, version }: Compatibility["old"], label: string): string {
  return visible(`${name} ${version} (${label})`);
}

function verdict({ old, new: now, changes, needed, neededHere, least, isEnough }: Compatibility): string {
  const step = `${visible(old.version)} -> ${visible(now.version)}`;
  if (needed === "none") return isEnough ? "no change" : `${step} goes back (NX5011)`;
  const what = changes.some(({ bump }) => bump === needed)
    ? `${needed} changes`
    : "changes that no caller sees";
  const rule = needed === neededHere ? "" : `, counted from ${visible(old.version)}`;
  const asked = `${what} need a ${neededHere} version${rule}`;
  return isEnough
    ? `${step} is enough: ${asked}`
    : `${step} is too low: ${asked}: ${least} or higher (NX5011)`;
}

/** For a comment on a pull request: a table; nothing in it can end the table or start markup. */
function markdown({ labels, compatibility }: CompatReport): string {
  const { old, new: now, isEnough } = compatibility;
  const rows = listed(compatibility).map((change) => {
    const witness = witnessText(change);
    const needs = change.bump === "major" ? "**major**" : change.bump;
    const where = change.node === null ? "plugin" : `node ${codeSpan(change.node)}`;
    const shown = witness === null ? "" : codeSpan(shorten(witness, 200, "..."));
    return `| ${needs} | ${where} | ${change.code} ${cell(change.message)} | ${shown} |`;
  });
  return [
    `### ${isEnough ? "The version fits" : "The version is too low"}: ${verdict(compatibility)}`,
    "",
    `${codeSpan(title(old, labels.old))} → ${codeSpan(title(now, labels.new))}`,
    ...(rows.length === 0 ? [] : ["", "| Needs | Where | Change | Shown by |", "|---|---|---|---|", ...rows]),
    "",
  ].join("\n");
}

/** Our own words with names and values of the plugin between backticks: nothing of those may be read as markup. */
function cell(message: string): string {
  return visible(message).replace(/[|<>[\]*_\\]/g, "\\$&");
}
