import { join, resolve } from "node:path";
import { Command, Option } from "clipanion";
import type { EmittedFile } from "../../compiler/index.ts";
import type { Manifest } from "../../runtime/manifest/types.ts";
import { analyzeAll, withCompiler } from "../analyze.ts";
import { NoxusCommand } from "../command.ts";
import type { Compiled, Compiler } from "../compiler.ts";
import { type ExitCode, exit, fileReason, isFileError, UsageError } from "../exit.ts";
import { pluginRoot, shortPath } from "../paths.ts";
import { jsonVersion, pluginJson, toJson } from "../reporters/json.ts";
import { pretty } from "../reporters/pretty.ts";
import { exitCodeOf } from "../reporters/report.ts";
import { takeSignals } from "../signals.ts";
import { glyphsFor, paintFor, readTerminal } from "../terminal.ts";
import { duration, shorten, size, table, visible } from "../text.ts";
import { signatureText } from "../type-text.ts";
import { tool } from "../version.ts";

export class Build extends NoxusCommand {
  static override paths = [["build"]];
  static override usage = Command.Usage({
    description: "write a plugin's manifest, bundle, validators and Dockerfile",
    examples: [
      ["the plugin of this folder, into its dist/", "noxus build"],
      ["another plugin, into a folder of your choice", "noxus build plugins/ocr --output out/ocr"],
    ],
  });

  output = Option.String("--output", {
    description: "<folder> where to write (default: dist in the plugin)",
  });
  json = Option.Boolean("--json", false, { description: "answer in JSON" });
  target = Option.String({ name: "path", required: false });

  async run(): Promise<ExitCode> {
    const { cwd } = this.context;
    const root = pluginRoot(cwd, this.target ?? ".");
    if (root === null) throw new UsageError(`\`${this.target}\` is in no plugin`);
    const output = this.output === undefined ? join(root, "dist") : resolve(cwd, this.output);
    return withCompiler(this.context, async (compiler) => {
      const begin = performance.now();
      const { plugins, ms } = await analyzeAll([root], compiler, this.context);
      const [compiled] = plugins;
      if (compiled === undefined) throw new Error("one plugin, but no analysis");
      const { manifest } = compiled.analysis;
      if (manifest === null) {
        if (this.json) this.printJson(compiled, null, [], ms);
        else this.printFindings(compiled, ms);
        return exitCodeOf(plugins, false);
      }
      const written = await this.write(compiler, root, output);
      if (written === "interrupted") return exit.interrupted;
      const total = performance.now() - begin;
      if (this.json) this.printJson(compiled, output, written, total);
      else {
        if (compiled.analysis.diagnostics.length > 0) this.printFindings(compiled, ms);
        this.printTable(compiled, manifest, output, written, total);
      }
      return exit.ok;
    });
  }

  /** An interruption while files are being replaced waits for the few milliseconds that it takes to finish. */
  private async write(compiler: Compiler, root: string, output: string) {
    let isInterrupted = false;
    const release = takeSignals(() => {
      isInterrupted = true;
    });
    try {
      const files = await compiler.emit(root, output, { image: true });
      return isInterrupted ? "interrupted" : files;
    } catch (error) {
      if (!isFileError(error)) throw error;
      throw new UsageError(`cannot write \`${shortPath(this.context.cwd, output)}\`: ${fileReason(error)}`);
    } finally {
      release();
    }
  }

  private printFindings(compiled: Compiled, ms: number): void {
    const terminal = readTerminal(this.context.stdout, this.context.env);
    this.print(pretty({ tool, base: this.context.cwd, plugins: [compiled], ms }, terminal));
  }

  private printTable(
    compiled: Compiled,
    manifest: Manifest,
    output: string,
    files: readonly EmittedFile[],
    ms: number,
  ): void {
    const { cwd, stdout, env } = this.context;
    const terminal = readTerminal(stdout, env);
    const paint = paintFor(terminal);
    const { good, ellipsis } = glyphsFor(terminal);
    const folder = visible(shortPath(cwd, output));
    const fileRow = (label: string, name: string, digest: string) => {
      const file = files.find(({ path }) => path === name);
      if (file === undefined) throw new Error(`${name} was not written`);
      const path = visible(shortPath(cwd, join(output, name)));
      return [label, path, size(file.bytes), `sha256:${digest.slice(0, 12)}${ellipsis}`];
    };
    const used = new Set(manifest.permissions.used.map(({ permission }) => permission));
    const permissions = manifest.permissions.declared.map((name) =>
      used.has(name) ? name : `${name} (unused)`,
    );
    const lines = [
      ...table([
        fileRow("manifest", "manifest.json", manifest.digest),
        fileRow("bundle", manifest.bundle.path, manifest.bundle.sha256),
      ]),
      ...compiled.analysis.nodes.map((node, index) => {
        const signature = `${node.name} ${signatureText(node.inputs, node.inputOrder, node.outputs)}`;
        return `${index === 0 ? "nodes   " : "        "}  ${shorten(visible(signature), terminal.width - 10, ellipsis)}`;
      }),
      `permissions  ${permissions.length === 0 ? "none" : visible(permissions.join(", "))}`,
      `${paint.good(good)} built ${manifest.name} ${manifest.version} in ${duration(ms)}`,
      `no image was made: \`docker build ${folder}\` makes one with the Dockerfile there`,
      `next: noxus serve --manifest ${visible(shortPath(cwd, join(output, "manifest.json")))}`,
    ];
    this.print(lines.join("\n"));
  }

  /** `output` is null and `files` empty when an error kept the build from writing. */
  private printJson(
    compiled: Compiled,
    output: string | null,
    files: readonly EmittedFile[],
    ms: number,
  ): void {
    const { cwd } = this.context;
    this.print(
      toJson({
        version: jsonVersion,
        tool,
        ms: Math.round(ms),
        output: output === null ? null : shortPath(cwd, output),
        digest: compiled.analysis.manifest?.digest ?? null,
        files,
        plugin: pluginJson(compiled.analysis, cwd),
      }),
    );
  }
}
