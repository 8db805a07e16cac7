import { resolve } from "node:path";
import { Command, Option } from "clipanion";
import { type Analyzed, analyzeAll } from "../analyze.ts";
import { CachingCommand } from "../caching-command.ts";
import { chooseFormat } from "../choose-format.ts";
import type { Compiler } from "../compiler.ts";
import { type ExitCode, fileReason, isFileError, UsageError } from "../exit.ts";
import { type Fixed, fixLines, fixPlugin, reviewLine } from "../fix.ts";
import { replaceFile } from "../replace-file.ts";
import { type Format, reporters } from "../reporters/index.ts";
import { verdict } from "../reporters/pretty.ts";
import { countOf, exitCodeOf } from "../reporters/report.ts";
import { analyzeStaged } from "../staged.ts";
import { defaultFormat, isCi, readTerminal } from "../terminal.ts";
import { count } from "../text.ts";
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
      ["what would be committed, as it is staged", "noxus validate --staged"],
      ["a report for code scanning", "noxus validate --format sarif --output noxus.sarif"],
      ["also grant the permissions that the code needs, to be reviewed", "noxus validate --fix --grant"],
    ],
  });

  format = Option.String("--format", {
    description: "<pretty|json|sarif|github|unix> how to report (default: pretty; github in GitHub Actions)",
  });
  json = Option.Boolean("--json", false, { description: "short for --format json" });
  output = Option.String("--output", {
    description: "<file> write the report there, and one line for each plugin to stdout",
  });
  strict = Option.Boolean("--strict", false, { description: "exit 1 on warnings too" });
  maxWarnings = Option.String("--max-warnings", {
    description: "<number> exit 1 on more warnings than this",
  });
  staged = Option.Boolean("--staged", false, {
    description: "check the plugins that the staged changes touch, as they are in git's index",
  });
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
    const maxWarnings = this.allowedWarnings();
    this.checkFixOptions();
    const terminal = readTerminal(stdout, env);
    const { analyzed, fixed } = await this.analyze();
    const changes = fixed
      .map((plugin) => fixLines(plugin, cwd, terminal))
      .filter((lines) => lines.length > 0);
    const title = this.dryRun && changes.length > 0 ? "would change (nothing is written):\n" : "";
    const told = title + changes.map((lines) => `${lines.join("\n")}\n\n`).join("");
    // Beside a machine's format the changes go to stderr.
    (format === "pretty" ? stdout : stderr).write(told);
    if (this.output !== undefined) {
      writeReport(cwd, this.output, reportText(analyzed, format, cwd, env, readTerminal({}, env)));
      this.print(analyzed.plugins.map((plugin) => `${verdict(plugin, terminal)}\n`).join(""));
    } else if (this.fix) this.print(reportText(analyzed, format, cwd, env, terminal));
    else this.print(validationAnswer(analyzed, format, maxWarnings, cwd, env, terminal).text);
    const review = format === "pretty" ? reviewLine(fixed, cwd) : null;
    if (review !== null) this.print(review);
    const warnings = analyzed.plugins.reduce((sum, plugin) => sum + countOf(plugin, "warning"), 0);
    if (this.maxWarnings !== undefined && warnings > maxWarnings)
      this.note(`${count(warnings, "warning")}: at most ${maxWarnings} allowed`);
    return exitCodeOf(analyzed.plugins, maxWarnings);
  }

  private async analyze(): Promise<{ readonly analyzed: Analyzed; readonly fixed: readonly Fixed[] }> {
    const note = (line: string) => this.note(line);
    if (this.staged) return { analyzed: await analyzeStaged(this.targets, this.context, note), fixed: [] };
    const found = findTargets(this.context.cwd, this.targets);
    if (found.note !== null) note(found.note);
    return this.withCompiler(async (compiler) => {
      const analyzed = await analyzeAll(found.roots, compiler, this.context);
      return this.fix ? this.fixAll(analyzed, compiler) : { analyzed, fixed: [] };
    });
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
    if (this.fix && this.staged)
      throw new UsageError(
        "`--fix` and `--staged` exclude each other",
        "correct the working tree with `noxus validate --fix`, and `git add` plugin.yaml",
      );
    if (this.grant && isCi(this.context.env))
      throw new UsageError(
        "`--grant` is refused in CI",
        "grant where a person reviews it, and commit plugin.yaml",
      );
  }

  private chosenFormat(): Format {
    return chooseFormat(reporters, this.format, this.json, defaultFormat(this.context.env));
  }

  private allowedWarnings(): number {
    const { maxWarnings, strict } = this;
    if (maxWarnings !== undefined && !/^\d{1,9}$/.test(maxWarnings))
      throw new UsageError(`\`--max-warnings\` needs a number, not \`${maxWarnings}\``);
    if (strict) return 0;
    return maxWarnings === undefined ? Number.POSITIVE_INFINITY : Number(maxWarnings);
  }
}

function writeReport(cwd: string, file: string, text: string): void {
  try {
    replaceFile(resolve(cwd, file), text);
  } catch (error) {
    if (!isFileError(error)) throw error;
    throw new UsageError(`cannot write \`${file}\`: ${fileReason(error)}`);
  }
}
