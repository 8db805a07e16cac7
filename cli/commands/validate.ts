import { Command, Option } from "clipanion";
import { nearest } from "../../compiler/suggest.ts";
import { type Analyzed, analyzeAll, withCompiler } from "../analyze.ts";
import { NoxusCommand } from "../command.ts";
import type { Compiled, Compiler } from "../compiler.ts";
import { type ExitCode, UsageError } from "../exit.ts";
import { type Fixed, fixLines, fixPlugin, reviewLine } from "../fix.ts";
import { pluginRoot } from "../paths.ts";
import { type Format, isFormat, reporters } from "../reporters/index.ts";
import { exitCodeOf } from "../reporters/report.ts";
import { defaultFormat, isCi, readTerminal, workspaceFolder } from "../terminal.ts";
import { tool } from "../version.ts";

export class Validate extends NoxusCommand {
  static override paths = [["validate"]];
  static override usage = Command.Usage({
    description: "check plugins without running them",
    examples: [
      ["the plugin of this folder", "noxus validate"],
      ["the plugins that these files belong to, each once", "noxus validate a/src/index.ts b/plugin.yaml"],
      ["a report for tools", "noxus validate --format json"],
      ["correct what can be corrected safely", "noxus validate --fix"],
      ["also grant the permissions that the code needs, to be reviewed", "noxus validate --fix --grant"],
    ],
  });

  format = Option.String("--format", {
    description: "<pretty|json|github> how to report (default: pretty; github in GitHub Actions)",
  });
  json = Option.Boolean("--json", false, { description: "short for --format json" });
  strict = Option.Boolean("--strict", false, { description: "exit 1 on warnings too" });
  fix = Option.Boolean("--fix", false, {
    description: "correct plugin.yaml: misspelt keys, permissions that are unused or too broad",
  });
  grant = Option.Boolean("--grant", false, {
    description: "with --fix: add the least set of missing permissions; refused in CI",
  });
  dryRun = Option.Boolean("--dry-run", false, {
    description: "with --fix: show the changes and write nothing",
  });
  targets = Option.Rest();

  async run(): Promise<ExitCode> {
    const format = this.chosenFormat();
    this.checkFixOptions();
    const roots = new Set<string>();
    for (const path of this.targets.length === 0 ? ["."] : this.targets) {
      const root = await pluginRoot(this.context.cwd, path);
      if (root === null) this.note(`\`${path}\` is in no plugin: there is no plugin.yaml above it`);
      else roots.add(root);
    }
    const { cwd, env, stdout } = this.context;
    const terminal = readTerminal(stdout, env);
    const { analyzed, fixed } = await withCompiler(this.context, async (compiler) => {
      const found = await analyzeAll([...roots], compiler, this.context);
      return this.fix ? this.fixAll(found, compiler) : { analyzed: found, fixed: [] };
    });
    // Beside a machine's format the changes go to stderr.
    const changes = fixed
      .map((plugin) => fixLines(plugin, cwd, terminal))
      .filter((lines) => lines.length > 0);
    const title = this.dryRun && changes.length > 0 ? "would change (nothing is written):\n" : "";
    const told = title + changes.map((lines) => `${lines.join("\n")}\n\n`).join("");
    (format === "pretty" ? stdout : this.context.stderr).write(told);
    const base = format === "github" ? (workspaceFolder(env) ?? cwd) : cwd;
    this.print(reporters[format]({ tool, base, ...analyzed }, terminal));
    const review = format === "pretty" ? reviewLine(fixed, cwd) : null;
    if (review !== null) this.print(review);
    const next = format === "pretty" && !this.fix ? nextCommand(analyzed.plugins) : null;
    if (next !== null) this.print(`next: ${next}`);
    return exitCodeOf(analyzed.plugins, this.strict);
  }

  private async fixAll(
    found: Analyzed,
    compiler: Compiler,
  ): Promise<{ readonly analyzed: Analyzed; readonly fixed: readonly Fixed[] }> {
    const begin = performance.now();
    const fixed: Fixed[] = [];
    for (const plugin of found.plugins)
      fixed.push(await fixPlugin(plugin, compiler, { grant: this.grant, dryRun: this.dryRun }));
    const plugins = fixed.map(({ compiled }) => compiled);
    return { analyzed: { plugins, ms: found.ms + performance.now() - begin }, fixed };
  }

  /** Granting is a human act: somebody has to be there to read what was granted. */
  private checkFixOptions(): void {
    const both = "did you mean `noxus validate --fix --grant`?";
    if (this.grant && !this.fix) throw new UsageError("`--grant` needs `--fix`", both);
    if (this.dryRun && !this.fix)
      throw new UsageError("`--dry-run` needs `--fix`", "did you mean `noxus validate --fix --dry-run`?");
    if (this.grant && isCi(this.context.env))
      throw new UsageError(
        "`--grant` is refused in CI",
        "grant where a person reviews it, and commit plugin.yaml",
      );
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

/** What `--fix` could do about the findings; null where there is nothing. */
function nextCommand(plugins: readonly Compiled[]): string | null {
  const codes = new Set(
    plugins.flatMap(({ analysis }) =>
      analysis.diagnostics.map(({ code, fix }) => (fix?.kind === "safe" ? "safe" : code)),
    ),
  );
  if (codes.has("NX3001") || codes.has("NX3005"))
    return "correct the code, or grant what it needs: noxus validate --fix --grant";
  return codes.has("safe") || codes.has("NX3002") || codes.has("NX3013") ? "noxus validate --fix" : null;
}
