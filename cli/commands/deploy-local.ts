import { join, resolve } from "node:path";
import { Command, Option } from "clipanion";
import type { Manifest } from "../../runtime/manifest/types.ts";
import { analyzeAll, withCompiler } from "../analyze.ts";
import { NoxusCommand } from "../command.ts";
import type { Compiled } from "../compiler.ts";
import { type Launch, logsOf, nameOf } from "../deploy/instance.ts";
import type { DeployStatus } from "../deploy/local.ts";
import type { DeployState } from "../deploy/state.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";
import { pluginRoot, shortPath } from "../paths.ts";
import { parsePort } from "../port.ts";
import { jsonVersion, pluginJson, toJson } from "../reporters/json.ts";
import { pretty } from "../reporters/pretty.ts";
import { exitCodeOf } from "../reporters/report.ts";
import { readConfig } from "../serving.ts";
import { glyphsFor, paintFor, readTerminal } from "../terminal.ts";
import { table, visible } from "../text.ts";
import { tool } from "../version.ts";

export class DeployLocal extends NoxusCommand {
  static override paths = [["deploy", "local"]];
  static override usage = Command.Usage({
    description:
      "run several instances of a plugin behind nginx on this machine, or replace them by a new version",
    examples: [
      ["three instances on port 8080", "noxus deploy local"],
      ["the same again: the new version takes over, no request is lost", "noxus deploy local"],
      ["with secrets, and five instances", "noxus deploy local --instances 5 --secrets secrets.env"],
      ["as containers, from the image that `build` makes", "noxus deploy local --engine podman"],
      ["what runs", "noxus deploy local --status"],
      ["end it", "noxus deploy local --down"],
    ],
  });

  instances = Option.String("--instances", "3", { description: "<number> from 1 to 32 (default: 3)" });
  port = Option.String("--port", "8080", { description: "<number> nginx's port (default: 8080)" });
  host = Option.String("--host", "127.0.0.1", {
    description: "<address> nginx's address (default: 127.0.0.1)",
  });
  secrets = Option.String("--secrets", {
    description: "<file> environment variables, one NAME=value a line; a file that git keeps is refused",
  });
  config = Option.String("--config", { description: "<file> the plugin's configuration, YAML or JSON" });
  engine = Option.String("--engine", {
    description: "<tool> run containers with podman or docker instead of processes",
  });
  base = Option.String("--base", {
    description:
      "<image> with --engine: build on this reference, OCI layout or tar file (default: image in plugin.yaml)",
  });
  plainHttp = Option.Boolean("--plain-http", false, {
    description: "with --engine: speak HTTP with the registry of the base image, without TLS",
  });
  folder = Option.String("--folder", {
    description: "<folder> what belongs to the deployment (default: .noxus/local in the plugin)",
  });
  status = Option.Boolean("--status", false, { description: "tell what runs" });
  down = Option.Boolean("--down", false, { description: "end it" });
  json = Option.Boolean("--json", false, { description: "answer in JSON" });
  target = Option.String({ name: "path", required: false });

  async run(): Promise<ExitCode> {
    const { cwd } = this.context;
    if (this.status && this.down) throw new UsageError("`--status` and `--down` exclude each other");
    const root = await pluginRoot(cwd, this.target ?? ".");
    if (root === null) throw new UsageError(`\`${this.target}\` is in no plugin`);
    const folder = this.folder === undefined ? join(root, ".noxus", "local") : resolve(cwd, this.folder);
    if (this.status) return this.showStatus(folder);
    if (this.down) return this.end(folder);
    return this.start(root, folder);
  }

  private async start(root: string, folder: string): Promise<ExitCode> {
    const { cwd } = this.context;
    const instances = Number(this.instances);
    if (!Number.isInteger(instances) || instances < 1 || instances > 32)
      throw new UsageError(`\`${this.instances}\` is no number of instances`, "write a number from 1 to 32");
    const port = parsePort(this.port);
    if (port === 0) throw new UsageError("nginx needs a port of its own", "write --port 8080");
    const { parseEngine } = await import("../deploy/engine.ts");
    const engine = this.engine === undefined ? null : parseEngine(this.engine);
    if (engine === null && (this.base !== undefined || this.plainHttp))
      throw new UsageError("`--base` and `--plain-http` are for containers", "add --engine podman or docker");
    const { readSecrets } = await import("../deploy/secrets.ts");
    const given = this.secrets === undefined ? {} : readSecrets(cwd, this.secrets);
    const config = this.config === undefined ? null : await readConfig(this.config, cwd);
    return withCompiler(this.context, async (compiler) => {
      const { plugins, ms } = await analyzeAll([root], compiler, this.context);
      const [compiled] = plugins;
      const manifest = compiled?.analysis.manifest ?? null;
      if (compiled === undefined || manifest === null) return this.refuse(plugins, ms);
      const { deploy, logFolder, releaseFolder, removeOtherReleases } = await import("../deploy/local.ts");
      const { containers, processes } = await import("../deploy/launch.ts");
      const { instanceEnvironment } = await import("../deploy/environment.ts");
      const release = releaseFolder(folder, manifest.digest);
      await compiler.emit(root, release, { image: true });
      const { env, leftOut } = instanceEnvironment(manifest, given, config);
      if (leftOut.length > 0) this.note(`neither declared by the plugin nor settings: ${leftOut.join(", ")}`);
      const tell = (line: string) => void this.context.stderr.write(`${line}\n`);
      let launch: Launch;
      if (engine === null) launch = processes(release, manifest.digest, logFolder(folder), env);
      else {
        const { imageFaults } = await import("../image.ts");
        const diagnostics = imageFaults(root, release, manifest);
        if (diagnostics.length > 0)
          return this.refuse([{ ...compiled, analysis: { ...compiled.analysis, diagnostics } }], ms);
        const base = this.base ?? manifest.image.base;
        const source = { root, release, manifest, base, isPlain: this.plainHttp };
        launch = await containers(engine, source, env, { cwd, env: this.context.env, tell });
      }
      const timeoutMs = Math.max(manifest.timeout_ms, ...manifest.nodes.map((node) => node.timeout_ms));
      const plugin = `${manifest.name} ${manifest.version}`;
      const state = await deploy(
        { folder, plugin, instances, host: this.host, port, timeoutMs, launch },
        tell,
      );
      removeOtherReleases(folder, release);
      await this.showDeployed(folder, state, manifest);
      return exit.ok;
    });
  }

  private async showDeployed(folder: string, state: DeployState, manifest: Manifest): Promise<void> {
    const { statusOf, urlOf } = await import("../deploy/local.ts");
    if (this.json) {
      this.print(toJson({ version: jsonVersion, tool, ...(await statusOf(folder)) }));
      return;
    }
    const { cwd, stdout, env } = this.context;
    const terminal = readTerminal(stdout, env);
    const lines = [
      `${paintFor(terminal).good(glyphsFor(terminal).good)} ${visible(state.plugin)}: ${state.instances.length} instances behind ${urlOf(state)}`,
      ...manifest.nodes.map((node) => `  POST ${urlOf(state)}/${node.name}/run`),
      ...state.instances.map((each) => `logs  ${logsOf(each, (path) => visible(shortPath(cwd, path)))}`),
      "end   noxus deploy local --down",
    ];
    this.print(lines.join("\n"));
  }

  private refuse(plugins: readonly Compiled[], ms: number): ExitCode {
    const { cwd, stdout, env } = this.context;
    const [compiled] = plugins;
    if (this.json && compiled !== undefined)
      this.print(toJson({ version: jsonVersion, tool, ms, plugin: pluginJson(compiled.analysis, cwd) }));
    else this.print(pretty({ tool, base: cwd, plugins, ms }, readTerminal(stdout, env)));
    return exitCodeOf(plugins);
  }

  private async showStatus(folder: string): Promise<ExitCode> {
    const { statusOf } = await import("../deploy/local.ts");
    const status = await statusOf(folder);
    if (this.json) this.print(toJson({ version: jsonVersion, tool, running: status }));
    else if (status === null) this.print("nothing is deployed from here");
    else this.print(statusText(status));
    const isWhole =
      status?.balancer === "running" && status.instances.every(({ state }) => state === "ready");
    return status === null || isWhole ? exit.ok : exit.findings;
  }

  private async end(folder: string): Promise<ExitCode> {
    const { takeDown } = await import("../deploy/local.ts");
    const wasThere = await takeDown(folder);
    if (this.json) this.print(toJson({ version: jsonVersion, tool, ended: wasThere }));
    else this.print(wasThere ? "ended" : "nothing is deployed from here");
    return exit.ok;
  }
}

function statusText(status: DeployStatus): string {
  return [
    `${visible(status.plugin)} behind ${status.url}, nginx ${status.balancer}`,
    ...table(
      status.instances.map((each) => [
        `  ${nameOf(each)}`,
        `port ${each.port}`,
        `sha256:${each.digest.slice(0, 12)}`,
        each.state,
      ]),
    ),
  ].join("\n");
}
