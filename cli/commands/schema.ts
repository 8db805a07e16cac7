import { Command, Option } from "clipanion";
import { nearest } from "../../compiler/suggest.ts";
import { NoxusCommand } from "../command.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";
import { isSchemaName, schemaNames, schemaText } from "../pages.ts";

export class Schema extends NoxusCommand {
  static override paths = [["schema"]];
  static override usage = Command.Usage({
    description: "print the JSON Schema of plugin.yaml or of the manifest",
    examples: [
      ["of plugin.yaml", "noxus schema"],
      ["of manifest.json", "noxus schema manifest"],
    ],
  });

  kind = Option.String({ name: "plugin|manifest", required: false });

  async run(): Promise<ExitCode> {
    const kind = this.kind ?? "plugin";
    if (!isSchemaName(kind)) {
      const near = nearest(kind, schemaNames);
      throw new UsageError(
        `no schema is called \`${kind}\``,
        near === null ? "schemas: plugin, manifest" : `did you mean \`noxus schema ${near}\`?`,
      );
    }
    this.print(schemaText(kind));
    return exit.ok;
  }
}
