import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Command, Option } from "clipanion";
import type { Place } from "../../compiler/diagnostics/types.ts";
import { nearestPlugin, pluginFiles } from "../../compiler/load/plugin-file.ts";
import { broadPermissions } from "../../compiler/permissions/fit.ts";
import { nearest } from "../../compiler/suggest.ts";
import type { AnalyzedNode } from "../../compiler/types.ts";
import type { UsedPermission } from "../../runtime/manifest/types.ts";
import { analyzeAll } from "../analyze.ts";
import { CachingCommand } from "../caching-command.ts";
import type { Compiled } from "../compiler.ts";
import { type ExitCode, UsageError } from "../exit.ts";
import { pluginRoot, pluginRoots, shortPath } from "../paths.ts";
import { jsonVersion, pluginJson, toJson } from "../reporters/json.ts";
import { placeText, title, verdict } from "../reporters/pretty.ts";
import { exitCodeOf } from "../reporters/report.ts";
import { paintFor, readTerminal, type Terminal } from "../terminal.ts";
import { table, visible } from "../text.ts";
import { inputsOf, typeText } from "../type-text.ts";
import { unresolvedLines } from "../uses.ts";
import { tool } from "../version.ts";

export class PluginInfo extends CachingCommand {
  static override paths = [["plugin", "info"]];
  static override usage = Command.Usage({
    description: "show a plugin's nodes, types and permissions",
    examples: [
      ["by name, found below this folder", "noxus plugin info sentiment"],
      ["by its folder", "noxus plugin info ./plugins/sentiment"],
    ],
  });

  json = Option.Boolean("--json", false, { description: "answer in JSON" });
  target = Option.String({ name: "name|path" });

  async run(): Promise<ExitCode> {
    const { cwd, stdout, env } = this.context;
    const root = await this.find();
    const { plugins } = await this.withManifests((compiler) => analyzeAll([root], compiler, this.context));
    const [compiled] = plugins;
    if (compiled === undefined) throw new Error("one plugin, but no analysis");
    const { analysis } = compiled;
    if (this.json) {
      const { version, description, manifest } = analysis;
      const json = pluginJson(analysis, cwd);
      const broad = broadPermissions(analysis).map(({ permission, narrow }) => ({ permission, narrow }));
      const permissions = { ...json.permissions, broad };
      const plugin = { version, description, digest: manifest?.digest ?? null, ...json, permissions };
      this.print(toJson({ version: jsonVersion, tool, plugin }));
    } else {
      this.print(overview(compiled, cwd, readTerminal(stdout, env)));
    }
    return exitCodeOf(plugins);
  }

  /** What exists as a path or is written as one is meant as one; anything else is a name. */
  private async find(): Promise<string> {
    const { cwd } = this.context;
    if (existsSync(resolve(cwd, this.target)) || /[\\/]/.test(this.target)) {
      const root = pluginRoot(cwd, this.target);
      if (root === null) throw new UsageError(`\`${this.target}\` is in no plugin`);
      return root;
    }
    const around = nearestPlugin(cwd);
    const below = await pluginRoots(cwd, ".", (line) => this.note(line));
    const roots = below.length === 0 && around !== null ? [around] : below;
    const named = await Promise.all(roots.map(async (root) => ({ root, name: await nameOf(root) })));
    const matches = named.filter(({ name }) => name === this.target);
    const [first, second] = matches;
    if (first === undefined) {
      const near = nearest(
        this.target,
        named.map(({ name }) => name).filter((name) => name !== null),
      );
      throw new UsageError(
        `no plugin \`${this.target}\` in or below this folder`,
        near === null ? "all plugins: noxus plugin list" : `did you mean \`noxus plugin info ${near}\`?`,
      );
    }
    if (second !== undefined) {
      const folders = matches.map(({ root }) => shortPath(cwd, root)).join(", ");
      throw new UsageError(
        `${matches.length} plugins are called \`${this.target}\``,
        `name a folder: ${folders}`,
      );
    }
    return first.root;
  }
}

/** The name in a plugin.yaml, without loading the compiler for every plugin; null where there is none to read. */
async function nameOf(root: string): Promise<string | null> {
  const { isMap, parseDocument } = await import("yaml");
  for (const file of pluginFiles) {
    const text = await readFile(join(root, file), "utf8").catch(() => null);
    if (text === null) continue;
    // A document, not a value: nothing is expanded, and a file that is not YAML merely has no name. What is wrong
    // with it is for its own validation to say.
    const document = parseDocument(text, { logLevel: "silent" });
    const name: unknown = isMap(document.contents) ? document.get("name") : null;
    return typeof name === "string" ? name : null;
  }
  return null;
}

function overview(compiled: Compiled, base: string, terminal: Terminal): string {
  const { analysis } = compiled;
  const paint = paintFor(terminal);
  const blocks = [
    [
      `${paint.bold(title(compiled))}  ${visible(shortPath(base, analysis.root))}`,
      ...(analysis.description === null ? [] : [visible(analysis.description)]),
    ],
    ...analysis.nodes.map((node) => nodeLines(node, analysis.permissions.used, terminal)),
    permissionLines(compiled, base, terminal),
    [
      verdict(compiled, terminal),
      ...(analysis.manifest === null ? [] : [`digest sha256:${analysis.manifest.digest}`]),
    ],
  ];
  return blocks.map((lines) => lines.join("\n")).join("\n\n");
}

function nodeLines(
  node: AnalyzedNode,
  used: readonly UsedPermission[],
  terminal: Terminal,
): readonly string[] {
  const paint = paintFor(terminal);
  const inputs = inputsOf(node.inputs, node.inputOrder).map((input) => {
    const rules = [...(input.isRequired ? ["required"] : []), ...input.rules].join(", ");
    return [input.name, input.type, rules, input.description].map(visible);
  });
  const uses = used.flatMap((use) => {
    const index = use.nodes.indexOf(node.name);
    if (index < 0) return [];
    const path = (use.paths[index] ?? []).map((step) => step.name).join(" -> ");
    return [[use.permission, path === "" ? "" : `via ${path}`].map(visible)];
  });
  const labelled = (label: string, rows: readonly string[]) =>
    rows.map((row, index) => `  ${(index === 0 ? label : "").padEnd(6)}  ${row}`);
  return [
    `${paint.bold(`node ${visible(node.name)}`)}  POST /${visible(node.name)}/run`,
    ...(node.description === "" ? [] : [`  ${visible(node.description)}`]),
    ...labelled("input", inputs.length === 0 ? ["none"] : table(inputs)),
    ...labelled("output", [visible(typeText(node.outputs))]),
    ...labelled("uses", uses.length === 0 ? ["nothing outside itself"] : table(uses)),
  ];
}

/** Every permission that is declared or needed, what it is to whom, and what no permission stands for. */
function permissionLines({ analysis }: Compiled, base: string, terminal: Terminal): readonly string[] {
  const { declared, used, unused, unresolved, uses } = analysis.permissions;
  const narrowed = new Map(broadPermissions(analysis).map((entry) => [entry.permission, entry.narrow]));
  const missing = used.filter(({ permission }) =>
    uses.some((use) => use.permission === permission && use.grantedBy.length === 0),
  );
  const rows = [
    ...declared.map((permission) => {
      const granted = uses.filter((use) => use.grantedBy.includes(permission)).flatMap((use) => use.paths);
      const nodes = [...new Set(granted.map((path) => path.node))].sort();
      const narrow = narrowed.get(permission);
      // What cannot be proven may be what needs it.
      const none = unused.includes(permission) && unresolved.length === 0 ? "unused" : "no use found";
      const state = nodes.length > 0 ? `used by ${nodes.join(", ")}` : none;
      return [permission, state, narrow === undefined ? "" : `broad: ${narrow.join(", ")} would do`];
    }),
    ...missing.map(({ permission, nodes }) => [permission, `used by ${nodes.join(", ")}`, "not declared"]),
  ];
  const place = (at: Place) => placeText(at, analysis.root, base);
  return [
    paintFor(terminal).bold("permissions"),
    ...(rows.length === 0
      ? ["  none"]
      : table(rows.map(([name = "", ...rest]) => [`  ${name}`, ...rest].map(visible)))),
    ...unresolvedLines(unresolved, place),
  ];
}
