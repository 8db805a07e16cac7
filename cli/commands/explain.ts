import { Command, Option } from "clipanion";
import { type Code, codes } from "../../compiler/diagnostics/codes.ts";
import { hasPluginFile } from "../../compiler/load/plugin-file.ts";
import { type ParsedPermission, parsePermission } from "../../compiler/permissions/permission.ts";
import { nearest } from "../../compiler/suggest.ts";
import type { Analysis } from "../../compiler/types.ts";
import { analyzeAll } from "../analyze.ts";
import { CachingCommand } from "../caching-command.ts";
import { declaredSpans } from "../declared.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";
import { codeText, isCode, pageOf } from "../pages.ts";
import { pluginRoot, shortPath } from "../paths.ts";
import { jsonVersion, toJson } from "../reporters/json.ts";
import { title } from "../reporters/pretty.ts";
import { readTerminal } from "../terminal.ts";
import { answerJson, answerText, explainNode, explainPermission } from "../uses.ts";
import { tool } from "../version.ts";

export class Explain extends CachingCommand {
  static override paths = [["explain"]];
  static override usage = Command.Usage({
    description: "explain a diagnostic code, or why a plugin has a permission or a node needs one",
    examples: [
      ["one code", "noxus explain NX3001"],
      ["every use of a permission in the plugin of this folder", "noxus explain network:api.example.com"],
      ["every use of one kind", "noxus explain env"],
      ["what one node reaches, and how", "noxus explain sentiment --plugin ./plugins/text"],
    ],
  });

  plugin = Option.String("--plugin", ".", {
    description: "<path> the plugin (default: the one of this folder)",
  });
  json = Option.Boolean("--json", false, { description: "answer in JSON" });
  what = Option.String({ name: "code|permission|node" });

  async run(): Promise<ExitCode> {
    const code = this.what.toUpperCase();
    if (isCode(code)) this.explainCode(code);
    else if (/^NX\d*$/.test(code)) throw unknownCode(this.what);
    else await this.explainUses();
    return exit.ok;
  }

  private explainCode(code: Code): void {
    if (this.json) {
      const { name, severity } = codes[code];
      this.print(toJson({ version: jsonVersion, tool, code, name, severity, page: pageOf(code) }));
    } else this.print(codeText(code, readTerminal(this.context.stdout, this.context.env)));
  }

  private async explainUses(): Promise<void> {
    const { cwd, stdout, env } = this.context;
    const root = pluginRoot(cwd, this.plugin);
    if (root === null || !hasPluginFile(root))
      throw new UsageError(
        `\`${this.what}\` is no code, and \`${this.plugin}\` is in no plugin`,
        "permissions and nodes are explained in a plugin's folder, or with --plugin",
      );
    const { plugins } = await this.withCompiler((compiler) => analyzeAll([root], compiler, this.context));
    const [compiled] = plugins;
    if (compiled === undefined) throw new Error("one plugin, but no analysis");
    const { analysis } = compiled;
    if (analysis.sources.length === 0)
      throw new UsageError(`${title(compiled)} could not be read to its end`, "see: noxus validate");
    const subject = { analysis, declared: await declaredSpans(analysis) };
    const parsed = parsePermission(this.what);
    const node = analysis.nodes.find(({ name }) => name === this.what) ?? this.byClass(analysis);
    const answer =
      "permission" in parsed
        ? explainPermission(subject, parsed.permission, this.what)
        : node === undefined
          ? null
          : explainNode(subject, node);
    if (answer === null) throw unknownWord(this.what, parsed, analysis);
    if (this.json) {
      const plugin = { name: analysis.name, root: shortPath(cwd, root) };
      this.print(toJson({ version: jsonVersion, tool, plugin, answer: answerJson(answer, root, cwd) }));
    } else {
      this.print(answerText(answer, subject, cwd, readTerminal(stdout, env)));
    }
    if (answer.kind === "permission" && answer.uses.length + answer.declared.length === 0) {
      const near = nearest(this.what, knownPermissions(analysis));
      if (near !== null) this.note(`did you mean \`noxus explain ${near}\`?`);
    }
  }

  private byClass({ nodes }: Analysis): Analysis["nodes"][number] | undefined {
    return nodes.find((node) => node.class === this.what);
  }
}

function unknownCode(code: string): UsageError {
  const near = nearest(code, Object.keys(codes));
  return new UsageError(
    `unknown code \`${code}\``,
    near === null ? "codes look like NX3001" : `did you mean \`noxus explain ${near}\`?`,
  );
}

function unknownWord(word: string, parsed: ParsedPermission, analysis: Analysis): UsageError {
  const names = analysis.nodes.flatMap((node) => [node.name, node.class]);
  const near =
    nearest(word, [...knownPermissions(analysis), ...names, ...Object.keys(codes)]) ??
    ("nearest" in parsed ? parsed.nearest : null);
  return new UsageError(
    `\`${word}\` is no code, no permission and no node of ${analysis.name}`,
    near === null
      ? `nodes: ${analysis.nodes.map(({ name }) => name).join(", ")}`
      : `did you mean \`noxus explain ${near}\`?`,
  );
}

function knownPermissions({ permissions }: Analysis): readonly string[] {
  return [...permissions.used.map((used) => used.permission), ...permissions.declared];
}
