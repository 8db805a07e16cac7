import { Command, Option } from "clipanion";
import { diffPowers } from "../../compiler/manifest/diff.ts";
import { chooseFormat } from "../choose-format.ts";
import { NoxusCommand } from "../command.ts";
import { diffReporters } from "../diff-report.ts";
import { type ExitCode, exit } from "../exit.ts";
import { readSides } from "../sides.ts";
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
    const format = chooseFormat(diffReporters, this.format, this.json, "text");
    const { stdout, env } = this.context;
    const note = (line: string) => this.note(line);
    const [old, now] = await readSides(this.old, this.new, this.context, note);
    const diff = diffPowers(old, now);
    const report = { labels: { old: this.old, new: this.new }, diff };
    this.print(diffReporters[format](report, readTerminal(stdout, env)));
    return diff.gained > 0 ? exit.findings : exit.ok;
  }
}
