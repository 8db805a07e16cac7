import { Command, Option } from "clipanion";
import type { Manifest } from "../../runtime/manifest/types.ts";
import { chooseFormat } from "../choose-format.ts";
import { NoxusCommand } from "../command.ts";
import { compatReporters } from "../compat-report.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";
import { type ReadSide, readSides } from "../sides.ts";
import { readTerminal } from "../terminal.ts";

export class Compat extends NoxusCommand {
  static override paths = [["compat"]];
  static override usage = Command.Usage({
    description:
      "compare what two versions take and return; exit 1 when the new number is too low for the change",
    examples: [
      ["what is not committed, against the last release", "noxus compat v1.2.0 ."],
      ["two built manifests", "noxus compat old/manifest.json new/manifest.json"],
      ["a comment for a pull request", "noxus compat main . --format markdown"],
    ],
  });

  format = Option.String("--format", { description: "<text|json|markdown> how to report (default: text)" });
  json = Option.Boolean("--json", false, { description: "short for --format json" });
  old = Option.String({ name: "old" });
  new = Option.String({ name: "new" });

  async run(): Promise<ExitCode> {
    const format = chooseFormat(compatReporters, this.format, this.json, "text");
    const { stdout, env } = this.context;
    const [old, now] = await readSides(this.old, this.new, this.context, (line) => this.note(line));
    // Not at the start of every command: it brings ajv.
    const { compareManifests } = await import("../../compiler/compat/compare.ts");
    const compatibility = compareManifests(manifestOf(old), manifestOf(now));
    if ("badVersion" in compatibility)
      throw new UsageError(`\`${compatibility.badVersion}\` is not a semantic version`);
    const labels = { old: this.old, new: this.new };
    this.print(compatReporters[format]({ labels, compatibility }, readTerminal(stdout, env)));
    return compatibility.isEnough ? exit.ok : exit.findings;
  }
}

function manifestOf({ manifest, label }: ReadSide): Manifest {
  if (manifest === null)
    throw new UsageError(
      `\`${label}\` has errors, so that it has no manifest to compare`,
      "see: noxus validate",
    );
  return manifest;
}
