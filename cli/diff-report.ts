/** A `PowerDiff` as text, as Markdown for a pull request, or as JSON. */
import type { NodeDiff, Power, PowerDiff, Unproven } from "../compiler/manifest/diff.ts";
import type { PathStep } from "../runtime/manifest/types.ts";
import { codeSpan } from "./code-span.ts";
import { jsonVersion, toJson } from "./reporters/json.ts";
import { joinSteps } from "./reporters/pretty.ts";
import { glyphsFor, type Paint, paintFor, type Terminal } from "./terminal.ts";
import { visible } from "./text.ts";
import { tool } from "./version.ts";

export interface DiffReport {
  /** The sides as named on the command line. */
  readonly labels: { readonly old: string; readonly new: string };
  readonly diff: PowerDiff;
}

/** Every value of `--format`. */
export const diffReporters = { text, json, markdown } as const satisfies Record<
  string,
  (report: DiffReport, terminal: Terminal) => string
>;

function json({ labels, diff }: DiffReport): string {
  return toJson({
    version: jsonVersion,
    tool,
    ...diff,
    old: { label: labels.old, ...diff.old },
    new: { label: labels.new, ...diff.new },
  });
}

function text({ labels, diff }: DiffReport, terminal: Terminal): string {
  const paint = paintFor(terminal);
  const glyphs = glyphsFor(terminal);
  const blocks = [
    `${title(diff.old, labels.old)} -> ${title(diff.new, labels.new)}`,
    ...sections(diff, terminal, paint).map((lines) => lines.join("\n")),
    diff.gained > 0
      ? `${paint.error(glyphs.bad)} ${summary(diff)}`
      : `${paint.good(glyphs.good)} ${summary(diff)}`,
  ];
  return `${blocks.join("\n\n")}\n`;
}

function sections(diff: PowerDiff, terminal: Terminal, paint: Paint): readonly (readonly string[])[] {
  const gain = (line: string) => `  ${paint.error("+")} ${line}`;
  const loss = (line: string) => `  ${paint.good("-")} ${line}`;
  const plugin = [
    ...diff.declared.gained.map((permission) => gain(`declares ${visible(permission)}`)),
    ...diff.unproven.gained.map((use) => gain(unprovenText(use))),
    ...diff.declared.lost.map((permission) => loss(`declares ${visible(permission)}`)),
    ...diff.unproven.lost.map((use) => loss(unprovenText(use))),
  ];
  return [
    ...diff.nodes.map((node) => [
      `${paint.bold(`node ${visible(node.name)}`)}${stateText(node)}`,
      ...node.gained.flatMap((power) => [gain(visible(power.permission)), ...how(power, terminal, paint)]),
      ...node.lost.flatMap((power) => [loss(visible(power.permission)), ...how(power, terminal, paint)]),
    ]),
    ...(plugin.length === 0 ? [] : [[paint.bold("plugin"), ...plugin]]),
  ];
}

function how(power: Power, terminal: Terminal, paint: Paint): readonly string[] {
  const indent = " ".repeat(6);
  const lines = joinSteps(power.path.map(stepText), terminal.width - indent.length);
  const packages = packagesText(power);
  return [...lines, ...(packages === "" ? [] : [`in ${packages}`])].map((line) => paint.dim(indent + line));
}

function stepText({ name, file, line, column }: PathStep): string {
  return visible(`${name} (${file}:${line}:${column})`);
}

/** The package that holds the use first, then by whom it came. */
function packagesText({ packages }: Power): string {
  return packages
    .map(({ name, version, otherVersion }) => {
      const other = otherVersion === null ? "" : ` (${otherVersion} on the other side)`;
      return visible(`${name}${version === null ? "" : ` ${version}`}${other}`);
    })
    .reverse()
    .join(", through ");
}

function unprovenText(use: Unproven): string {
  const waiver = use.waiver === null ? "not waived" : `waived: ${use.waiver}`;
  return visible(`${use.code} ${use.file}: ${use.reason} (${waiver})`);
}

function stateText(node: NodeDiff): string {
  if (node.state === "changed") return "";
  return `  ${node.state}${node.gained.length + node.lost.length === 0 ? ", reaches nothing outside itself" : ""}`;
}

function title({ name, version }: PowerDiff["old"], label: string): string {
  return visible(`${[name ?? "unnamed", version ?? ""].join(" ").trim()} (${label})`);
}

function summary({ gained, lost }: PowerDiff): string {
  if (gained + lost === 0) return "no power gained or lost";
  return `${gained} gained, ${lost} lost`;
}

/** For a comment on a pull request: a table, gains first; nothing in it can end the table or start markup. */
function markdown({ labels, diff }: DiffReport): string {
  const rows = (side: "gained" | "lost") => {
    const mark = side === "gained" ? "**gained**" : "lost";
    return [
      ...diff.nodes.flatMap((node) =>
        node[side].map((power) => [
          mark,
          `node ${codeSpan(node.name)}`,
          codeSpan(power.permission),
          howMarkdown(power),
        ]),
      ),
      ...diff.declared[side].map((permission) => [mark, "plugin.yaml", codeSpan(permission), "declared"]),
      ...diff.unproven[side].map((use) => [
        mark,
        codeSpan(use.file),
        `cannot be proven: ${codeSpan(use.reason)}`,
        use.waiver === null ? "not waived" : `waived: ${codeSpan(use.waiver)}`,
      ]),
    ];
  };
  const all = [...rows("gained"), ...rows("lost")];
  const moved = diff.nodes.filter((node) => node.state !== "changed");
  return [
    `### What ${codeSpan(diff.new.name ?? diff.old.name ?? "the plugin")} can reach: ${summary(diff)}`,
    "",
    `${codeSpan(title(diff.old, labels.old))} → ${codeSpan(title(diff.new, labels.new))}`,
    ...(all.length === 0
      ? []
      : [
          "",
          "| | Where | Power | How |",
          "|---|---|---|---|",
          ...all.map((row) => `| ${row.join(" | ")} |`),
        ]),
    ...(moved.length === 0
      ? []
      : ["", `Nodes: ${moved.map((node) => `${codeSpan(node.name)} ${node.state}`).join(", ")}.`]),
    "",
  ].join("\n");
}

function howMarkdown(power: Power): string {
  const path = power.path.map((step) => codeSpan(step.name)).join(" → ");
  const last = power.path.at(-1);
  const place = last === undefined ? "" : ` at ${codeSpan(`${last.file}:${last.line}:${last.column}`)}`;
  const packages = packagesText(power);
  return `${path}${place}${packages === "" ? "" : `, in ${codeSpan(packages)}`}`;
}
