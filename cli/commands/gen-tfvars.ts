import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Command, Option } from "clipanion";
import type { AzureChoices } from "../../compiler/emit/azure.ts";
import { analyzeAll, withCompiler } from "../analyze.ts";
import { NoxusCommand } from "../command.ts";
import type { Compiled } from "../compiler.ts";
import { type ExitCode, exit, fileReason, isFileError, UsageError } from "../exit.ts";
import { pluginRoot, shortPath } from "../paths.ts";
import { jsonVersion, pluginJson, toJson } from "../reporters/json.ts";
import { pretty } from "../reporters/pretty.ts";
import { exitCodeOf } from "../reporters/report.ts";
import { readConfig } from "../serving.ts";
import { glyphsFor, paintFor, readTerminal } from "../terminal.ts";
import { visible } from "../text.ts";
import { tool } from "../version.ts";

export class GenTfvars extends NoxusCommand {
  static override paths = [["gen", "tfvars"]];
  static override usage = Command.Usage({
    description: "write the Terraform variables of a plugin on Azure Container Apps",
    examples: [
      ["of the plugin of this folder, before there is an image", "noxus gen tfvars"],
      [
        "of another plugin, with its image",
        "noxus gen tfvars plugins/ocr --image registry.example.com/ocr@sha256:...",
      ],
      [
        "with one plain variable and one left out",
        "noxus gen tfvars --env SLACK_CHANNEL=alerts --without OPENAI_API_KEY",
      ],
    ],
  });

  image = Option.String("--image", {
    description: "<reference> the image, by digest: registry/name@sha256:...",
  });
  name = Option.String("--name", { description: "<name> name of the container app (default: the plugin's)" });
  env = Option.Array("--env", {
    description:
      "<NAME=value> a plain value; without one, a declared variable is a secret in Key Vault; repeat for more",
  });
  secret = Option.Array("--secret", {
    description: "<NAME> a secret that a broad permission, such as env:AWS_*, stands for; repeat for more",
  });
  without = Option.Array("--without", {
    description: "<NAME> leave this declared variable unset; repeat for more",
  });
  config = Option.String("--config", { description: "<file> the plugin's configuration, YAML or JSON" });
  output = Option.String("--output", {
    description:
      "<file> where to write, - for the screen (default: <plugin>.auto.tfvars.json in this folder)",
  });
  json = Option.Boolean("--json", false, { description: "answer in JSON" });
  target = Option.String({ name: "path", required: false });

  async run(): Promise<ExitCode> {
    const { cwd } = this.context;
    const choices = await this.choices();
    const root = await pluginRoot(cwd, this.target ?? ".");
    if (root === null) throw new UsageError(`\`${this.target}\` is in no plugin`);
    const { plugins, ms } = await withCompiler(this.context, (compiler) =>
      analyzeAll([root], compiler, this.context),
    );
    const [compiled] = plugins;
    if (compiled === undefined) throw new Error("one plugin, but no analysis");
    const { analysis } = compiled;
    if (analysis.manifest === null) {
      this.printFindings(compiled, ms);
      return exitCodeOf(plugins);
    }
    const text = await readFile(join(root, analysis.pluginFile), "utf8");
    const { azureVariables } = await import("../../compiler/emit/azure.ts");
    const { variables, diagnostics, faults } = azureVariables(analysis, text, choices);
    if (faults.length > 0) throw new UsageError(faults.join("; "));
    if (variables === null) {
      const refused = { ...compiled, analysis: { ...analysis, diagnostics } };
      this.printFindings(refused, ms);
      return exitCodeOf([refused]);
    }
    const content = `${JSON.stringify(variables, null, 2)}\n`;
    if (this.output === "-") {
      this.print(content);
      return exit.ok;
    }
    const file = resolve(cwd, this.output ?? `${analysis.manifest.name}.auto.tfvars.json`);
    await this.write(file, content);
    if (this.json)
      this.print(toJson({ version: jsonVersion, tool, output: shortPath(cwd, file), variables }));
    else {
      const terminal = readTerminal(this.context.stdout, this.context.env);
      const secrets = variables.secret_names.length === 0 ? "none" : variables.secret_names.join(", ");
      const lines = [
        `${paintFor(terminal).good(glyphsFor(terminal).good)} wrote ${visible(shortPath(cwd, file))}`,
        `secrets  ${visible(secrets)}`,
        `size     ${variables.cpu} cores, ${variables.memory}`,
      ];
      if (choices.image === null)
        lines.push(
          "no image yet: `terraform apply` makes the platform and its registry, push, then give `--image`",
        );
      this.print(lines.join("\n"));
    }
    return exit.ok;
  }

  private async choices(): Promise<AzureChoices> {
    const { isAppName, isPinnedImage } = await import("../../compiler/emit/azure.ts");
    if (this.image !== undefined && !isPinnedImage(this.image))
      throw new UsageError(
        `\`${this.image}\` does not name an image by digest`,
        "write registry/name@sha256:..., as `noxus build --push` prints it",
      );
    if (this.name !== undefined && !isAppName(this.name))
      throw new UsageError(
        `\`${this.name}\` is no name for a container app`,
        "2 to 32 lower-case letters, digits and single dashes, a letter first",
      );
    const environment: Record<string, string> = {};
    for (const entry of this.env ?? []) {
      const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(entry) ?? [];
      if (name === undefined || value === undefined)
        throw new UsageError(`\`${entry}\` is no variable`, "write --env NAME=value");
      environment[name] = value;
    }
    return {
      image: this.image ?? null,
      appName: this.name ?? null,
      environment,
      secrets: this.secret ?? [],
      without: this.without ?? [],
      config: this.config === undefined ? null : await readConfig(this.config, this.context.cwd),
    };
  }

  private printFindings(compiled: Compiled, ms: number): void {
    const { cwd, stdout, env } = this.context;
    if (this.json)
      this.print(
        toJson({ version: jsonVersion, tool, output: null, plugin: pluginJson(compiled.analysis, cwd) }),
      );
    else this.print(pretty({ tool, base: cwd, plugins: [compiled], ms }, readTerminal(stdout, env)));
  }

  /** In one step, so that Terraform never reads half a file. */
  private async write(file: string, content: string): Promise<void> {
    const staged = `${file}.${process.pid}.tmp`;
    try {
      await writeFile(staged, content);
      await rename(staged, file);
    } catch (error) {
      await rm(staged, { force: true });
      if (!isFileError(error)) throw error;
      throw new UsageError(`cannot write \`${shortPath(this.context.cwd, file)}\`: ${fileReason(error)}`);
    }
  }
}
