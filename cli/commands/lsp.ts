import { Command, Option } from "clipanion";
import { NoxusCommand } from "../command.ts";
import { type ExitCode, exit } from "../exit.ts";

export class Lsp extends NoxusCommand {
  static override paths = [["lsp"]];
  static override usage = Command.Usage({
    description: "serve an editor over stdin and stdout, in the language server protocol",
    details: "Started by editors; docs/editors.md has what to write into their settings.",
    examples: [["what an editor starts", "noxus lsp"]],
  });

  // Many editors add it to every server that they start; there is no other way to talk to this one.
  stdio = Option.Boolean("--stdio", false, { description: "talk over stdin and stdout, as it does anyway" });

  async run(): Promise<ExitCode> {
    const { serveEditor } = await import("../lsp/server.ts");
    await serveEditor(this.context);
    return exit.ok;
  }
}
