/** What `noxus serve` and `noxus call` share: a plugin compiled into a folder, its configuration, its server. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { LoadedPlugin, RunningServer, ServerOptions } from "../runtime/index.ts";
import { analyzeAll, withCompiler } from "./analyze.ts";
import type { CliContext } from "./command.ts";
import { type ExitCode, fileReason, isFileError, PluginError, UsageError } from "./exit.ts";
import { pluginRoot } from "./paths.ts";
import { pretty } from "./reporters/pretty.ts";
import { exitCodeOf } from "./reporters/report.ts";
import { readTerminal } from "./terminal.ts";
import { tool } from "./version.ts";

/**
 * Compiles the plugin that `path` belongs to into `folder` and gives the manifest's path, or the exit code where there
 * are errors. Findings go to stderr: stdout is for what the command itself says.
 */
export async function compileInto(
  folder: string,
  path: string,
  context: CliContext,
): Promise<string | ExitCode> {
  const { cwd, env, stderr } = context;
  const root = await pluginRoot(cwd, path);
  if (root === null) throw new UsageError(`\`${path}\` is in no plugin`);
  return withCompiler(context, async (compiler) => {
    const analyzed = await analyzeAll([root], compiler, context);
    const { plugins } = analyzed;
    if (plugins.some(({ analysis }) => analysis.diagnostics.length > 0)) {
      stderr.write(pretty({ tool, base: cwd, ...analyzed }, readTerminal(stderr, env)));
    }
    if (plugins.some(({ analysis }) => analysis.manifest === null)) return exitCodeOf(plugins);
    await compiler.emit(root, folder, { image: false });
    return join(folder, "manifest.json");
  });
}

/** Starts a server for a manifest; what keeps it from starting is told as the caller's or the plugin's mistake. */
export async function startPlugin(
  manifestPath: string,
  options: Omit<ServerOptions, "plugin">,
): Promise<{ readonly plugin: LoadedPlugin; readonly server: RunningServer }> {
  const { loadPlugin, ManifestError, startServer, StartError } = await import("../runtime/index.ts");
  try {
    const plugin = await loadPlugin(manifestPath);
    return { plugin, server: await startServer({ plugin, ...options }) };
  } catch (error) {
    if (error instanceof StartError && error.code === "plugin_failed")
      throw new PluginError(`the plugin could not be started: ${error.message}`);
    if (error instanceof ManifestError || error instanceof StartError) throw new UsageError(error.message);
    throw error;
  }
}

/** The plugin's configuration from a YAML or JSON file. */
export async function readConfig(file: string, cwd: string): Promise<Record<string, unknown>> {
  const { parse } = await import("yaml");
  let value: unknown;
  try {
    value = parse(await readFile(resolve(cwd, file), "utf8"), { logLevel: "silent" });
  } catch (error) {
    const reason = isFileError(error) ? fileReason(error) : "it is neither YAML nor JSON";
    throw new UsageError(`cannot read \`${file}\`: ${reason}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UsageError(`\`${file}\` must hold a mapping of names to values`);
  }
  return { ...value };
}
