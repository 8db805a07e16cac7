import { Command, Option } from "clipanion";
import { nearest } from "../../compiler/suggest.ts";
import { type Analyzed, analyzeAll } from "../analyze.ts";
import { CachingCommand } from "../caching-command.ts";
import type { Compiler } from "../compiler.ts";
import { type ExitCode, UsageError } from "../exit.ts";
import { type Fixed, fixLines, fixPlugin, reviewLine } from "../fix.ts";
import { type Format, isFormat, reporters } from "../reporters/index.ts";
import { exitCodeOf } from "../reporters/report.ts";
import { defaultFormat, isCi, readTerminal } from "../terminal.ts";
import { findTargets, reportText, validationAnswer } from "../validation.ts";

export class Validate extends CachingCommand {
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
    const { cwd, env, stdout, stderr } = this.context;
    const format = this.chosenFormat();
    this.checkFixOptions();
    const { roots, notes } = findTargets(cwd, this.targets);
    for (const line of notes) this.note(line);
    const terminal = readTerminal(stdout, env);
    const { analyzed, fixed } = await this.withCompiler(async (compiler) => {
      const found = await analyzeAll(roots, compiler, this.context);
      return this.fix ? this.fixAll(found, compiler) : { analyzed: found, fixed: [] };
    });
    if (!this.fix) {
      const { text, exitCode } = validationAnswer(analyzed, format, this.strict, cwd, env, terminal);
      this.print(text);
      return exitCode;
    }
    // Beside a machine's format the changes go to stderr.
    const changes = fixed
      .map((plugin) => fixLines(plugin, cwd, terminal))
      .filter((lines) => lines.length > 0);
    const title = this.dryRun && changes.length > 0 ? "would change (nothing is written):\n" : "";
    const told = title + changes.map((lines) => `${lines.join("\n")}\n\n`).join("");
    (format === "pretty" ? stdout : stderr).write(told);
    this.print(reportText(analyzed, format, cwd, env, terminal));
    const review = format === "pretty" ? reviewLine(fixed, cwd) : null;
    if (review !== null) this.print(review);
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
