import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Command, Option } from "clipanion";
import { StartError } from "../../runtime/errors.ts";
import type { LoadedPlugin, RunningServer } from "../../runtime/index.ts";
import { readSettings, type SettingName, type Settings, settings } from "../../runtime/settings.ts";
import { analyzeAll, withCompiler } from "../analyze.ts";
import { NoxusCommand } from "../command.ts";
import { type ExitCode, exit, fileReason, isFileError, PluginError, UsageError } from "../exit.ts";
import { pluginRoot, shortPath } from "../paths.ts";
import { pretty } from "../reporters/pretty.ts";
import { exitCodeOf } from "../reporters/report.ts";
import { stopSignal } from "../signals.ts";
import { temporaryFolder } from "../temporary.ts";
import { paintFor, readTerminal } from "../terminal.ts";
import { visible } from "../text.ts";
import { tool } from "../version.ts";

export class Serve extends NoxusCommand {
  static override paths = [["serve"]];
  static override usage = Command.Usage({
    description: "serve a plugin's nodes over HTTP",
    examples: [
      ["the plugin of this folder, compiled now", "noxus serve"],
      ["another plugin, on another port", "noxus serve --plugin plugins/ocr/plugin.yaml --port 9000"],
      ["what was built, as it is", "noxus serve --manifest dist/manifest.json"],
    ],
  });

  plugin = Option.String("--plugin", {
    description: "<path> plugin.yaml or plugin folder (default: this folder)",
  });
  manifest = Option.String("--manifest", {
    description: "<file> serve this built manifest, without compiling",
  });
  config = Option.String("--config", { description: "<file> the plugin's configuration, YAML or JSON" });

  constructor() {
    super();
    // clipanion finds options among the properties of an instance.
    for (const [name, { flag, value, description, shownDefault, variables }] of Object.entries(settings)) {
      const text = `<${value}> ${description} (${variables[0]}; default: ${shownDefault})`;
      Reflect.set(this, name, Option.String(`--${flag}`, { description: text }));
    }
  }

  async run(): Promise<ExitCode> {
    const given = this.readSettings();
    if (this.plugin !== undefined && this.manifest !== undefined) {
      throw new UsageError("`--plugin` and `--manifest` exclude each other");
    }
    const config = this.config === undefined ? null : await this.readConfig(this.config);

    const stop = stopSignal();
    const folder = temporaryFolder();
    try {
      const manifestPath =
        this.manifest === undefined
          ? await this.compile(folder.path)
          : resolve(this.context.cwd, this.manifest);
      if (typeof manifestPath === "number") return manifestPath;
      const { loadPlugin, ManifestError, startServer } = await import("../../runtime/index.ts");
      let plugin: LoadedPlugin;
      let server: RunningServer;
      try {
        plugin = await loadPlugin(manifestPath);
        server = await startServer({
          plugin,
          ...given,
          env: this.context.env,
          log: this.context.stdout,
          ...(config === null ? {} : { config }),
        });
      } catch (error) {
        if (error instanceof StartError && error.code === "plugin_failed") {
          throw new PluginError(`the plugin could not be started: ${error.message}`);
        }
        if (error instanceof ManifestError || error instanceof StartError)
          throw new UsageError(error.message);
        throw error;
      }
      this.banner(plugin, server);
      const code = await stop.whenStopped();
      await server.close(code === exit.ok ? given.acceptMs : 0);
      return code;
    } finally {
      stop.release();
      folder.remove();
    }
  }

  private readSettings(): Settings {
    const names = Object.keys(settings) as SettingName[]; // the table's own keys
    const flags = Object.fromEntries(names.map((name) => [name, Reflect.get(this, name)]));
    try {
      return readSettings(flags, this.context.env);
    } catch (error) {
      if (error instanceof StartError)
        throw new UsageError(error.message, "all settings: noxus serve --help");
      throw error;
    }
  }

  /** Compiles into `folder` and gives the manifest's path, or the exit code where there are errors. */
  private async compile(folder: string): Promise<string | ExitCode> {
    const { cwd, env, stderr } = this.context;
    const path = this.plugin ?? ".";
    const root = pluginRoot(cwd, path);
    if (root === null) throw new UsageError(`\`${path}\` is in no plugin`);
    return withCompiler(this.context, async (compiler) => {
      const analyzed = await analyzeAll([root], compiler, this.context);
      const { plugins } = analyzed;
      // On stderr: stdout carries the server's log lines and nothing else.
      if (plugins.some(({ analysis }) => analysis.diagnostics.length > 0)) {
        stderr.write(pretty({ tool, base: cwd, ...analyzed }, readTerminal(stderr, env)));
      }
      if (plugins.some(({ analysis }) => analysis.manifest === null)) return exitCodeOf(plugins, false);
      await compiler.emit(root, folder, { image: false });
      return join(folder, "manifest.json");
    });
  }

  private async readConfig(file: string): Promise<Record<string, unknown>> {
    const { parse } = await import("yaml");
    let value: unknown;
    try {
      value = parse(await readFile(resolve(this.context.cwd, file), "utf8"), { logLevel: "silent" });
    } catch (error) {
      const reason = isFileError(error) ? fileReason(error) : "it is neither YAML nor JSON";
      throw new UsageError(`cannot read \`${file}\`: ${reason}`);
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new UsageError(`\`${file}\` must hold a mapping of names to values`);
    }
    return { ...value };
  }

  private banner({ manifest, manifestPath }: LoadedPlugin, server: RunningServer): void {
    const { cwd, env, stderr } = this.context;
    const paint = paintFor(readTerminal(stderr, env));
    const from = this.manifest === undefined ? "" : `  from ${visible(shortPath(cwd, manifestPath))}`;
    const lines = [
      `noxus ${tool.version}  ${paint.bold(`${manifest.name} ${manifest.version}`)}${from}`,
      ...manifest.nodes.map((node) => `  POST ${server.url}/${node.name}/run`),
      "stop with Ctrl-C",
    ];
    stderr.write(`${lines.join("\n")}\n`);
  }
}
