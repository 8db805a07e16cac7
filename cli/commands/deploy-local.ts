import { dirname, join, resolve } from "node:path";
import { Command, Option } from "clipanion";
import { analyzeAll, withCompiler } from "../analyze.ts";
import { NoxusCommand } from "../command.ts";
import type { DeployStatus } from "../deploy/local.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";
import { pluginRoot, shortPath } from "../paths.ts";
import { parsePort } from "../port.ts";
import { jsonVersion, toJson } from "../reporters/json.ts";
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
    const { cwd, stderr, stdout, env } = this.context;
    const instances = Number(this.instances);
    if (!Number.isInteger(instances) || instances < 1 || instances > 32)
      throw new UsageError(`\`${this.instances}\` is no number of instances`, "write a number from 1 to 32");
    const port = parsePort(this.port);
    if (port === 0) throw new UsageError("nginx needs a port of its own", "write --port 8080");
    const { readSecrets } = await import("../deploy/secrets.ts");
    const { deploy, releaseFolder, statusOf, urlOf } = await import("../deploy/local.ts");
    const { runnerEnvironment } = await import("../../runtime/runner/environment.ts");
    const given = this.secrets === undefined ? {} : readSecrets(cwd, this.secrets);
    const config = this.config === undefined ? null : await readConfig(this.config, cwd);
    return withCompiler(this.context, async (compiler) => {
      const { plugins, ms } = await analyzeAll([root], compiler, this.context);
      const manifest = plugins[0]?.analysis.manifest ?? null;
      if (manifest === null) {
        this.print(pretty({ tool, base: cwd, plugins, ms }, readTerminal(stdout, env)));
        return exitCodeOf(plugins);
      }
      await compiler.emit(root, releaseFolder(folder, manifest.digest), { image: true });
      const timeoutMs = Math.max(manifest.timeout_ms, ...manifest.nodes.map((node) => node.timeout_ms));
      const declared = runnerEnvironment(manifest, given);
      const unknown = Object.keys(given).filter((name) => !(name in declared) && !name.startsWith("NOXUS_"));
      if (unknown.length > 0) this.note(`the plugin does not declare ${unknown.join(", ")}: left out`);
      const state = await deploy(
        {
          folder,
          plugin: `${manifest.name} ${manifest.version}`,
          digest: manifest.digest,
          instances,
          host: this.host,
          port,
          timeoutMs,
          env: {
            ...declared,
            // Node itself and setpriv are found by it; the plugin does not get it.
            PATH: dirname(process.execPath).concat(":", env.PATH ?? ""),
            ...(config === null ? {} : { NOXUS_CONFIG: JSON.stringify(config) }),
          },
        },
        (line) => stderr.write(`${line}\n`),
      );
      if (this.json) this.print(toJson({ version: jsonVersion, tool, ...(await statusOf(folder)) }));
      else {
        const terminal = readTerminal(stdout, env);
        const lines = [
          `${paintFor(terminal).good(glyphsFor(terminal).good)} ${visible(state.plugin)}: ${instances} instances behind ${urlOf(state)}`,
          ...manifest.nodes.map((node) => `  POST ${urlOf(state)}/${node.name}/run`),
          `logs  ${visible(shortPath(cwd, join(folder, "logs")))}`,
          "end   noxus deploy local --down",
        ];
        this.print(lines.join("\n"));
      }
      return exit.ok;
    });
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
      status.instances.map(({ pid, port, digest, state }) => [
        `  process ${pid}`,
        `port ${port}`,
        `sha256:${digest.slice(0, 12)}`,
        state,
      ]),
    ),
  ].join("\n");
}
