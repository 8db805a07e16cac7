import { Command, Option } from "clipanion";
import { NoxusCommand } from "../command.ts";
import type { Check } from "../doctor.ts";
import { type ExitCode, exit } from "../exit.ts";
import { jsonVersion, toJson } from "../reporters/json.ts";
import { glyphsFor, paintFor, readTerminal, type Terminal } from "../terminal.ts";
import { visible } from "../text.ts";
import { tool } from "../version.ts";

export class Doctor extends NoxusCommand {
  static override paths = [["doctor"]];
  static override usage = Command.Usage({
    description: "check that this machine has what noxus needs; exit 4 when something is missing",
    examples: [
      ["this machine, and the plugin of this folder", "noxus doctor"],
      ["for a bug report", "noxus doctor --json"],
    ],
  });

  json = Option.Boolean("--json", false, { description: "answer in JSON" });

  async run(): Promise<ExitCode> {
    const { cwd, stdout, env } = this.context;
    const { examine } = await import("../doctor.ts");
    const checks = await examine(cwd);
    const ok = !checks.some(({ state }) => state === "bad");
    const { platform, arch } = process;
    if (this.json) this.print(toJson({ version: jsonVersion, tool, platform, arch, ok, checks }));
    else {
      const terminal = readTerminal(stdout, env);
      this.print(
        [
          `noxus ${tool.version} on ${platform} ${arch}`,
          ...checks.flatMap((check) => lines(check, terminal)),
        ].join("\n"),
      );
    }
    return ok ? exit.ok : exit.outside;
  }
}

function lines({ name, state, found, help }: Check, terminal: Terminal): readonly string[] {
  const glyphs = glyphsFor(terminal);
  const paint = paintFor(terminal);
  const mark = {
    good: paint.good(glyphs.good),
    warning: paint.warning(glyphs.warning),
    bad: paint.error(glyphs.bad),
  };
  const line = `${mark[state]} ${name}: ${visible(found)}`;
  return help === null ? [line] : [line, `  ${paint.help(help)}`];
}
