import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, Option } from "clipanion";
import { packageRoot } from "../../compiler/package-root.ts";
import { nearest } from "../../compiler/suggest.ts";
import { NoxusCommand } from "../command.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";

/** The schemas as the package ships them, relative to its root. */
const schemas: Readonly<Record<string, string>> = {
  plugin: "compiler/load/plugin.schema.json",
  manifest: "runtime/manifest/manifest.schema.json",
};

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
    const file = Object.hasOwn(schemas, kind) ? schemas[kind] : undefined;
    if (file === undefined) {
      const near = nearest(kind, Object.keys(schemas));
      throw new UsageError(
        `no schema is called \`${kind}\``,
        near === null ? "schemas: plugin, manifest" : `did you mean \`noxus schema ${near}\`?`,
      );
    }
    this.print(await readFile(join(packageRoot, file), "utf8"));
    return exit.ok;
  }
}
