import { NoxusCommand } from "../command.ts";
import { type ExitCode, exit } from "../exit.ts";
import { versionText } from "../pages.ts";

/** Not listed among the commands: it is an option to people. */
export class Version extends NoxusCommand {
  static override paths = [["--version"], ["-v"]];

  async run(): Promise<ExitCode> {
    this.print(versionText());
    return exit.ok;
  }
}
