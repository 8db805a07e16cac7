import { join } from "node:path";
import type { Diagnostic, Severity } from "../../compiler/diagnostics/types.ts";
import type { Compiled } from "../compiler.ts";
import { shortPath } from "../paths.ts";
import { visible } from "../text.ts";
import { verdict } from "./pretty.ts";
import type { Reporter } from "./report.ts";

const commands = { error: "error", warning: "warning", info: "notice" } as const satisfies Record<
  Severity,
  string
>;

/**
 * Workflow commands that GitHub shows beside the changed lines, then one plain line per plugin. The service shows at
 * most ten per severity and step, so errors come first.
 */
export const github: Reporter = (report, terminal) => {
  const findings = report.plugins.flatMap((plugin) =>
    plugin.analysis.diagnostics.map((diagnostic) => ({ plugin, diagnostic })),
  );
  const severities = Object.keys(commands);
  const rank = ({ diagnostic }: (typeof findings)[number]) => severities.indexOf(diagnostic.severity);
  return [
    ...findings
      .sort((a, b) => rank(a) - rank(b))
      .map((entry) => annotation(entry.diagnostic, entry.plugin, report.base)),
    ...report.plugins.map((plugin) => verdict(plugin, terminal)),
  ]
    .map((line) => `${line}\n`)
    .join("");
};

function annotation(diagnostic: Diagnostic, { analysis }: Compiled, base: string): string {
  const { span } = diagnostic;
  const properties = {
    file: shortPath(base, join(analysis.root, diagnostic.file)),
    ...(span === null
      ? {}
      : {
          line: span.start.line,
          endLine: span.end.line,
          col: span.start.column,
          endColumn: span.end.column,
        }),
    title: `${diagnostic.code} ${diagnostic.name}`,
  };
  const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  const help = diagnostic.help === null ? "" : `\nhelp: ${diagnostic.help}`;
  return `::${commands[diagnostic.severity]} ${list.join(",")}::${escapeData(diagnostic.message + help)}`;
}

/** Rules of the runner's toolkit: a line break or a percent sign would end or change the command. */
function escapeData(text: string): string {
  return text
    .split("\n")
    .map((line) => visible(line.replace(/\r$/, "")).replaceAll("%", "%25"))
    .join("%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
