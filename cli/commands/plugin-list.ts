import { Command, Option } from "clipanion";
import { nearestPlugin } from "../../compiler/load/plugin-file.ts";
import { analyzeAll } from "../analyze.ts";
import { CachingCommand } from "../caching-command.ts";
import type { Compiled } from "../compiler.ts";
import { type ExitCode, exit } from "../exit.ts";
import { pluginRoots, shortPath } from "../paths.ts";
import { jsonVersion, toJson } from "../reporters/json.ts";
import { problems } from "../reporters/pretty.ts";
import { countOf, exitCodeOf } from "../reporters/report.ts";
import { glyphsFor, readTerminal } from "../terminal.ts";
import { table, visible } from "../text.ts";
import { tool } from "../version.ts";

export class PluginList extends CachingCommand {
  static override paths = [["plugin", "list"]];
  static override usage = Command.Usage({
    description: "list the plugins below a folder with their state",
    examples: [
      ["below this folder", "noxus plugin list"],
      ["for tools", "noxus plugin list plugins --json"],
    ],
  });

  json = Option.Boolean("--json", false, { description: "answer in JSON" });
  folder = Option.String({ name: "folder", required: false });

  async run(): Promise<ExitCode> {
    const folder = this.folder ?? ".";
    const { cwd } = this.context;
    const below = await pluginRoots(cwd, folder, (line) => this.note(line));
    const around = this.folder === undefined && below.length === 0 ? nearestPlugin(cwd) : null;
    const roots = around === null ? below : [around];
    const { plugins } = await this.withCompiler((compiler) => analyzeAll(roots, compiler, this.context));
    if (this.json)
      this.print(toJson({ version: jsonVersion, tool, plugins: plugins.map(entry(this.context.cwd)) }));
    else if (plugins.length === 0) this.note(`no plugin.yaml in or below \`${folder}\``);
    else this.print(this.table(plugins));
    return exitCodeOf(plugins) === exit.ok ? exit.ok : exit.findings;
  }

  private table(plugins: readonly Compiled[]): string {
    const { good, bad, warning } = glyphsFor(readTerminal(this.context.stdout, this.context.env));
    const rows = plugins.map((plugin) => {
      const { analysis } = plugin;
      const errors = countOf(plugin, "error");
      const warnings = countOf(plugin, "warning");
      const glyph = errors > 0 ? bad : warnings > 0 ? warning : good;
      const found = problems(errors, warnings);
      return [
        analysis.name ?? "?",
        analysis.version ?? "?",
        String(analysis.nodes.length),
        analysis.permissions.declared.join(", ") || "none",
        `${glyph} ${found === "" ? "valid" : found}`,
        shortPath(this.context.cwd, analysis.root),
      ].map(visible);
    });
    return table([["name", "version", "nodes", "permissions", "state", "folder"], ...rows]).join("\n");
  }
}

function entry(base: string) {
  return (plugin: Compiled) => ({
    name: plugin.analysis.name,
    version: plugin.analysis.version,
    description: plugin.analysis.description,
    root: shortPath(base, plugin.analysis.root),
    nodes: plugin.analysis.nodes.map(({ name }) => name),
    permissions: plugin.analysis.permissions.declared,
    errors: countOf(plugin, "error"),
    warnings: countOf(plugin, "warning"),
  });
}
