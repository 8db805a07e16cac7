import { createRequire } from "node:module";
import { NoxusCommand } from "../command.ts";
import { type ExitCode, exit } from "../exit.ts";
import { tool, versionOf } from "../version.ts";

/** Not listed among the commands: it is an option to people. */
export class Version extends NoxusCommand {
  static override paths = [["--version"], ["-v"]];

  async run(): Promise<ExitCode> {
    const typescript = versionOf(createRequire(import.meta.url).resolve("typescript/package.json"));
    this.print(`${tool.name} ${tool.version}\nnode ${process.versions.node}\ntypescript ${typescript}`);
    return exit.ok;
  }
}
