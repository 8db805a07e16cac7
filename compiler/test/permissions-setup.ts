import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { builtins } from "../bundle/builtins.ts";
import { findPermissions, type PermissionNode, type PermissionResult } from "../permissions/index.ts";
import { parsePermission } from "../permissions/permission.ts";

const home = join(dirname(fileURLToPath(import.meta.url)), "../..");

export interface Sources {
  /** Text by path, the entry first: it exports the class `DemoPlugin`. */
  readonly files: Readonly<Record<string, string>>;
  /** Node classes, all in the entry; `DemoNode` unless given. */
  readonly nodes?: readonly string[];
  readonly declared?: readonly string[];
}

export interface Checked extends PermissionResult {
  readonly bundle: string;
}

/** Bundles files that exist only in memory, the way `compiler/bundle` does, and finds their permissions. */
export async function check(sources: Sources): Promise<Checked> {
  const { files } = sources;
  const entry = Object.keys(files)[0] ?? "";
  const result = await build({
    stdin: {
      contents: `export { DemoPlugin } from "./${entry}";`,
      sourcefile: "noxus:entry",
      resolveDir: home,
    },
    absWorkingDir: home,
    outfile: join(home, "bundle.mjs"),
    write: false,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node22",
    conditions: ["node", "module"],
    charset: "utf8",
    sourcemap: "external",
    logLevel: "silent",
    tsconfigRaw: {},
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [inMemory(files), builtins],
  });
  const [map, bundle] = [".map", ".mjs"].map(
    (suffix) => result.outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? "",
  );
  const sourceText = (file: string): string | null => {
    if (file in files) return files[file] ?? null;
    return existsSync(join(home, file)) ? readFileSync(join(home, file), "utf8") : null;
  };
  const found = findPermissions({
    bundle: bundle ?? "",
    map: map ?? "",
    files: Object.keys(files),
    sourceText,
    pluginFile: "plugin.yaml",
    pluginExport: "DemoPlugin",
    nodes: (sources.nodes ?? ["DemoNode"]).map((name) => nodeIn(entry, files[entry] ?? "", name)),
    declared: (sources.declared ?? []).map((text) => {
      const parsed = parsePermission(text);
      if (!("permission" in parsed)) throw new Error(`${text}: ${parsed.reason}`);
      return { permission: parsed.permission, span: null };
    }),
    permissionsSpan: null,
    packageOf: (file) => {
      const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
      return name === undefined ? null : { name, version: "1.0.0", installScripts: [] };
    },
    waysTo: () => [],
    dependencies: [],
    below: [],
  });
  return { ...found, bundle: bundle ?? "" };
}

/** What the analysis is told of a plugin like {@link plugin}: one node, nothing declared. */
export function demoInput(file: string, text: string) {
  return {
    pluginFile: "plugin.yaml",
    pluginExport: "DemoPlugin",
    nodes: [{ ...nodeIn(file, text, "DemoNode"), name: "demo" }],
    declared: [],
    permissionsSpan: null,
    dependencies: [],
    below: [],
  } as const;
}

/** A plugin with one node, whose `call` is `body`. */
export function plugin(head: string, body: string): string {
  return `import { Node, Plugin } from "noxus/plugins";
${head}
export class DemoNode extends Node {
  async call(input: any): Promise<any> {
    ${body}
  }
}
export class DemoPlugin extends Plugin {
  nodes() { return [new DemoNode()]; }
}
`;
}

/** Where a file has the class of a node. */
export function nodeIn(file: string, text: string, name: string): PermissionNode {
  const offset = text.indexOf(`class ${name}`) + "class ".length;
  const before = text.slice(0, offset).split("\n");
  return { name, class: name, file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function inMemory(files: Readonly<Record<string, string>>): Plugin {
  return {
    name: "in-memory",
    setup(bundle) {
      bundle.onResolve({ filter: /^noxus\/plugins$/ }, () => ({ path: join(home, "runtime/sdk/index.ts") }));
      bundle.onResolve({ filter: /./ }, ({ path, resolveDir, kind, importer, namespace, pluginData }) => {
        if (namespace !== "file") return undefined;
        const folder = posix.relative(home, resolveDir);
        const near = path.startsWith(".") ? posix.join(folder, path) : `node_modules/${path}`;
        const found = [near, `${near}.ts`, `${near}.js`, `${near}/index.js`].find((name) => name in files);
        if (found !== undefined) return { path: join(home, found) };
        // Folders that exist only in memory have no node_modules above them that esbuild could see.
        if (pluginData === "again" || existsSync(resolveDir)) return undefined;
        return bundle.resolve(path, { kind, importer, resolveDir: home, pluginData: "again" });
      });
      bundle.onLoad({ filter: /.*/ }, ({ path }) => {
        const text = files[posix.relative(home, path)];
        return text === undefined
          ? undefined
          : { contents: text, loader: /\.ts$/.test(path) ? "ts" : "js", resolveDir: dirname(path) };
      });
    },
  };
}

/** A plugin in short, and what is found in it. */
export interface Row {
  readonly name: string;
  readonly head?: string;
  readonly body?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** Canonical permissions that the plugin needs. */
  readonly used?: readonly string[];
  /** Codes of what cannot be proven, sorted. */
  readonly unproven?: readonly string[];
}

/** One test for each row. */
export function testRows(rows: readonly Row[]): void {
  for (const row of rows) {
    test(row.name, async () => {
      const result = await check({
        files: { "src/index.ts": plugin(row.head ?? "", row.body ?? "return input"), ...row.files },
      });
      const codes = result.diagnostics.map(({ code }) => code);
      const unproven = codes.filter((code) => code !== "NX3001" && code !== "NX3005");
      assert.equal(
        {
          used: result.permissions.used.map(({ permission }) => permission),
          unproven: [...new Set(unproven)].sort(),
        },
        { used: row.used ?? [], unproven: row.unproven ?? [] },
      );
    });
  }
}
