import { resolve } from "node:path";
import { Command, Option } from "clipanion";
import { StartError } from "../../runtime/errors.ts";
import type { LoadedPlugin, RunningServer } from "../../runtime/index.ts";
import { readSettings, type SettingName, type Settings, settings } from "../../runtime/settings.ts";
import { NoxusCommand } from "../command.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";
import { shortPath } from "../paths.ts";
import { compileInto, readConfig, startPlugin } from "../serving.ts";
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
    const config = this.config === undefined ? null : await readConfig(this.config, this.context.cwd);

    const stop = stopSignal();
    const folder = temporaryFolder();
    try {
      const manifestPath =
        this.manifest === undefined
          ? await compileInto(folder.path, this.plugin ?? ".", this.context)
          : resolve(this.context.cwd, this.manifest);
      if (typeof manifestPath === "number") return manifestPath;
      const { plugin, server } = await startPlugin(manifestPath, {
        ...given,
        env: this.context.env,
        log: this.context.stdout,
        ...(config === null ? {} : { config }),
      });
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
