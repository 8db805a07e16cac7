import { Command, Option } from "clipanion";
import { type Code, codes } from "../../compiler/diagnostics/codes.ts";
import { explainPage } from "../../compiler/diagnostics/page.ts";
import { nearest } from "../../compiler/suggest.ts";
import { NoxusCommand } from "../command.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";
import { renderMarkdown } from "../markdown.ts";
import { paintFor, readTerminal } from "../terminal.ts";

export class Explain extends NoxusCommand {
  static override paths = [["explain"]];
  static override usage = Command.Usage({
    description: "explain a diagnostic code",
    examples: [["one code", "noxus explain NX3001"]],
  });

  code = Option.String({ name: "code" });

  async run(): Promise<ExitCode> {
    const code = this.code.toUpperCase();
    if (!isCode(code)) {
      const near = nearest(code, Object.keys(codes));
      throw new UsageError(
        `unknown code \`${this.code}\``,
        near === null ? "codes look like NX3001" : `did you mean \`noxus explain ${near}\`?`,
      );
    }
    const page = explainPage(code);
    if (page === null) throw new Error(`${code} has no page`);
    const terminal = readTerminal(this.context.stdout, this.context.env);
    const paint = paintFor(terminal);
    const { name, severity } = codes[code];
    const color = severity === "error" ? paint.error : paint.warning;
    // The page's own heading says the same without the severity.
    const body = page.replace(/^\s*# .*\n+/, "");
    this.print(`${paint.bold(`${code} ${name}`)}  ${color(severity)}\n\n${renderMarkdown(body, terminal)}`);
    return exit.ok;
  }
}

function isCode(text: string): text is Code {
  return Object.hasOwn(codes, text);
}
