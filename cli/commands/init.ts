import { join, resolve } from "node:path";
import { Command, Option } from "clipanion";
import { packageRoot } from "../../compiler/package-root.ts";
import { create, ScaffoldError } from "../../scaffold/create.ts";
import { NoxusCommand } from "../command.ts";
import { type ExitCode, exit, fileReason, isFileError, UsageError } from "../exit.ts";
import { shortPath } from "../paths.ts";
import { visible } from "../text.ts";
import { tool } from "../version.ts";

export class Init extends NoxusCommand {
  static override paths = [["init"]];
  static override usage = Command.Usage({
    description: "create a plugin that works at once",
    examples: [
      ["in a new folder my-plugin", "noxus init my-plugin"],
      ["in another folder", "noxus init my-plugin --dir plugins/mine"],
    ],
  });

  dir = Option.String("--dir", {
    description: "<folder> where to create it (default: a folder named as the plugin)",
  });
  name = Option.String({ name: "name" });

  async run(): Promise<ExitCode> {
    const { cwd } = this.context;
    const folder = resolve(cwd, this.dir ?? this.name);
    const files = await this.create(folder);
    const shown = visible(shortPath(cwd, folder));
    const steps = [...(shown === "." ? [] : [`  cd ${shown}`]), "  noxus dev"];
    this.print([`created ${shown}/ (${files.length} files)`, "next:", ...steps].join("\n"));
    return exit.ok;
  }

  private async create(folder: string): Promise<readonly string[]> {
    try {
      return await create({
        name: this.name,
        folder,
        template: join(packageRoot, "scaffold", "templates", "basic"),
        version: tool.version,
      });
    } catch (error) {
      if (error instanceof ScaffoldError) throw new UsageError(error.message, error.hint);
      if (!isFileError(error)) throw error;
      throw new UsageError(`cannot create \`${shortPath(this.context.cwd, folder)}\`: ${fileReason(error)}`);
    }
  }
}
