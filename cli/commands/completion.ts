import { Command, Option } from "clipanion";
import { nearest } from "../../compiler/suggest.ts";
import { NoxusCommand } from "../command.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";

export class Completion extends NoxusCommand {
  static override paths = [["completion"]];
  static override usage = Command.Usage({
    description: "print a script that lets your shell complete noxus",
    examples: [
      ["bash, in ~/.bashrc", "source <(noxus completion bash)"],
      ["zsh, into a folder of $fpath", "noxus completion zsh > ~/.zfunc/_noxus"],
      ["fish", "noxus completion fish > ~/.config/fish/completions/noxus.fish"],
    ],
  });

  shell = Option.String({ name: "bash|zsh|fish" });

  async run(): Promise<ExitCode> {
    const { shells } = await import("../completion.ts");
    const name = Object.keys(shells).find((known): known is keyof typeof shells => known === this.shell);
    if (name === undefined) {
      const near = nearest(this.shell, Object.keys(shells));
      throw new UsageError(
        `no completion for \`${this.shell}\``,
        near === null ? `shells: ${Object.keys(shells).join(", ")}` : `did you mean \`${near}\`?`,
      );
    }
    this.print(shells[name](this.cli.definitions()));
    return exit.ok;
  }
}
