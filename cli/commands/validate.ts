import { Command, Option } from "clipanion";
import { nearest } from "../../compiler/suggest.ts";
import { analyzeAll, withCompiler } from "../analyze.ts";
import { NoxusCommand } from "../command.ts";
import { type ExitCode, UsageError } from "../exit.ts";
import { pluginRoot } from "../paths.ts";
import { type Format, isFormat, reporters } from "../reporters/index.ts";
import { exitCodeOf } from "../reporters/report.ts";
import { defaultFormat, readTerminal, workspaceFolder } from "../terminal.ts";
import { tool } from "../version.ts";

export class Validate extends NoxusCommand {
  static override paths = [["validate"]];
  static override usage = Command.Usage({
    description: "check plugins without running them",
    examples: [
      ["the plugin of this folder", "noxus validate"],
      ["the plugins that these files belong to, each once", "noxus validate a/src/index.ts b/plugin.yaml"],
      ["a report for tools", "noxus validate --format json"],
    ],
  });

  format = Option.String("--format", {
    description: "<pretty|json|github> how to report (default: pretty; github in GitHub Actions)",
  });
  json = Option.Boolean("--json", false, { description: "short for --format json" });
  strict = Option.Boolean("--strict", false, { description: "exit 1 on warnings too" });
  targets = Option.Rest();

  async run(): Promise<ExitCode> {
    const format = this.chosenFormat();
    const roots = new Set<string>();
    for (const path of this.targets.length === 0 ? ["."] : this.targets) {
      const root = await pluginRoot(this.context.cwd, path);
      if (root === null) this.note(`\`${path}\` is in no plugin: there is no plugin.yaml above it`);
      else roots.add(root);
    }
    const { cwd, env, stdout } = this.context;
    const analyzed = await withCompiler(this.context, (compiler) =>
      analyzeAll([...roots], compiler, this.context),
    );
    const base = format === "github" ? (workspaceFolder(env) ?? cwd) : cwd;
    this.print(reporters[format]({ tool, base, ...analyzed }, readTerminal(stdout, env)));
    return exitCodeOf(analyzed.plugins, this.strict);
  }

  private chosenFormat(): Format {
    const { format } = this;
    if (format === undefined) return this.json ? "json" : defaultFormat(this.context.env);
    if (!isFormat(format)) {
      const near = nearest(format, Object.keys(reporters));
      const all = `formats: ${Object.keys(reporters).join(", ")}`;
      throw new UsageError(`unknown format \`${format}\``, near === null ? all : `did you mean \`${near}\`?`);
    }
    if (this.json && format !== "json")
      throw new UsageError(`\`--json\` and \`--format ${format}\` exclude each other`);
    return format;
  }
}
