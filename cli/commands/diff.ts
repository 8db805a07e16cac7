import { Command, Option } from "clipanion";
import { diffPowers } from "../../compiler/manifest/diff.ts";
import { nearest } from "../../compiler/suggest.ts";
import { withCompiler } from "../analyze.ts";
import { NoxusCommand } from "../command.ts";
import { type DiffFormat, diffReporters, isDiffFormat } from "../diff-report.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";
import { startProgress } from "../progress.ts";
import { readSide } from "../sides.ts";
import { readTerminal } from "../terminal.ts";

export class Diff extends NoxusCommand {
  static override paths = [["diff"]];
  static override usage = Command.Usage({
    description: "compare what two versions of a plugin can reach; exit 1 on any gain",
    examples: [
      [
        "the plugin of this folder, before and after the last commit and what is not committed",
        "noxus diff HEAD~1 .",
      ],
      [
        "two branches, a plugin below the top of the repository",
        "noxus diff main:plugins/text feature:plugins/text",
      ],
      ["two built manifests", "noxus diff old/manifest.json new/manifest.json"],
      ["a comment for a pull request", "noxus diff main . --format markdown"],
    ],
  });

  format = Option.String("--format", { description: "<text|json|markdown> how to report (default: text)" });
  json = Option.Boolean("--json", false, { description: "short for --format json" });
  old = Option.String({ name: "old" });
  new = Option.String({ name: "new" });

  async run(): Promise<ExitCode> {
    const format = this.chosenFormat();
    const { cwd, stdout, env } = this.context;
    const note = (line: string) => this.note(line);
    const diff = await withCompiler(this.context, async (compiler) => {
      const progress = startProgress(this.context);
      try {
        progress.show(`reading ${this.old}`);
        const old = await readSide(this.old, cwd, compiler, note);
        progress.show(`reading ${this.new}`);
        return diffPowers(old, await readSide(this.new, cwd, compiler, note));
      } finally {
        progress.end();
      }
    });
    const report = { labels: { old: this.old, new: this.new }, diff };
    this.print(diffReporters[format](report, readTerminal(stdout, env)));
    return diff.gained > 0 ? exit.findings : exit.ok;
  }

  private chosenFormat(): DiffFormat {
    const { format } = this;
    if (format === undefined) return this.json ? "json" : "text";
    if (!isDiffFormat(format)) {
      const near = nearest(format, Object.keys(diffReporters));
      const all = `formats: ${Object.keys(diffReporters).join(", ")}`;
      throw new UsageError(`unknown format \`${format}\``, near === null ? all : `did you mean \`${near}\`?`);
    }
    if (this.json && format !== "json")
      throw new UsageError(`\`--json\` and \`--format ${format}\` exclude each other`);
    return format;
  }
}
